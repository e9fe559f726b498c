import { expect } from 'chai';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import { decodeRaw, encode, type Doc } from '../../../server/db/embedded/bson.ts';
import { compileFilter } from '../../../server/db/embedded/match.ts';
import { compileSort } from '../../../server/db/embedded/sort.ts';
import type { Transaction } from '../../../server/db/embedded/transaction.ts';
import { engineUnderTest, type EngineUnderTest } from './engine.ts';

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
  [{ b: 1, _id: 1 }, { unique: true }],
  [{ b: -1 }, {}],
  [{ b: 1, c: -1 }, {}],
  [{ c: 1 }, { sparse: true }],
  [{ 'a.x': 1, b: 1 }, {}],
  [{ c: -1, b: 1 }, { partialFilterExpression: { b: { $exists: true } } }],
  [{ 'c.x': -1 }, { partialFilterExpression: { b: 3 } }],
];

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '400');

describe('embedded store: the planner finds what a look at every document finds', function () {
  this.timeout(60_000 + RUNS * 60);
  let store: EngineUnderTest;
  const living = new Map<number, Doc>();
  const ids = (list: Iterable<Doc>) => [...list].map((doc) => Number(doc['_id'])).sort((x, y) => x - y);

  before(async () => {
    store = await engineUnderTest();
    const indexes = INDEXES.map(([key, options], i) => ({ key, name: `i${String(i)}`, ...options }));
    await store.command({ createIndexes: 'fuzz', indexes });
    for (const [i, fields] of fc.sample(document, { numRuns: 250, seed: 7 }).entries()) {
      const doc = { _id: i, ...fields };
      const { writeErrors } = await store.insert('fuzz', [doc]);
      // Two independent arrays under one compound index are refused, as they must be.
      if (writeErrors) expect(Number((writeErrors as Doc[])[0]?.['code'])).to.be.oneOf([171, 115]);
      else living.set(i, decodeRaw(encode(doc)));
    }
    expect(living.size).to.be.greaterThan(150);
  });
  after(() => store.drop());

  async function check(
    wanted: Doc,
    order: [string, number][] | undefined,
    all: Map<number, Doc>,
    tx?: Transaction,
  ) {
    const match = compileFilter(decodeRaw(encode(wanted)));
    const expected = [...all.values()].filter((doc) => match(doc));
    const sort = order ? { sort: Object.fromEntries(order) } : {};
    const found = await store.find('fuzz', { filter: wanted, ...sort }, tx);
    expect(ids(found)).to.deep.equal(ids(expected));
    if (!tx) {
      const { n } = await store.command({ count: 'fuzz', query: wanted });
      expect(Number(n), 'count').to.equal(expected.length);
    }
    if (!order) return;
    const keyOf = compileSort(Object.fromEntries(order));
    const keys = found.map((doc) => keyOf(doc));
    for (let i = 1; i < keys.length; i += 1) {
      expect(Buffer.compare(keys[i - 1] ?? Buffer.alloc(0), keys[i] ?? Buffer.alloc(0))).to.be.at.most(0);
    }
    const page = await store.find('fuzz', { filter: wanted, ...sort, skip: 2, limit: 5 }, tx);
    expect(page.map((doc) => keyOf(doc))).to.deep.equal(keys.slice(2, 7));
  }

  it('in every order, with and without a limit', async () => {
    await fc.assert(
      fc.asyncProperty(filter, sort, (wanted, order) => check(wanted, order, living)),
      { numRuns: RUNS },
    );
  });

  it('inside a transaction that has changed documents', async () => {
    const tx = store.begin('s/1');
    const all = new Map(living);
    for (let i = 0; i < 60; i += 1) {
      const id = i * 4;
      if (!all.has(id)) continue;
      const q = { _id: id };
      if (i % 3 === 0) {
        await store.command({ delete: 'fuzz', deletes: [{ q, limit: 1 }] }, tx);
        all.delete(id);
      } else {
        const set = { b: i % 5, a: 'ab' };
        await store.command({ update: 'fuzz', updates: [{ q, u: { $set: set } }] }, tx);
        all.set(id, decodeRaw(encode({ ...all.get(id), ...set })));
      }
    }
    for (let i = 0; i < 20; i += 1) {
      const doc = { _id: 1000 + i, a: i % 4, b: 'a', c: [i % 3] };
      await store.insert('fuzz', [doc], tx);
      all.set(1000 + i, decodeRaw(encode(doc)));
    }
    await fc.assert(
      fc.asyncProperty(filter, sort, (wanted, order) => check(wanted, order, all, tx)),
      { numRuns: RUNS / 2 },
    );
    store.engine.transactions.end(tx);
    expect(await store.find('fuzz', {})).to.have.lengthOf(living.size);
  });

  it('and keeps every index whole', async () => {
    expect(await store.command({ validate: 'fuzz' })).to.include({ valid: true });
    store = await store.reopen();
    expect(await store.command({ validate: 'fuzz' })).to.include({ valid: true });
  });
});
