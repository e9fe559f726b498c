import { expect } from 'chai';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedDb, type EmbeddedDb } from '../../support/embedded.ts';

const codeOf = async (run: Promise<unknown>): Promise<number | undefined> => {
  try {
    await run;
  } catch (error) {
    return (error as { code?: number }).code;
  }
  return undefined;
};

describe('embedded store', function () {
  this.timeout(30_000);
  let store: EmbeddedDb;
  // `any` because the driver derives the operand type of `$inc` from the field, and these documents have no fixed fields.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  type AnyDoc = { _id: number | string; [field: string]: any };
  const collection = (name: string) => store.db.conn.collection<AnyDoc>(name);
  before(async () => {
    store = await embeddedDb();
  });
  after(() => store.drop());

  it('keeps a unique index, naming key and value of the duplicate', async () => {
    await collection('u').createIndex({ code: 1 }, { unique: true });
    await collection('u').insertOne({ _id: 1, code: 'x' });
    const error = await collection('u')
      .insertOne({ _id: 2, code: 'x' })
      .catch((e: unknown) => e as Record<string, unknown>);
    expect(error).to.include({ code: 11000 });
    expect((error as Record<string, unknown>)['keyValue']).to.deep.equal({ code: 'x' });
    const bulk = await collection('u')
      .insertMany(
        [
          { _id: 3, code: 'y' },
          { _id: 4, code: 'x' },
          { _id: 5, code: 'z' },
        ],
        { ordered: false },
      )
      .catch((e: unknown) => e as { insertedCount: number; writeErrors: { index: number }[] });
    expect(bulk.insertedCount).to.equal(2);
    expect((bulk as { writeErrors: { index: number }[] }).writeErrors.map((e) => e.index)).to.deep.equal([1]);
  });

  it('lets sparse and partial indexes leave documents out', async () => {
    await collection('s').createIndex({ a: 1 }, { unique: true, sparse: true });
    await collection('s').createIndex({ b: 1 }, { unique: true, partialFilterExpression: { open: true } });
    await collection('s').insertMany([{ _id: 1 }, { _id: 2, b: 1 }, { _id: 3, b: 1, open: true }]);
    expect(await codeOf(collection('s').insertOne({ _id: 4, b: 1, open: true }))).to.equal(11000);
    expect(await collection('s').countDocuments({ a: null })).to.equal(3);
  });

  it('refuses by name what it does not offer', async () => {
    const { conn } = store.db;
    expect(await codeOf(conn.db?.command({ mapReduce: 'x' }) ?? Promise.resolve())).to.equal(115);
    expect(await codeOf(conn.db?.command({ nonsense: 1 }) ?? Promise.resolve())).to.equal(59);
    expect(
      await codeOf(
        collection('u')
          .find({ a: { $nope: 1 } })
          .toArray(),
      ),
    ).to.equal(2);
    expect(
      await codeOf(
        collection('absent')
          .find({ a: { $nope: 1 } })
          .toArray(),
      ),
    ).to.equal(2);
    expect(await codeOf(collection('u').createIndex({ a: 'text' }))).to.equal(115);
    expect(
      await codeOf(
        collection('u')
          .find({}, { collation: { locale: 'zh' } })
          .toArray(),
      ),
    ).to.equal(115);
    expect(
      await codeOf(
        collection('u')
          .aggregate([{ $nope: {} }])
          .toArray(),
      ),
    ).to.equal(40324);
    expect(await codeOf(collection('u').find({}, { hint: 'nope' }).toArray())).to.equal(2);
  });

  it('reads long results in batches and forgets cursors that were closed', async () => {
    await collection('many').insertMany(
      Array.from({ length: 2500 }, (_, i) => ({ _id: i, t: 'x'.repeat(300) })),
    );
    const seen: unknown[] = [];
    for await (const doc of collection('many').find({}, { batchSize: 7 })) seen.push(doc._id);
    expect(seen).to.deep.equal(Array.from({ length: 2500 }, (_, i) => i));
    expect(
      await collection('many').find({}).sort({ _id: -1 }).skip(10).limit(5).project({ t: 0 }).toArray(),
    ).to.deep.equal([2489, 2488, 2487, 2486, 2485].map((_id) => ({ _id })));
  });

  it('uses an index for equality, range and order, and says so', async () => {
    await collection('p').createIndex({ a: 1, b: -1 });
    await collection('p').insertMany(Array.from({ length: 50 }, (_, i) => ({ _id: i, a: i % 5, b: i })));
    const plan = await collection('p').find({ a: 2 }).sort({ b: -1 }).explain();
    expect(plan).to.have.nested.property('queryPlanner.winningPlan.stage', 'IXSCAN');
    expect(plan).to.have.nested.property('queryPlanner.winningPlan.sorted', true);
    const reverse = await collection('p').find({ a: 2 }).sort({ b: 1 }).limit(3).toArray();
    expect(reverse.map((doc) => doc['b'])).to.deep.equal([2, 7, 12]);
  });

  describe('transactions', () => {
    it('show their writes to themselves only, and all of them after the commit', async () => {
      const session = await store.db.conn.startSession();
      session.startTransaction();
      await collection('t').insertOne({ _id: 1, v: 1 }, { session });
      await collection('t').updateOne({ _id: 1 }, { $inc: { v: 1 } }, { session });
      expect(await collection('t').findOne({ _id: 1 })).to.equal(null);
      expect(await collection('t').findOne({ _id: 1 }, { session })).to.include({ v: 2 });
      await session.commitTransaction();
      await session.commitTransaction();
      expect(await collection('t').findOne({ _id: 1 })).to.include({ v: 2 });
      await session.endSession();
    });

    it('answer the second writer of a document with a conflict, and let a plain write wait', async () => {
      await collection('t').insertOne({ _id: 'c', v: 0 });
      const [one, two] = [await store.db.conn.startSession(), await store.db.conn.startSession()];
      one.startTransaction();
      two.startTransaction();
      await collection('t').findOne({ _id: 'c' }, { session: two });
      await collection('t').updateOne({ _id: 'c' }, { $inc: { v: 1 } }, { session: one });
      expect(
        await codeOf(collection('t').updateOne({ _id: 'c' }, { $inc: { v: 1 } }, { session: two })),
      ).to.equal(112);
      let waited = true;
      const plain = collection('t')
        .updateOne({ _id: 'c' }, { $inc: { v: 10 } })
        .then(() => (waited = false));
      await sleep(50);
      expect(waited).to.equal(true);
      await one.commitTransaction();
      await plain;
      expect(await collection('t').findOne({ _id: 'c' })).to.include({ v: 11 });
      expect(await codeOf(collection('t').findOne({ _id: 'c' }, { session: two }))).to.equal(251);
      await two.abortTransaction();
      await Promise.all([one.endSession(), two.endSession()]);
    });

    it('conflict with what changed after their snapshot', async () => {
      await collection('t').insertOne({ _id: 's', v: 0 });
      const session = await store.db.conn.startSession();
      session.startTransaction();
      await collection('t').findOne({ _id: 's' }, { session });
      await collection('t').updateOne({ _id: 's' }, { $inc: { v: 1 } });
      expect(await collection('t').findOne({ _id: 's' }, { session })).to.include({ v: 0 });
      expect(await codeOf(collection('t').updateOne({ _id: 's' }, { $inc: { v: 1 } }, { session }))).to.equal(
        112,
      );
      await session.endSession();
    });

    it('swap unique values', async () => {
      await collection('w').createIndex({ code: 1 }, { unique: true });
      await collection('w').insertMany([
        { _id: 1, code: 'a' },
        { _id: 2, code: 'b' },
      ]);
      await store.db.inTransaction(async (session) => {
        await collection('w').updateOne({ _id: 1 }, { $set: { code: 'tmp' } }, { session });
        await collection('w').updateOne({ _id: 2 }, { $set: { code: 'a' } }, { session });
        await collection('w').updateOne({ _id: 1 }, { $set: { code: 'b' } }, { session });
      });
      expect(await collection('w').findOne({ code: 'a' })).to.include({ _id: 2 });
      expect(await collection('w').findOne({ code: 'b' })).to.include({ _id: 1 });
      expect(await store.db.conn.db?.command({ validate: 'w' })).to.include({ valid: true });
    });

    it('keep the sum of contended transfers', async () => {
      const accounts = 5;
      await collection('bank').insertMany(
        Array.from({ length: accounts }, (_, i) => ({ _id: i, money: 100 })),
      );
      const transfer = async (seed: number) => {
        const [from, to] = [seed % accounts, (seed * 7 + 1) % accounts];
        if (from === to) return;
        await store.db.inTransaction(async (session) => {
          await collection('bank').updateOne({ _id: from }, { $inc: { money: -1 } }, { session });
          await collection('bank').updateOne({ _id: to }, { $inc: { money: 1 } }, { session });
        });
      };
      await Promise.all(
        Array.from({ length: 6 }, async (_, writer) => {
          for (let i = 0; i < 15; i += 1) await transfer(writer * 31 + i);
        }),
      );
      const rows = await collection('bank').find().toArray();
      expect(rows.reduce((sum, row) => sum + Number(row['money']), 0)).to.equal(accounts * 100);
    });
  });

  it('is shared by two processes and kept over a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'credit-store-'));
    const first = await embeddedDb(directory);
    await first.db.conn.collection('k').insertOne({ v: 1 });
    const second = await embeddedDb(directory);
    expect(await second.db.conn.collection('k').countDocuments()).to.equal(1);
    await second.stop();
    expect(await first.db.conn.collection('k').countDocuments()).to.equal(1);
    await first.stop();
    const again = await embeddedDb(directory);
    expect(await again.db.conn.collection('k').countDocuments()).to.equal(1);
    await again.drop();
  });
});
