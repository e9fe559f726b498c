import { expect } from 'chai';
import type { ClientSession } from 'mongoose';
import { Types } from 'mongoose';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { connectDb, type Db } from '../../../server/db/connect.ts';
import { bumpCounters, readCounters } from '../../../server/db/counters.ts';
import { LANES, laneOf } from '../../../server/db/lane.ts';
import { acquireLease } from '../../../server/db/lease.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { nativeCollection, retryWhenLost } from '../../../server/db/native.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import type { PublicationDoc } from '../../../server/modules/publication/publication.model.ts';
import { PublicationRepository } from '../../../server/modules/publication/publication.repository.ts';
import { provisionalWrite } from '../../../server/modules/subject/subject-plan.ts';
import { SubjectRepository } from '../../../server/modules/subject/subject.repository.ts';
import { anyUscc, servicesOn } from '../../support/doors.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import { connectPlatform, startSim, testOutbox } from '../../support/upstream.ts';

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('two writers that meet at a key which is new to both', () => {
  let store: TestDb;
  let other: Db;

  before(async () => {
    store = await testDb();
    other = await connectDb(store.uri);
    servicesOn(store.db, systemClock);
    new PublicationRepository(store.db);
    new SubjectRepository(store.db);
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });
  after(async () => {
    await other.close();
    await store.drop();
  });

  /** The second one has begun and seen nothing of it when the first one writes and commits. */
  async function meet(write: (db: Db, tx: ClientSession) => Promise<unknown>): Promise<void> {
    const begun = gate();
    const committed = gate();
    let tries = 0;
    const first = begun.opened
      .then(() => store.db.inTransaction((tx) => write(store.db, tx)))
      .finally(() => committed.open());
    const second = other.inTransaction(async (tx) => {
      tries += 1;
      await other.conn.collection('counters').findOne({}, { session: tx });
      begun.open();
      await committed.opened;
      await write(other, tx);
    });
    await Promise.all([first, second]);
    expect(tries).to.be.greaterThan(1);
  }

  it('starts over when the store only says that the key is taken', async () => {
    const things = nativeCollection<{ _id: string; n?: number }>(store.db, 'race_things');
    await things.insertOne({ _id: 'a' });
    let tries = 0;
    await store.db.inTransaction(async (tx) => {
      tries += 1;
      if (tries === 1) await retryWhenLost(() => things.insertOne({ _id: 'a' }, { session: tx }));
      else await things.updateOne({ _id: 'a' }, { $set: { n: tries } }, { session: tx });
    });
    expect(await things.find().toArray()).to.deep.equal([{ _id: 'a', n: 2 }]);
  });

  it('both move a counter in one lane, as two processes may', async () => {
    // With all lanes of this process taken, both get the same one.
    const taken = Array.from({ length: LANES }, () => store.db.conn.getClient().startSession());
    taken.forEach(laneOf);
    try {
      await meet((db, tx) => bumpCounters(db, new Map([['race:a', 3]]), tx));
    } finally {
      await Promise.all(taken.map((session) => session.endSession()));
    }
    expect((await readCounters(store.db, 'race:')).get('race:a')).to.equal(6);
  });

  it('both name a subject that is not known, which is one then', async () => {
    const uscc = anyUscc('91');
    const added: number[] = [];
    await meet(async (db, tx) => {
      const write = provisionalWrite(uscc, '示例商贸', new Date());
      added.push(await new SubjectRepository(db).write([write], tx));
    });
    expect(added).to.deep.equal([1, 0]);
    expect(await new SubjectRepository(store.db).get(uscc)).to.include({ origin: 'PROVISIONAL' });
    expect((await readCounters(store.db, 'subjects:')).get('subjects:total')).to.equal(1);
  });

  it('both publish a record, and the later one stays', async () => {
    const doc = { _id: new Types.ObjectId(), decidedOn: '2026-03-01' } as unknown as PublicationDoc;
    await meet((db, tx) => {
      const documentNumber = db === other ? 'second' : 'first';
      return new PublicationRepository(db).replace([{ ...doc, documentNumber }], tx);
    });
    const [found] = await new PublicationRepository(store.db).byIds([doc._id.toHexString()]);
    expect(found).to.include({ documentNumber: 'second' });
  });

  it('both keep one receipt', async () => {
    const sim = await startSim();
    const boxes = [testOutbox(store.db)];
    const [box] = boxes as [(typeof boxes)[0]];
    boxes.push(testOutbox(other, { records: box.records }));
    try {
      await connectPlatform(box.outbox, sim.url);
      await box.enqueue(box.records.make(1));
      await box.outbox.deliverDue('province');
      const batch = await store.db.conn.collection<{ _id: string }>('push_batches').findOne({});
      for (let i = 0; i < 10; i += 1) {
        // The batch is done, so the receipt is all there is to write.
        const results = [{ itemId: 'a:1', result: 'accepted', message: String(i) }];
        const body = Buffer.from(JSON.stringify({ batch: batch?._id, results }));
        const applied = [...boxes, ...boxes].map(({ outbox }) => outbox.applyReceipt('province', body));
        expect(await Promise.all(applied)).to.deep.equal([0, 0, 0, 0]);
      }
      expect(await store.db.conn.collection('push_receipts').countDocuments()).to.equal(11);
    } finally {
      await Promise.all(boxes.map(({ outbox }) => outbox.close()));
      await sim.close();
    }
  });

  it('both bring an organisation, which is one then', async () => {
    const services = [servicesOn(store.db, systemClock), servicesOn(other, systemClock)];
    for (let i = 0; i < 10; i += 1) {
      const fields = { kind: 'BANK', name: `银行${String(i)}`, uscc: anyUscc(), sectors: [] } as const;
      const brought = await Promise.all(
        [...services, ...services].map(({ organizations }) => organizations.upsert(systemViewer, fields)),
      );
      expect(new Set(brought.map(({ id }) => id)).size).to.equal(1);
    }
  });

  it('want a lease, and one gets it', async () => {
    for (let i = 0; i < 10; i += 1) {
      const wishes = Array.from({ length: 8 }, (_, n) =>
        acquireLease(n % 2 ? other : store.db, `race-${String(i)}`, String(n), 60_000, systemClock),
      );
      expect((await Promise.all(wishes)).filter(Boolean)).to.have.length(1);
    }
  });
});
