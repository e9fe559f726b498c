import { expect } from 'chai';
import { Schema, Types, type Model } from 'mongoose';
import { habitsDb } from './mongoose-habits.ts';

interface Person {
  name: string;
  firm: Types.ObjectId;
  notes: { by: Types.ObjectId; text: string }[];
}
interface Company {
  name: string;
  parent?: Types.ObjectId;
  staff?: Person[];
}

describe('mongoose habits: documents', () => {
  const db = habitsDb();
  let people: Model<Person>;
  let companies: Model<Company>;
  before(async () => {
    const company = new Schema<Company>({
      name: String,
      parent: { type: Schema.Types.ObjectId, ref: 'Company' },
    });
    company.virtual('staff', { ref: 'Person', localField: '_id', foreignField: 'firm' });
    companies = db.current.model('Company', company, 'companies');
    const person = new Schema<Person>({
      name: String,
      firm: { type: Schema.Types.ObjectId, ref: 'Company' },
      notes: [{ by: { type: Schema.Types.ObjectId, ref: 'Person' }, text: String }],
    });
    people = db.current.model('Person', person, 'people');
    const holding = await companies.create({ name: 'H' });
    const firm = await companies.create({ name: 'F', parent: holding._id });
    const one = await people.create({ name: 'one', firm: firm._id });
    await people.create({ name: 'two', firm: firm._id, notes: [{ by: one._id, text: 't' }] });
  });

  it('populates, nested, in arrays, by match and virtually', async () => {
    const two = await people
      .findOne({ name: 'two' })
      .populate<{ firm: { name: string; parent: { name: string } } }>({
        path: 'firm',
        populate: { path: 'parent', select: 'name' },
      })
      .populate<{ notes: { by: { name: string } }[] }>('notes.by', 'name')
      .orFail();
    expect(two.firm.parent.name).to.equal('H');
    expect(two.notes[0]?.by.name).to.equal('one');
    const unmatched = await people
      .findOne({ name: 'two' })
      .populate({ path: 'firm', match: { name: 'nope' } });
    expect(unmatched?.firm).to.equal(null);
    const firm = await companies
      .findOne({ name: 'F' })
      .populate({ path: 'staff', options: { sort: { name: -1 } } })
      .orFail();
    expect(firm.staff?.map(({ name }) => name)).to.deep.equal(['two', 'one']);
    const counted = await companies
      .find()
      .sort('name')
      .populate({ path: 'staff', match: { name: 'one' } })
      .lean();
    expect(counted.map(({ staff }) => staff?.length)).to.deep.equal([1, 0]);
  });

  it('tells discriminators apart', async () => {
    const event = db.current.model('Event', new Schema({ at: Date }, { discriminatorKey: 'kind' }), 'events');
    const click = event.discriminator('Click', new Schema({ url: String }));
    const sign = event.discriminator('Sign', new Schema({ by: String }));
    await Promise.all([click.create({ url: 'u' }), sign.create({ by: 'b' }), sign.create({ by: 'c' })]);
    expect(await event.countDocuments()).to.equal(3);
    expect(await sign.countDocuments()).to.equal(2);
    expect((await event.find({ kind: 'Click' }))[0]).to.be.an.instanceOf(click);
    await sign.updateMany({}, { by: 'd' });
    expect(await sign.distinct('by')).to.deep.equal(['d']);
    expect(await click.findOne().lean()).to.not.have.property('by');
  });

  it('withTransaction commits all or nothing', async () => {
    const session = await db.current.conn.startSession();
    await session.withTransaction(async () => {
      await companies.create([{ name: 'T1' }, { name: 'T2' }], { session, ordered: true });
      await companies.updateOne({ name: 'T1' }, { name: 'T1b' }, { session });
      expect(await companies.countDocuments({ name: /^T/ }, { session })).to.equal(2);
      expect(
        await companies.aggregate([{ $match: { name: /^T/ } }, { $count: 'n' }]).session(session),
      ).to.deep.equal([{ n: 2 }]);
    });
    expect(await companies.distinct('name', { name: /^T/ })).to.deep.equal(['T1b', 'T2']);
    const failed = session.withTransaction(async () => {
      await companies.deleteMany({ name: /^T/ }, { session });
      throw new Error('changed my mind');
    });
    expect(await failed.catch((error: unknown) => (error as Error).message)).to.equal('changed my mind');
    expect(await companies.countDocuments({ name: /^T/ })).to.equal(2);
    await session.endSession();
  });

  it('connection.transaction puts documents back when it fails', async () => {
    const doc = await companies.create({ name: 'U' });
    const failed = db.current.conn.transaction(async (session) => {
      doc.name = 'V';
      await doc.save({ session });
      throw new Error('no');
    });
    await failed.catch(() => undefined);
    expect(doc.isModified('name')).to.equal(true);
    expect(await companies.exists({ name: 'V' })).to.equal(null);
    await db.current.conn.transaction(async (session) => {
      await doc.save({ session });
    });
    expect(await companies.exists({ name: 'V' })).to.not.equal(null);
  });
});
