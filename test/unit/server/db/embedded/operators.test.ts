import { expect } from 'chai';
import { BSON, decodeRaw, encode, type Doc } from '../../../../../server/db/embedded/bson.ts';
import { MongoError } from '../../../../../server/db/embedded/error.ts';
import { compileFilter } from '../../../../../server/db/embedded/match.ts';
import { compilePipeline } from '../../../../../server/db/embedded/aggregate.ts';
import { compileProjection } from '../../../../../server/db/embedded/project.ts';
import { compileUpdate, seedFromFilter } from '../../../../../server/db/embedded/update.ts';

const { Decimal128, Int32, Long, ObjectId } = BSON;
const stored = (doc: Doc) => decodeRaw(encode(doc));
const matches = (filter: Doc, doc: Doc) => compileFilter(filter)(stored(doc));
const plain = (doc: Doc) => BSON.deserialize(encode(doc));
const updated = (
  update: unknown,
  doc: Doc,
  context: Partial<{ positional: number; inserting: boolean; arrayFilters: Doc[] }> = {},
) =>
  plain(
    compileUpdate(decodeRaw(encode({ u: update as Doc }))['u'], { arrayFilters: context.arrayFilters })(
      stored(doc),
      {
        inserting: context.inserting ?? false,
        positional: context.positional,
        now: new Date(5),
      },
    ),
  );
const codeOf = (run: () => unknown): number | undefined => {
  try {
    run();
  } catch (error) {
    return error instanceof MongoError ? error.code : -1;
  }
  return undefined;
};

describe('embedded store: query operators', () => {
  const cases: [Doc, Doc, boolean][] = [
    [{ a: 1 }, { a: Long.ONE }, true],
    [{ a: 1 }, { a: Decimal128.fromString('1.0') }, true],
    [{ a: { $lt: Decimal128.fromString('10') } }, { a: Decimal128.fromString('5') }, true],
    [{ a: null }, {}, true],
    [{ a: { $gte: null } }, {}, true],
    [{ a: { $ne: null } }, {}, false],
    [{ 'a.b': null }, { a: [{ b: 1 }, {}] }, true],
    [{ 'a.b': null }, { a: [{ b: 1 }] }, false],
    [{ 'a.b': null }, { a: 5 }, true],
    [{ 'a.b': 2 }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ 'a.1.b': 2 }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, false],
    [{ a: [1, 2] }, { a: [1, 2] }, true],
    [{ a: [1, 2] }, { a: [[1, 2], 3] }, true],
    [{ a: 2 }, { a: [1, 2] }, true],
    [{ a: { $gt: 1, $lt: 3 } }, { a: [0, 5] }, true], // different elements may satisfy the two
    [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [0, 5] }, false],
    [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1 }, { b: 1, c: 2 }] }, true],
    [{ a: { $gt: 'a' } }, { a: 5 }, false], // a range stays within its type
    [{ a: { $in: [/^x/, 3] } }, { a: 'xy' }, true],
    [{ a: { $nin: [1] } }, {}, true],
    [{ a: { $exists: false } }, { a: null }, false],
    [{ a: { $type: 'objectId' } }, { a: new ObjectId() }, true],
    [{ a: { $type: 'long' } }, { a: Long.ONE }, true],
    [{ a: { $type: 'int' } }, { a: Long.ONE }, false],
    [{ a: { $all: [1, 2] } }, { a: [2, 1, 3] }, true],
    [{ a: { $all: [] } }, { a: [] }, false],
    [{ a: { $size: 0 } }, { a: [] }, true],
    [{ a: { $mod: [4, 1] } }, { a: 9 }, true],
    [{ a: { $not: { $gt: 3 } } }, {}, true],
    [{ a: /金昌/ }, { a: '金昌市示例' }, true],
    [{ a: { $regex: '^AB', $options: 'i' } }, { a: 'abc' }, true],
    [{ $or: [{ a: 1 }, { b: 1 }] }, { b: 1 }, true],
    [{ $nor: [{ a: 1 }, { b: 1 }] }, { c: 1 }, true],
    [{ $expr: { $gt: ['$a', '$b'] } }, { a: 2, b: 1 }, true],
    [{ a: { $bitsAllSet: 5 } }, { a: 7 }, true],
    [{ a: 1, $comment: 'why' }, { a: 1 }, true],
    [{ toString: 1 }, {}, false],
  ];
  for (const [filter, doc, wanted] of cases) {
    it(`${BSON.EJSON.stringify(filter)} on ${BSON.EJSON.stringify(doc)} is ${String(wanted)}`, () => {
      expect(matches(filter, doc)).to.equal(wanted);
    });
  }

  it('refuses what it does not know, and by another code what it does not offer', () => {
    expect(codeOf(() => compileFilter({ a: { $foo: 1 } }))).to.equal(2);
    expect(codeOf(() => compileFilter({ $foo: 1 }))).to.equal(2);
    expect(codeOf(() => compileFilter({ $where: 'true' }))).to.equal(115);
    expect(codeOf(() => compileFilter({ a: { $near: [0, 0] } }))).to.equal(115);
    expect(codeOf(() => compileFilter({ $expr: { $nope: 1 } }))).to.equal(168);
    expect(codeOf(() => compileFilter({ $expr: { $function: {} } }))).to.equal(115);
    expect(codeOf(() => compileFilter({ a: { $in: 3 } }))).to.equal(2);
    expect(codeOf(() => compileFilter({ a: { $regex: '(' } }))).to.equal(2);
  });
});

describe('embedded store: update operators', () => {
  it('changes as the server does', () => {
    expect(updated({ $set: { 'a.b': 1 } }, {})).to.deep.equal({ a: { b: 1 } });
    expect(updated({ $set: { 'a.2': 9 } }, { a: [1] })).to.deep.equal({ a: [1, null, 9] });
    expect(updated({ $unset: { 'a.0': '' } }, { a: [1, 2] })).to.deep.equal({ a: [null, 2] });
    expect(updated({ $inc: { n: 2 }, $mul: { m: 3 } }, { n: 1 })).to.deep.equal({ n: 3, m: 0 });
    expect(updated({ $min: { a: 1 }, $max: { b: 1 } }, { a: 2, b: 0 })).to.deep.equal({ a: 1, b: 1 });
    expect(updated({ $rename: { a: 'b.c' } }, { a: 1 })).to.deep.equal({ b: { c: 1 } });
    expect(updated({ $currentDate: { at: true } }, {})).to.deep.equal({ at: new Date(5) });
    expect(updated({ $push: { a: { $each: [3, 1], $sort: 1, $slice: -2 } } }, { a: [2] })).to.deep.equal({
      a: [2, 3],
    });
    expect(updated({ $push: { a: { $each: [0], $position: 0 } } }, { a: [1] })).to.deep.equal({ a: [0, 1] });
    expect(updated({ $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1] })).to.deep.equal({ a: [1, 2] });
    expect(updated({ $pull: { a: { b: 1 } } }, { a: [{ b: 1, c: 1 }, { b: 2 }] })).to.deep.equal({
      a: [{ b: 2 }],
    });
    expect(updated({ $pull: { a: { $gt: 1 } } }, { a: [1, 2, 3] })).to.deep.equal({ a: [1] });
    expect(updated({ $pullAll: { a: [1] } }, { a: [1, 2, 1] })).to.deep.equal({ a: [2] });
    expect(updated({ $pop: { a: -1 } }, { a: [1, 2] })).to.deep.equal({ a: [2] });
    expect(updated({ $set: { 'a.$': 9 } }, { a: [1, 2] }, { positional: 1 })).to.deep.equal({ a: [1, 9] });
    expect(updated({ $inc: { 'a.$[]': 1 } }, { a: [1, 2] })).to.deep.equal({ a: [2, 3] });
    expect(
      updated({ $set: { 'a.$[x].v': 1 } }, { a: [{ k: 1 }, { k: 2 }] }, { arrayFilters: [{ 'x.k': 2 }] }),
    ).to.deep.equal({
      a: [{ k: 1 }, { k: 2, v: 1 }],
    });
    expect(updated({ $setOnInsert: { a: 1 } }, {})).to.deep.equal({});
    expect(updated({ $setOnInsert: { a: 1 } }, {}, { inserting: true })).to.deep.equal({ a: 1 });
    expect(updated({ b: 1 }, { _id: 1, a: 1 })).to.deep.equal({ b: 1, _id: 1 });
    expect(updated([{ $set: { c: { $add: ['$a', 1] } } }], { a: 1 })).to.deep.equal({ a: 1, c: 2 });
    expect(seedFromFilter({ a: 1, 'b.c': { $eq: 2 }, d: { $gt: 1 }, $and: [{ e: 3 }] })).to.deep.equal({
      a: 1,
      b: { c: 2 },
      e: 3,
    });
  });

  it('keeps the types of numbers and grows exactly', () => {
    const run = (update: Doc, doc: Doc) =>
      compileUpdate(update)(stored(doc), { inserting: false, now: new Date(0) })['n'];
    expect(run({ $inc: { n: new Int32(1) } }, { n: Long.fromString('9007199254740993') })).to.deep.equal(
      Long.fromString('9007199254740994'),
    );
    expect(run({ $inc: { n: new Int32(1) } }, { n: new Int32(2147483647) })).to.deep.equal(
      Long.fromString('2147483648'),
    );
    expect(String(run({ $inc: { n: new Int32(1) } }, { n: Decimal128.fromString('0.1') }))).to.equal('1.1');
    expect(codeOf(() => run({ $inc: { n: new Int32(1) } }, { n: Long.MAX_VALUE }))).to.equal(2);
    expect(run({ $set: { other: 1 } }, { n: Long.ONE })).to.deep.equal(Long.ONE);
  });

  it('answers wrong updates with the code of the server', () => {
    expect(codeOf(() => updated({ $foo: { a: 1 } }, {}))).to.equal(9);
    expect(codeOf(() => updated({ $set: { a: 1 }, $unset: { a: 1 } }, {}))).to.equal(40);
    expect(codeOf(() => updated({ $set: { a: 1, 'a.b': 1 } }, {}))).to.equal(40);
    expect(codeOf(() => updated({ $set: { _id: 2 } }, { _id: 1 }))).to.equal(66);
    expect(codeOf(() => updated({ $inc: { a: 1 } }, { a: 'x' }))).to.equal(14);
    expect(codeOf(() => updated({ $inc: { a: 'x' } }, {}))).to.equal(14);
    expect(codeOf(() => updated({ $set: { 'a.b': 1 } }, { a: 5 }))).to.equal(28);
    expect(codeOf(() => updated({ $push: { a: 1 } }, { a: 5 }))).to.equal(2);
    expect(codeOf(() => updated({ $set: { 'a.$': 1 } }, { a: [1] }))).to.equal(2);
    expect(codeOf(() => updated({ a: 1, $set: { b: 1 } }, {}))).to.equal(52);
  });

  it('never reaches a prototype', () => {
    updated({ $set: { 'constructor.prototype.polluted': 1, '__proto__.polluted': 1 } }, {});
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });
});

describe('embedded store: projection and pipeline', () => {
  const project = (spec: Doc, doc: Doc) => plain(compileProjection(spec).apply(stored(doc)));
  it('includes, excludes, slices and computes', () => {
    const doc = { _id: 1, a: { b: 1, c: 2 }, list: [{ x: 1, y: 2 }], t: 'z' };
    expect(project({ 'a.b': 1 }, doc)).to.deep.equal({ _id: 1, a: { b: 1 } });
    expect(project({ 'list.y': 0, a: 0, t: 0 }, doc)).to.deep.equal({ _id: 1, list: [{ x: 1 }] });
    expect(project({ _id: 0, t: 1 }, doc)).to.deep.equal({ t: 'z' });
    expect(project({ list: { $slice: 0 }, a: 0 }, doc)).to.deep.equal({ _id: 1, list: [], t: 'z' });
    expect(project({ list: { $elemMatch: { x: 1 } } }, doc)).to.deep.equal({
      _id: 1,
      list: [{ x: 1, y: 2 }],
    });
    expect(codeOf(() => compileProjection({ a: 1, b: 0 }))).to.equal(31254);
  });

  const run = (pipeline: Doc[], docs: Doc[]) =>
    [...compilePipeline(pipeline, { find: () => [], variables: {} })(docs)].map((doc) =>
      BSON.deserialize(encode(doc as Doc, true)),
    );
  it('groups exactly, beyond 2^53 too', () => {
    const rows = run(
      [{ $group: { _id: '$k', sum: { $sum: '$n' }, count: { $sum: 1 }, top: { $max: '$n' } } }],
      [
        { k: 'a', n: Long.fromString('9007199254740993') },
        { k: 'a', n: 2 },
      ],
    );
    expect(String(rows[0]?.['sum'])).to.equal('9007199254740995');
    expect(rows[0]).to.include({ _id: 'a', count: 2 });
  });
  it('unwinds, sorts, limits, counts', () => {
    expect(
      run([{ $unwind: '$a' }, { $sort: { a: -1 } }, { $limit: 2 }], [{ a: [1, 3] }, { a: [2] }, { a: [] }]),
    ).to.deep.equal([{ a: 3 }, { a: 2 }]);
    expect(run([{ $match: { a: { $gt: 1 } } }, { $count: 'n' }], [{ a: 1 }, { a: 2 }])).to.deep.equal([
      { n: 1 },
    ]);
    expect(codeOf(() => run([{ $nope: {} }], []))).to.equal(40324);
    expect(codeOf(() => run([{ $out: 'x' }, { $limit: 1 }], []))).to.equal(40601);
    expect(codeOf(() => run([{ $densify: {} }], []))).to.equal(115);
  });
});
