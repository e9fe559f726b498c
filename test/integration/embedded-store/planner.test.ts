import { expect } from 'chai';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import { decodeRaw, encode, type Doc } from '../../../server/db/embedded/bson.ts';
import { compileFilter } from '../../../server/db/embedded/match.ts';
import { compileSort } from '../../../server/db/embedded/sort.ts';
import { embeddedDb, type EmbeddedDb } from '../../support/embedded.ts';

const { Decimal128, Double, Long } = mongo;

const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 6 }) },
  fc.integer({ min: 0, max: 6 }).map((n) => Long.fromNumber(n)),
  fc.integer({ min: 0, max: 12 }).map((n) => new Double(n / 2)),
  fc.constantFrom(Decimal128.fromString('2.5'), Decimal128.fromString('3')),
  { weight: 3, arbitrary: fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'é', '金昌', '金昌市', '\u{20000}') },
  fc.constantFrom<unknown>(true, false, null, new Date(0), new Date(1000)),
);
const value = fc.oneof(
  { weight: 5, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.record({ x: scalar, y: scalar }, { requiredKeys: [] }),
  fc.array(fc.record({ x: scalar, y: scalar }, { requiredKeys: [] }), { maxLength: 2 }),
);
const document = fc.record({ a: value, b: scalar, c: value }, { requiredKeys: [] });

const rangeOperator = fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne');
const condition = fc.oneof(
  { weight: 4, arbitrary: scalar },
  {
    weight: 4,
    arbitrary: fc.tuple(rangeOperator, scalar).map(([operator, operand]) => ({ [operator]: operand })),
  },
  fc.tuple(scalar, scalar).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.array(scalar, { maxLength: 4 }).map((list) => ({ $in: list })),
  fc.array(scalar, { maxLength: 3 }).map((list) => ({ $nin: list })),
  fc.array(scalar, { minLength: 1, maxLength: 2 }).map((list) => ({ $all: list })),
  fc.constantFrom<unknown>(
    { $exists: true },
    { $exists: false },
    { $type: 'string' },
    { $size: 1 },
    /^a/,
    /^金/,
    /b$/,
    { $not: { $gt: 2 } },
  ),
  fc.tuple(rangeOperator, scalar).map(([operator, operand]) => ({ $elemMatch: { [operator]: operand } })),
);
const path = fc.constantFrom('a', 'b', 'c', 'a.x', 'a.y', 'c.x', 'a.0', '_id');
const simple = fc
  .array(fc.tuple(path, condition), { minLength: 1, maxLength: 3 })
  .map((entries) => Object.fromEntries(entries) as Doc);
const filter = fc.oneof(
  { weight: 5, arbitrary: simple },
  fc.array(simple, { minLength: 1, maxLength: 3 }).map((list) => ({ $or: list }) as Doc),
  fc.array(simple, { minLength: 1, maxLength: 2 }).map((list) => ({ $and: list }) as Doc),
  fc
    .tuple(simple, fc.array(simple, { minLength: 1, maxLength: 2 }))
    .map(([one, list]) => ({ ...one, $or: list }) as Doc),
);
const sort = fc.option(
  fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'a.x', '_id'), fc.constantFrom(1, -1)), {
    maxLength: 3,
    minLength: 1,
    selector: ([name]) => name,
  }),
  { nil: undefined },
);

const INDEXES: [Doc, Doc][] = [
  [{ a: 1 }, {}],
  [{ b: -1 }, {}],
  [{ b: 1, c: -1 }, {}],
  [{ c: 1 }, { sparse: true }],
  [{ 'a.x': 1, b: 1 }, {}],
  [{ c: -1, b: 1 }, { partialFilterExpression: { b: { $exists: true } } }],
  [{ 'c.x': -1 }, { partialFilterExpression: { b: 3 } }],
];

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '500');

describe('embedded store: the planner finds what a look at every document finds', function () {
  this.timeout(120_000);
  let store: EmbeddedDb;
  const docs: Doc[] = [];

  before(async () => {
    store = await embeddedDb();
    const collection = store.db.conn.collection('fuzz');
    for (const [key, options] of INDEXES) await collection.createIndex(key as Record<string, 1>, options);
    for (const [i, doc] of fc.sample(document, { numRuns: 250, seed: 7 }).entries())
      docs.push({ _id: i, ...doc });
    for (const doc of docs) {
      try {
        await collection.insertOne(doc as never);
      } catch (error) {
        // Two independent arrays under one compound index are refused, as they must be.
        expect((error as { code: number }).code).to.be.oneOf([171, 115]);
        docs[docs.indexOf(doc)] = { refused: true };
      }
    }
  });
  after(() => store.drop());

  const living = (): Doc[] =>
    docs.filter((doc) => doc['refused'] !== true).map((doc) => decodeRaw(encode(doc)));

  it('in every order, with and without a limit', async () => {
    const all = living();
    await fc.assert(
      fc.asyncProperty(filter, sort, async (wanted, order) => {
        const match = compileFilter(decodeRaw(encode(wanted)));
        const expected = all.filter((doc) => match(doc));
        const cursor = store.db.conn.collection('fuzz').find(wanted as never);
        if (order) cursor.sort(Object.fromEntries(order));
        const found = await cursor.toArray();
        const ids = (list: Doc[]) => list.map((doc) => Number(doc['_id']));
        expect(ids(found).sort((x, y) => x - y)).to.deep.equal(ids(expected).sort((x, y) => x - y));
        if (!order) return;
        const keyOf = compileSort(Object.fromEntries(order));
        const keys = found.map((doc) => keyOf(decodeRaw(encode(doc))));
        for (let i = 1; i < keys.length; i += 1) {
          expect(Buffer.compare(keys[i - 1] ?? Buffer.alloc(0), keys[i] ?? Buffer.alloc(0))).to.be.at.most(0);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('inside a transaction that has changed documents', async () => {
    const collection = store.db.conn.collection('fuzz');
    const session = await store.db.conn.startSession();
    session.startTransaction();
    const all = new Map(living().map((doc) => [Number(doc['_id']), doc]));
    for (let i = 0; i < 60; i += 1) {
      const id = i * 4;
      if (!all.has(id)) continue;
      if (i % 3 === 0) {
        await collection.deleteOne({ _id: id as never }, { session });
        all.delete(id);
      } else {
        await collection.updateOne({ _id: id as never }, { $set: { b: i % 5, a: 'ab' } }, { session });
        all.set(id, decodeRaw(encode({ ...all.get(id), b: i % 5, a: 'ab' })));
      }
    }
    for (let i = 0; i < 20; i += 1) {
      const doc = { _id: 1000 + i, a: i % 4, b: 'a', c: [i % 3] };
      await collection.insertOne(doc as never, { session });
      all.set(1000 + i, decodeRaw(encode(doc)));
    }
    try {
      await fc.assert(
        fc.asyncProperty(filter, async (wanted) => {
          const match = compileFilter(decodeRaw(encode(wanted)));
          const expected = [...all.values()].filter((doc) => match(doc)).map((doc) => Number(doc['_id']));
          const found = (await collection.find(wanted as never, { session }).toArray()).map((doc) =>
            Number(doc._id),
          );
          expect(found.sort((x, y) => x - y)).to.deep.equal(expected.sort((x, y) => x - y));
        }),
        { numRuns: RUNS / 2 },
      );
    } finally {
      await session.abortTransaction();
      await session.endSession();
    }
    expect(await collection.countDocuments({})).to.equal(living().length);
  });
});
