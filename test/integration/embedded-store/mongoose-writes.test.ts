import { expect } from 'chai';
import { Schema, Types, type Model } from 'mongoose';
import { codeOf, habitsDb } from './mongoose-habits.ts';

interface Entry {
  code: string;
  n: number;
  tags: string[];
  rows: { k: string; v: number }[];
  extra: Map<string, number>;
  money?: Types.Decimal128;
  fen?: bigint;
  bytes?: Buffer;
  at?: Date;
}

const schema = new Schema<Entry>(
  {
    code: { type: String, unique: true },
    n: { type: Number, default: 0 },
    tags: [String],
    rows: [{ _id: false, k: String, v: Number }],
    extra: { type: Map, of: Number },
    money: Schema.Types.Decimal128,
    fen: BigInt,
    bytes: Buffer,
    at: Date,
  },
  { timestamps: true, optimisticConcurrency: true },
);

describe('mongoose habits: writes', () => {
  const db = habitsDb();
  let records: Model<Entry>;
  before(async () => {
    records = db.current.model('Record', schema, 'records');
    await records.createIndexes();
  });
  beforeEach(async () => {
    await records.deleteMany({});
    await records.create({
      code: 'a',
      n: 1,
      tags: ['x', 'y'],
      rows: [
        { k: 'p', v: 1 },
        { k: 'q', v: 2 },
      ],
    });
  });

  it('findOneAndUpdate answers before, after and raw results', async () => {
    const before = await records.findOneAndUpdate({ code: 'a' }, { $inc: { n: 1 } });
    expect(before).to.have.property('n', 1);
    const after = await records.findOneAndUpdate(
      { code: 'a' },
      { $inc: { n: 1 } },
      { returnDocument: 'after', projection: 'n' },
    );
    expect(after?.toObject()).to.have.keys('_id', 'n').and.property('n', 3);
    const made = await records.findOneAndUpdate(
      { code: 'b' },
      { $setOnInsert: { n: 9 } },
      { upsert: true, returnDocument: 'after', includeResultMetadata: true },
    );
    expect(made.lastErrorObject).to.include({ updatedExisting: false, n: 1 });
    expect(made.value).to.have.property('n', 9);
    expect(await records.findOneAndUpdate({ code: 'zz' }, { n: 1 })).to.equal(null);
    expect(
      await records.findOneAndReplace({ code: 'b' }, { code: 'b', n: 4 }, { returnDocument: 'after' }),
    ).to.have.property('n', 4);
    expect(await records.findOneAndDelete({}, { sort: { n: -1 } })).to.have.property('code', 'b');
    expect(await records.countDocuments()).to.equal(1);
  });

  it('updates array elements by position and by filter', async () => {
    await records.updateOne({ code: 'a', 'rows.k': 'q' }, { $set: { 'rows.$.v': 20 } });
    await records.updateOne(
      { code: 'a' },
      { $inc: { 'rows.$[row].v': 5 } },
      { arrayFilters: [{ 'row.k': 'p' }] },
    );
    await records.updateOne({ code: 'a' }, { $inc: { 'rows.$[].v': 1 } });
    await records.updateOne(
      { code: 'a', rows: { $elemMatch: { k: 'p', v: 7 } } },
      { $set: { 'rows.$.k': 'r' } },
    );
    await records.updateOne(
      { code: 'a' },
      { $push: { tags: { $each: ['z', 'w'], $position: 0, $slice: 3 } }, $pull: { rows: { k: 'none' } } },
    );
    await records.updateOne({ code: 'a' }, { $addToSet: { tags: 'z' } });
    const found = await records.findOne({ code: 'a' }).lean();
    expect(found?.rows).to.deep.equal([
      { k: 'r', v: 7 },
      { k: 'q', v: 21 },
    ]);
    expect(found?.tags).to.deep.equal(['z', 'w', 'x']);
  });

  it('takes update pipelines', async () => {
    await records.updateOne({ code: 'a' }, [{ $set: { n: { $add: ['$n', { $size: '$tags' }] } } }], {
      updatePipeline: true,
    });
    expect(await records.findOne({ code: 'a' })).to.have.property('n', 3);
  });

  it('bulkWrite, bulkSave and unordered insertMany', async () => {
    const result = await records.bulkWrite<Partial<Entry>>([
      { insertOne: { document: { code: 'b' } } },
      { updateOne: { filter: { code: 'b' }, update: { $inc: { n: 2 } } } },
      { updateOne: { filter: { code: 'c' }, update: { n: 3 }, upsert: true } },
      { updateMany: { filter: {}, update: { $inc: { n: 1 } } } },
      { replaceOne: { filter: { code: 'c' }, replacement: { code: 'c2' } } },
      { deleteOne: { filter: { code: 'a' } } },
    ]);
    expect(result).to.include({ insertedCount: 1, matchedCount: 5, upsertedCount: 1, deletedCount: 1 });
    const all = await records.find().sort('code');
    for (const record of all) record.n += 100;
    await records.bulkSave(all);
    expect(await records.distinct('n')).to.deep.equal([100, 103]);
    const mixed = await records
      .insertMany([{ code: 'd' }, { code: 'b' }, { code: 'e' }], { ordered: false })
      .catch((e: unknown) => e);
    expect(mixed).to.have.property('code', 11000);
    expect(await records.countDocuments({ code: { $in: ['d', 'e'] } })).to.equal(2);
  });

  it('names key and value of a duplicate', async () => {
    const error = await records.create({ code: 'a' }).catch((e: unknown) => e);
    expect(error).to.deep.include({ code: 11000, keyPattern: { code: 1 }, keyValue: { code: 'a' } });
    expect(
      await codeOf(
        records
          .updateOne({ code: 'q' }, { $set: { n: 1 }, $setOnInsert: { code: 'a' } }, { upsert: true })
          .exec(),
      ),
    ).to.equal(11000);
  });

  it('keeps Decimal128, Long, Buffer, Map and Date as they are', async () => {
    const fen = 9007199254740993n;
    const at = new Date('2024-02-29T01:02:03.004Z');
    await records.create({
      code: 't',
      money: Types.Decimal128.fromString('12345678901234567890.12'),
      fen,
      bytes: Buffer.from('金'),
      at,
      extra: new Map([['k', 1]]),
    });
    await records.updateOne(
      { code: 't' },
      { $inc: { fen: 1n, money: Types.Decimal128.fromString('0.01') }, $set: { 'extra.m': 2 } },
    );
    const found = await records.findOne({
      code: 't',
      fen: { $gt: fen },
      at,
      money: { $gt: Types.Decimal128.fromString('1') },
    });
    expect(found?.fen).to.equal(fen + 1n);
    expect(String(found?.money)).to.equal('12345678901234567890.13');
    expect(found?.bytes?.toString()).to.equal('金');
    expect(Object.fromEntries(found?.extra ?? [])).to.deep.equal({ k: 1, m: 2 });
    expect(found?.at).to.deep.equal(at);
  });

  it('keeps timestamps and versions; a stale save fails', async () => {
    const [one, two] = [await records.findOne({ code: 'a' }), await records.findOne({ code: 'a' })];
    if (!one || !two) throw new Error('it was just made');
    one.n = 10;
    await one.save();
    two.n = 20;
    expect(await two.save().catch((e: unknown) => (e as Error).name)).to.equal('VersionError');
    const kept = await records.findOne({ code: 'a' }).lean<{ n: number; createdAt: Date; updatedAt: Date }>();
    expect(kept?.n).to.equal(10);
    expect(kept?.createdAt).to.be.an.instanceOf(Date);
    expect(Number(kept?.updatedAt)).to.be.at.least(Number(kept?.createdAt));
  });

  it('makes TTL, partial and sparse indexes as schemas say', async () => {
    const expiring = new Schema({ at: { type: Date, expires: 60 }, k: String });
    expiring.index({ k: 1 }, { unique: true, partialFilterExpression: { k: { $exists: true } } });
    const model = db.current.model('Expiring', expiring, 'expiring');
    await model.syncIndexes();
    const indexes = (await model.listIndexes()) as {
      key: object;
      expireAfterSeconds?: number;
      partialFilterExpression?: object;
    }[];
    expect(indexes.find(({ key }) => 'at' in key)).to.have.property('expireAfterSeconds', 60);
    expect(indexes.find(({ key }) => 'k' in key)).to.have.nested.property('partialFilterExpression.k');
    await model.collection.createIndex({ old: 1 });
    expect(await model.syncIndexes()).to.deep.equal(['old_1']);
  });
});
