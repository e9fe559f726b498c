import { expect } from 'chai';
import { Schema, type Model, type PipelineStage } from 'mongoose';
import { codeOf, habitsDb } from './mongoose-habits.ts';

interface Penalty {
  _id: number;
  firm: string;
  fen: number;
  at: Date;
  tags: string[];
}

describe('mongoose habits: aggregation', () => {
  const db = habitsDb();
  let penalties: Model<Penalty>;
  before(async () => {
    const schema = new Schema<Penalty>({ _id: Number, firm: String, fen: Number, at: Date, tags: [String] });
    penalties = db.current.model('Penalty', schema, 'penalties');
    await penalties.insertMany([
      { _id: 1, firm: 'A', fen: 100, at: new Date('2024-01-10T00:00:00Z'), tags: ['x'] },
      { _id: 2, firm: 'A', fen: 300, at: new Date('2024-02-10T00:00:00Z'), tags: ['x', 'y'] },
      { _id: 3, firm: 'B', fen: 50, at: new Date('2024-02-20T16:30:00Z'), tags: [] },
    ]);
    const firms = db.current.conn.collection<{ _id: string; name: string; parent?: string }>(
      'aggregate_firms',
    );
    await firms.insertMany([
      { _id: 'A', name: '甲' },
      { _id: 'B', name: '乙', parent: 'A' },
    ]);
  });

  const cases: [string, PipelineStage[], object[]][] = [
    [
      '$group',
      [
        {
          $group: {
            _id: '$firm',
            sum: { $sum: '$fen' },
            avg: { $avg: '$fen' },
            n: { $count: {} },
            last: { $last: '$_id' },
          },
        },
        { $sort: { _id: 1 } },
      ],
      [
        { _id: 'A', sum: 400, avg: 200, n: 2, last: 2 },
        { _id: 'B', sum: 50, avg: 50, n: 1, last: 3 },
      ],
    ],
    [
      '$topN, $firstN, $maxN, $mergeObjects',
      [
        { $sort: { _id: 1 } },
        {
          $group: {
            _id: null,
            top: { $topN: { n: 2, sortBy: { fen: -1 }, output: '$_id' } },
            bottom: { $bottom: { sortBy: { fen: -1 }, output: '$_id' } },
            first: { $firstN: { input: '$_id', n: 2 } },
            max: { $maxN: { input: '$fen', n: 1 } },
            merged: { $mergeObjects: { k: '$firm' } },
          },
        },
      ],
      [{ _id: null, top: [2, 1], bottom: 3, first: [1, 2], max: [300], merged: { k: 'B' } }],
    ],
    [
      '$unwind and $sortByCount',
      [{ $unwind: '$tags' }, { $sortByCount: '$tags' }],
      [
        { _id: 'x', count: 2 },
        { _id: 'y', count: 1 },
      ],
    ],
    [
      '$lookup by fields',
      [
        { $match: { _id: 3 } },
        { $lookup: { from: 'aggregate_firms', localField: 'firm', foreignField: '_id', as: 'firms' } },
        { $unwind: '$firms' },
        { $project: { name: '$firms.name' } },
      ],
      [{ _id: 3, name: '乙' }],
    ],
    [
      '$lookup with a pipeline',
      [
        { $match: { _id: { $lte: 2 } } },
        {
          $lookup: {
            from: 'aggregate_firms',
            let: { firm: '$firm', fen: '$fen' },
            pipeline: [
              { $match: { $expr: { $eq: ['$_id', '$$firm'] } } },
              { $project: { _id: 0, label: { $concat: ['$name', ':', { $toString: '$$fen' }] } } },
            ],
            as: 'firms',
          },
        },
        { $project: { firms: 1 } },
        { $sort: { _id: 1 } },
      ],
      [
        { _id: 1, firms: [{ label: '甲:100' }] },
        { _id: 2, firms: [{ label: '甲:300' }] },
      ],
    ],
    [
      '$facet',
      [
        {
          $facet: {
            page: [{ $sort: { fen: -1 } }, { $limit: 1 }, { $project: { _id: 1 } }],
            total: [{ $count: 'n' }],
            none: [{ $match: { fen: 7 } }],
          },
        },
      ],
      [{ page: [{ _id: 2 }], total: [{ n: 3 }], none: [] }],
    ],
    [
      '$bucket',
      [{ $bucket: { groupBy: '$fen', boundaries: [0, 100, 200], default: 'more' } }],
      [
        { _id: 0, count: 1 },
        { _id: 100, count: 1 },
        { _id: 'more', count: 1 },
      ],
    ],
    [
      'dates in a time zone',
      [
        {
          $group: { _id: { $dateToString: { date: '$at', format: '%Y-%m-%d', timezone: 'Asia/Shanghai' } } },
        },
        { $sort: { _id: 1 } },
      ],
      [{ _id: '2024-01-10' }, { _id: '2024-02-10' }, { _id: '2024-02-21' }],
    ],
    [
      'months',
      [{ $group: { _id: { $month: '$at' }, fen: { $sum: '$fen' } } }, { $sort: { _id: 1 } }],
      [
        { _id: 1, fen: 100 },
        { _id: 2, fen: 350 },
      ],
    ],
    [
      '$unionWith',
      [
        { $match: { _id: 1 } },
        { $project: { _id: 1 } },
        {
          $unionWith: {
            coll: 'aggregate_firms',
            pipeline: [{ $match: { _id: 'B' } }, { $project: { _id: 1 } }],
          },
        },
      ],
      [{ _id: 1 }, { _id: 'B' }],
    ],
    [
      '$addFields, $unset, $replaceRoot',
      [
        { $match: { _id: 2 } },
        { $addFields: { o: { n: { $size: '$tags' } }, 'o.big': { $gte: ['$fen', 200] } } },
        { $replaceRoot: { newRoot: '$o' } },
        { $unset: 'big' },
      ],
      [{ n: 2 }],
    ],
    [
      '$setWindowFields',
      [
        {
          $setWindowFields: {
            partitionBy: '$firm',
            sortBy: { _id: 1 },
            output: {
              running: { $sum: '$fen', window: { documents: ['unbounded', 'current'] } },
              rank: { $rank: {} },
              before: { $shift: { output: '$fen', by: -1, default: 0 } },
            },
          },
        },
        { $project: { running: 1, rank: 1, before: 1 } },
        { $sort: { _id: 1 } },
      ],
      [
        { _id: 1, running: 100, rank: 1, before: 0 },
        { _id: 2, running: 400, rank: 2, before: 100 },
        { _id: 3, running: 50, rank: 1, before: 0 },
      ],
    ],
    [
      '$graphLookup',
      [
        { $match: { _id: 3 } },
        {
          $graphLookup: {
            from: 'aggregate_firms',
            startWith: '$firm',
            connectFromField: 'parent',
            connectToField: '_id',
            as: 'line',
          },
        },
        { $project: { n: { $size: '$line' } } },
      ],
      [{ _id: 3, n: 2 }],
    ],
  ];
  for (const [name, pipeline, expected] of cases) {
    it(name, async () => {
      expect(await penalties.aggregate(pipeline)).to.deep.equal(expected);
    });
  }

  it('iterates cursors and takes the fluent form', async () => {
    const seen: number[] = [];
    for await (const doc of penalties
      .aggregate<{ _id: number }>()
      .sort({ _id: -1 })
      .project({ _id: 1 })
      .cursor({ batchSize: 1 }))
      seen.push(doc._id);
    expect(seen).to.deep.equal([3, 2, 1]);
  });

  it('$out takes the place of a collection, $merge adds to it', async () => {
    const target = db.current.conn.collection<{ _id: number; fen?: number; seen?: number }>('summary');
    await target.insertOne({ _id: 99 });
    await penalties.aggregate([{ $project: { fen: 1 } }, { $out: 'summary' }]);
    expect(await target.find().sort({ _id: 1 }).toArray()).to.deep.equal([
      { _id: 1, fen: 100 },
      { _id: 2, fen: 300 },
      { _id: 3, fen: 50 },
    ]);
    await penalties.aggregate([
      { $match: { _id: { $lte: 2 } } },
      { $project: { seen: { $literal: 1 } } },
      { $merge: { into: 'summary', on: '_id', whenMatched: 'merge', whenNotMatched: 'insert' } },
    ]);
    expect(await target.findOne({ _id: 1 })).to.deep.equal({ _id: 1, fen: 100, seen: 1 });
    expect(await target.countDocuments({ seen: 1 })).to.equal(2);
    const failing = penalties.aggregate([
      { $match: { _id: 1 } },
      { $merge: { into: 'summary', whenMatched: 'fail' } },
    ]);
    expect(await codeOf(failing.exec())).to.equal(11000);
  });

  it('an $out that breaks leaves the collection as it was', async () => {
    const target = db.current.conn.collection<{ _id: number; firm?: string }>('by_firm');
    await target.createIndex({ firm: 1 }, { unique: true });
    await target.insertOne({ _id: 7, firm: 'Z' });
    expect(
      await codeOf(penalties.aggregate([{ $project: { firm: 1 } }, { $out: 'by_firm' }]).exec()),
    ).to.equal(11000);
    expect(await target.find().toArray()).to.deep.equal([{ _id: 7, firm: 'Z' }]);
  });

  it('refuses by code what is wrong', async () => {
    const stage = (one: object) => codeOf(penalties.collection.aggregate([one]).toArray());
    expect(await stage({ $nope: {} })).to.equal(40324);
    expect(await stage({ $group: { n: { $sum: 1 } } })).to.equal(15955);
    expect(await stage({ $group: { _id: null, n: { $nope: 1 } } })).to.be.a('number');
  });
});
