import { expect } from 'chai';
import { Schema, type Model } from 'mongoose';
import { codeOf, habitsDb } from './mongoose-habits.ts';

interface Firm {
  name: string;
  score: number;
  city?: string | null;
  tags: string[];
  licences: { kind: string; year: number }[];
}

const schema = new Schema<Firm>({
  name: { type: String, required: true },
  score: { type: Number, default: 0 },
  city: String,
  tags: [String],
  licences: [{ _id: false, kind: String, year: Number }],
});

describe('mongoose habits: queries', () => {
  const db = habitsDb();
  let firms: Model<Firm>;
  before(async () => {
    firms = db.current.model('Firm', schema, 'firms');
    await firms.insertMany([
      { name: 'A', score: 1, city: 'x', tags: ['a', 'b'], licences: [{ kind: 'k', year: 2020 }] },
      {
        name: 'B',
        score: 2,
        city: 'y',
        tags: ['b'],
        licences: [
          { kind: 'k', year: 2024 },
          { kind: 'l', year: 2021 },
        ],
      },
      { name: 'C', score: 3, city: null, tags: [] },
      { name: 'D', score: 4, tags: ['a', 'b', 'c'] },
    ]);
  });

  const cases: [object, string][] = [
    [{ score: 2 }, 'B'],
    [{ score: { $gt: 1, $lte: 3 } }, 'BC'],
    [{ score: { $ne: 2 } }, 'ACD'],
    [{ name: { $in: ['A', 'D', 'Z'] } }, 'AD'],
    [{ name: { $nin: ['A', 'D'] } }, 'BC'],
    [{ city: null }, 'CD'],
    [{ city: { $exists: true } }, 'ABC'],
    [{ city: { $type: 'string' } }, 'AB'],
    [{ tags: 'a' }, 'AD'],
    [{ tags: { $all: ['a', 'b'] } }, 'AD'],
    [{ tags: { $size: 1 } }, 'B'],
    [{ tags: [] }, 'C'],
    [{ 'tags.1': 'b' }, 'AD'],
    [{ licences: { $elemMatch: { kind: 'k', year: { $gt: 2022 } } } }, 'B'],
    [{ 'licences.kind': 'l' }, 'B'],
    [{ name: /^[ab]$/i }, 'AB'],
    [{ name: { $regex: '^c', $options: 'i' } }, 'C'],
    [{ name: { $not: /^A/ } }, 'BCD'],
    [{ $or: [{ score: 1 }, { city: 'y' }] }, 'AB'],
    [{ $nor: [{ score: 1 }, { city: 'y' }] }, 'CD'],
    [{ $and: [{ score: { $gt: 1 } }, { tags: 'b' }] }, 'BD'],
    [{ score: { $mod: [2, 0] } }, 'BD'],
    [{ $expr: { $gt: [{ $size: '$tags' }, '$score'] } }, 'A'],
    [{ score: { $bitsAllSet: 1 } }, 'AC'],
  ];
  for (const [filter, expected] of cases) {
    const label = JSON.stringify(filter, (_key, value: unknown) =>
      value instanceof RegExp ? String(value) : value,
    );
    it(`find ${label}`, async () => {
      const found = await firms.find(filter).sort('name').lean();
      expect(found.map(({ name }) => name).join('')).to.equal(expected);
      expect(await firms.countDocuments(filter)).to.equal(expected.length);
    });
  }

  it('sorts, skips, limits and selects', async () => {
    const page = await firms.find().sort({ score: -1 }).skip(1).limit(2).select('name -_id').lean();
    expect(page).to.deep.equal([{ name: 'C' }, { name: 'B' }]);
    expect(
      await firms
        .find({ name: 'B' })
        .select({ licences: { $slice: 1 }, name: 1 })
        .lean(),
    ).to.have.nested.property('[0].licences.length', 1);
    const [hit] = await firms
      .find({ name: 'B' })
      .select({ licences: { $elemMatch: { kind: 'l' } } })
      .lean();
    expect(hit?.licences).to.deep.equal([{ kind: 'l', year: 2021 }]);
  });

  it('projects the element that matched', async () => {
    const hit = await firms.findOne({ 'licences.kind': 'l' }, { 'licences.$': 1 }).lean();
    expect(hit?.licences).to.deep.equal([{ kind: 'l', year: 2021 }]);
  });

  it('iterates cursors, batch by batch', async () => {
    const names: string[] = [];
    for await (const firm of firms.find().sort('name').batchSize(2)) names.push(firm.name);
    for await (const firm of firms.find().sort('-name').lean().cursor({ batchSize: 1 }))
      names.push(firm.name);
    expect(names.join('')).to.equal('ABCDDCBA');
    const seen: string[] = [];
    await firms
      .find()
      .sort('name')
      .cursor()
      .eachAsync(({ name }) => void seen.push(name), { parallel: 2 });
    expect(seen.sort().join('')).to.equal('ABCD');
  });

  it('counts, asks whether, lists values', async () => {
    expect(await firms.distinct('tags')).to.deep.equal(['a', 'b', 'c']);
    expect(await firms.distinct('licences.kind', { name: 'B' })).to.deep.equal(['k', 'l']);
    expect(await firms.exists({ name: 'A' })).to.have.property('_id');
    expect(await firms.exists({ name: 'Z' })).to.equal(null);
    expect(await firms.estimatedDocumentCount()).to.equal(4);
    expect(await firms.findOne({ name: 'A' }).orFail()).to.have.property('score', 1);
    expect(await firms.where('score').gte(3).sort('score').distinct('name')).to.deep.equal(['C', 'D']);
  });

  it('keeps the limit of time', async () => {
    expect(await firms.find().maxTimeMS(5000)).to.have.lengthOf(4);
  });

  it('refuses by code what is wrong', async () => {
    expect(await codeOf(firms.collection.find({ name: { $nope: 1 } }).toArray())).to.equal(2);
    expect(await codeOf(firms.find().hint('nope').exec())).to.equal(2);
    expect(await codeOf(firms.collection.updateOne({}, { $nope: { a: 1 } } as never))).to.equal(9);
  });
});
