import { expect } from 'chai';
import { bumpCounters, COUNTERS, readCounters } from '../../../server/db/counters.ts';
import { ensureCollection } from '../../../server/db/indexes.ts';
import { testDb, type TestDb } from '../../support/store.ts';

describe('counters', () => {
  let store: TestDb;

  before(async () => {
    store = await testDb();
    await ensureCollection(store.db, COUNTERS);
  });

  after(() => store.drop());

  it('are moved by transactions that are open at once without one waiting or starting over', async () => {
    const { db } = store;
    let runs = 0;
    let open = 0;
    let meet: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (meet = resolve));
    await Promise.all(
      Array.from({ length: 4 }, () =>
        db.inTransaction(async (tx) => {
          runs += 1;
          await bumpCounters(db, new Map([['rows', 2]]), tx);
          open += 1;
          if (open === 4) meet();
          await all;
          await bumpCounters(db, new Map([['rows', 1]]), tx);
        }),
      ),
    );
    expect(runs).to.equal(4);
    expect(await readCounters(db, 'rows')).to.deep.equal(new Map([['rows', 12]]));
  });

  it('are moved by a transaction that another one overtook without starting over', async () => {
    const { db } = store;
    const counters = db.conn.collection(COUNTERS);
    let runs = 0;
    await db.inTransaction(async (slow) => {
      runs += 1;
      await counters.findOne({ _id: 'overtaken#0' as never }, { session: slow });
      if (runs === 1) await db.inTransaction((tx) => bumpCounters(db, new Map([['overtaken', 1]]), tx));
      await bumpCounters(db, new Map([['overtaken', 1]]), slow);
    });
    expect(runs).to.equal(1);
    expect(await readCounters(db, 'overtaken')).to.deep.equal(new Map([['overtaken', 2]]));
  });

  it('use the same few documents whatever number of transactions has gone before', async () => {
    const { db } = store;
    for (let i = 0; i < 40; i += 1) {
      await db.inTransaction((tx) => bumpCounters(db, new Map([['turns', 1]]), tx));
    }
    expect(await readCounters(db, 'turns')).to.deep.equal(new Map([['turns', 40]]));
    expect(await db.conn.collection(COUNTERS).countDocuments({ _id: /^turns#/ as never })).to.equal(1);
  });
});
