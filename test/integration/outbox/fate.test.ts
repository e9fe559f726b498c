import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { createHttpClient, type HttpClient } from '../../../server/lib/http-client.ts';
import type { OutboxState } from '../../../server/modules/outbox/index.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import {
  connectPlatform,
  MemoryRecords,
  readJournal,
  startSim,
  testOutbox,
  type TestOutbox,
  wipe,
} from '../../support/upstream.ts';

/** Stands for a process that is killed: what it sends gets through or not, and it never hears of anything again. */
function dyingClient(arrives: boolean): { client: HttpClient; died: Promise<void> } {
  const real = createHttpClient();
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const client: HttpClient = {
    async send(call) {
      if (arrives) await real.send(call);
      die();
      return new Promise<never>(() => undefined);
    },
    close: () => real.close(),
  };
  return { client, died };
}

describe('fate of a batch', () => {
  let store: TestDb;
  let dir: string;
  let sim: Simulator;
  let box: TestOutbox;
  const others: TestOutbox[] = [];
  const journal = (): string => join(dir, 'journal.jsonl');

  const another = (deps: Parameters<typeof testOutbox>[1] = {}): TestOutbox => {
    const made = testOutbox(store.db, { records: box.records, ...deps });
    others.push(made);
    return made;
  };
  const stateOf = async (change: { recordId: string; revision: number }): Promise<OutboxState> =>
    (await box.outbox.get(systemViewer, `province:${change.recordId}:${String(change.revision)}`)).state;

  before(async () => {
    store = await testDb();
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });

  after(() => store.drop());

  beforeEach(async () => {
    await wipe(store.db);
    dir = await mkdtemp(join(tmpdir(), 'credit-sim-'));
    box = testOutbox(store.db, { records: new MemoryRecords(), options: { leaseMs: 600 } });
    sim = await startSim('', { journal: journal() });
    await connectPlatform(box.outbox, sim.url, { batchSize: 20 });
  });

  afterEach(async () => {
    await Promise.all([box, ...others.splice(0)].map(({ outbox }) => outbox.close()));
    await sim.close();
    await rm(dir, { recursive: true, force: true });
  });

  for (const arrives of [true, false]) {
    it(`is asked for when a process died ${arrives ? 'after' : 'before'} its request arrived`, async () => {
      const { client, died } = dyingClient(arrives);
      // Its lease is not renewed, as that of a process that is gone.
      const dead = another({ http: client, options: { leaseMs: 600, concurrency: 1 }, clock: systemClock });
      const changes = box.records.make(15);
      await box.enqueue(changes);
      void dead.outbox.deliverDue('province').catch(() => undefined);
      await died;
      await store.db.conn.collection('push_batches').updateMany({}, { $set: { owner: 'dead' } });
      const [first] = changes;
      if (!first) throw new Error('none');
      expect(await stateOf(first)).to.equal('SENDING');
      const summary = await box.outbox.deliverDue('province', { drain: true });
      expect(summary).to.deep.include({ accepted: 15, sent: arrives ? 0 : 15, retry: 0 });
      const lines = await readJournal(journal());
      expect(lines).to.have.length(15);
      expect(new Set(lines.map(({ token }) => token)).size).to.equal(1);
    });
  }

  it('is left to a process that is at it', async () => {
    const { client, died } = dyingClient(false);
    const slow = another({ http: client, options: { leaseMs: 400, concurrency: 1 } });
    await box.enqueue(box.records.make(5));
    void slow.outbox.deliverDue('province').catch(() => undefined);
    await died;
    await sleep(700);
    expect(await box.outbox.deliverDue('province')).to.include({ sent: 0, accepted: 0 });
    expect((await box.outbox.counts('province')).SENDING).to.equal(5);
  });

  it('is one effect per item when several processes deliver at once', async () => {
    const boxes = [box, another(), another()];
    for (let i = 0; i < 15; i += 1) await box.enqueue(box.records.make(20));
    const summaries = await Promise.all(
      boxes.map(({ outbox }) => outbox.deliverDue('province', { drain: true })),
    );
    expect(summaries.reduce((sum, { sent }) => sum + sent, 0)).to.equal(300);
    expect(summaries.reduce((sum, { accepted }) => sum + accepted, 0)).to.equal(300);
    const lines = await readJournal(journal());
    expect(lines).to.have.length(300);
    expect(lines.every(({ effective }) => effective)).to.equal(true);
    expect(await box.outbox.counts('province')).to.include({ CONFIRMED: 300, SENDING: 0, PENDING: 0 });
  });

  it('survives that platform and city restart while answers get lost', async () => {
    await sim.close();
    const lossy = 'timeout-after-accept=0.3,http-500=0.3,late=0.2';
    sim = await startSim(lossy, { journal: journal() });
    await connectPlatform(box.outbox, sim.url, { batchSize: 20 });
    await box.enqueue(box.records.make(120));
    await box.outbox.deliverDue('province', { limit: 60 });
    await sim.close();
    sim = await startSim(lossy, { journal: journal(), seed: '2' });
    const next = another();
    await connectPlatform(next.outbox, sim.url, { batchSize: 20 });
    await next.outbox.deliverDue('province', { drain: true });
    expect(await next.outbox.counts('province')).to.include({
      CONFIRMED: 120,
      SENDING: 0,
      SENT: 0,
      RETRY: 0,
      PENDING: 0,
    });
    const effective = (await readJournal(journal())).filter((line) => line.effective);
    expect(effective).to.have.length(120);
    expect(new Set(effective.map(({ key }) => key)).size).to.equal(120);
  });

  describe('of several revisions', () => {
    it('lets a newer one take the place of one that was not sent', async () => {
      const [first] = box.records.make(1);
      if (!first) throw new Error('none');
      await box.enqueue([first, ...box.records.make(3)]);
      const second = box.records.revise(first);
      await box.enqueue([second]);
      expect([await stateOf(first), await stateOf(second)]).to.deep.equal(['SUPERSEDED', 'PENDING']);
      expect(await box.outbox.counts('province')).to.include({ PENDING: 4, SUPERSEDED: 1 });
      expect((await box.outbox.deliverDue('province')).accepted).to.equal(4);
      expect(
        (await readJournal(journal())).filter(({ key }) => key === `key-${first.recordId}`),
      ).to.have.length(1);
    });

    it('sends an update once the platform holds an earlier one', async () => {
      const [first] = box.records.make(1);
      if (!first) throw new Error('none');
      await box.enqueue([first]);
      await box.outbox.deliverDue('province');
      await box.enqueue([box.records.revise(first)]);
      await box.outbox.deliverDue('province');
      const lines = await readJournal(journal());
      expect(lines.map(({ operation, effective }) => [operation, effective])).to.deep.equal([
        ['INSERT', true],
        ['UPDATE', true],
      ]);
    });

    it('holds the newer one until the older one on its way is settled', async () => {
      const { client, died } = dyingClient(true);
      const dead = another({ http: client, options: { leaseMs: 600, concurrency: 1 } });
      const [first] = box.records.make(1);
      if (!first) throw new Error('none');
      await box.enqueue([first]);
      void dead.outbox.deliverDue('province').catch(() => undefined);
      await died;
      const second = box.records.revise(first);
      await box.enqueue([second]);
      expect((await box.outbox.deliverDue('province')).sent).to.equal(0);
      expect([await stateOf(first), await stateOf(second)]).to.deep.equal(['SENDING', 'PENDING']);
      await store.db.conn.collection('push_batches').updateMany({}, { $set: { owner: 'dead' } });
      expect((await box.outbox.deliverDue('province', { drain: true })).accepted).to.equal(2);
      const lines = await readJournal(journal());
      expect(lines.map(({ itemId, operation }) => [itemId, operation])).to.deep.equal([
        [`${first.recordId}:1`, 'INSERT'],
        [`${first.recordId}:2`, 'UPDATE'],
      ]);
    });

    it('does not send one that is out of date by the time it would leave', async () => {
      const [first] = box.records.make(1);
      if (!first) throw new Error('none');
      await box.enqueue([first]);
      const second = box.records.revise(first);
      expect((await box.outbox.deliverDue('province')).sent).to.equal(0);
      expect(await stateOf(first)).to.equal('SUPERSEDED');
      await box.enqueue([second]);
      expect((await box.outbox.deliverDue('province')).accepted).to.equal(1);
    });

    it('sends the last of several in one transaction', async () => {
      const [first] = box.records.make(1);
      if (!first) throw new Error('none');
      const second = box.records.revise(first);
      await box.enqueue([first, second]);
      expect((await box.outbox.deliverDue('province')).accepted).to.equal(1);
      expect((await readJournal(journal())).map(({ itemId }) => itemId)).to.deep.equal([
        `${first.recordId}:2`,
      ]);
    });
  });
});
