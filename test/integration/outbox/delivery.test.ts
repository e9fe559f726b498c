import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import type { OutboxState, RefusedItem } from '../../../server/modules/outbox/index.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import {
  connectPlatform,
  readJournal,
  startSim,
  testOutbox,
  type TestOutbox,
  wipe,
} from '../../support/upstream.ts';

describe('delivery to a platform', () => {
  let store: TestDb;
  let dir: string;
  let sim: Simulator | undefined;
  let box: TestOutbox;
  const refused: RefusedItem[] = [];
  const journal = (): string => join(dir, 'journal.jsonl');

  const stateOf = async (change: { recordId: string; revision: number }): Promise<OutboxState> => {
    const id = `province:${change.recordId}:${String(change.revision)}`;
    return (await box.outbox.get(systemViewer, id)).state;
  };

  /** Counts by looking at every item, for comparison with the maintained ones. */
  const recount = async (): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    let after: string | undefined;
    do {
      const page = await box.outbox.page(
        systemViewer,
        { platform: 'province' },
        { first: 100, ...(after ? { after } : {}) },
      );
      for (const { state } of page.nodes) counts[state] = (counts[state] ?? 0) + 1;
      after = page.hasNext ? page.cursors.at(-1) : undefined;
    } while (after !== undefined);
    return counts;
  };

  const start = async (faults = '', batchSize = 20): Promise<void> => {
    sim = await startSim(faults, { journal: journal() });
    await connectPlatform(box.outbox, sim.url, { batchSize });
  };

  before(async () => {
    store = await testDb();
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });

  after(() => store.drop());

  beforeEach(async () => {
    await wipe(store.db);
    dir = await mkdtemp(join(tmpdir(), 'credit-sim-'));
    refused.length = 0;
    box = testOutbox(store.db, {
      onRefused: async (items) => {
        refused.push(...items);
      },
    });
  });

  afterEach(async () => {
    await box.outbox.close();
    await sim?.close();
    sim = undefined;
    await rm(dir, { recursive: true, force: true });
  });

  it('brings every item there once', async () => {
    await start();
    await box.enqueue(box.records.make(130));
    const summary = await box.outbox.deliverDue('province');
    expect(summary).to.deep.equal({
      platform: 'province',
      sent: 130,
      accepted: 130,
      refused: 0,
      retry: 0,
      dead: 0,
    });
    const lines = await readJournal(journal());
    expect(lines).to.have.length(130);
    expect(lines.every(({ effective, operation }) => effective && operation === 'INSERT')).to.equal(true);
    expect(await recount()).to.deep.equal({ CONFIRMED: 130 });
    expect((await box.outbox.counts('province')).CONFIRMED).to.equal(130);
    expect((await box.outbox.deliverDue('province')).sent).to.equal(0);
  });

  it('sends nothing to a platform that is not enabled', async () => {
    await start();
    await box.outbox.setPlatform(systemViewer, { code: 'province', enabled: false });
    await box.enqueue(box.records.make(3));
    expect((await box.outbox.deliverDue('province')).sent).to.equal(0);
    expect(await recount()).to.deep.equal({});
  });

  it('keeps the words of a refusal, tells of it, and sends the corrected row', async () => {
    await start('refuse=1');
    const changes = box.records.make(3);
    await box.enqueue(changes);
    expect((await box.outbox.deliverDue('province')).refused).to.equal(3);
    expect(refused.map(({ recordId }) => recordId).sort()).to.deep.equal(
      changes.map(({ recordId }) => recordId).sort(),
    );
    const [first] = changes;
    if (!first) throw new Error('none');
    const id = `province:${first.recordId}:1`;
    expect(await box.outbox.get(systemViewer, id)).to.include({
      state: 'REFUSED',
      lastError: 'SIM_REFUSED',
      attempts: 1,
    });
    const [receipt] = await box.outbox.receiptsOf(systemViewer, id);
    expect(receipt).to.include({ result: 'refused', code: 'SIM_REFUSED' });
    await sim?.close();
    await start();
    const next = box.records.revise(first);
    await box.enqueue([next]);
    expect((await box.outbox.deliverDue('province')).accepted).to.equal(1);
    expect(await stateOf(next)).to.equal('CONFIRMED');
    expect(await stateOf(first)).to.equal('REFUSED');
    expect((await readJournal(journal())).at(-1)).to.include({ operation: 'INSERT', effective: true });
  });

  for (const faults of [
    'timeout-after-accept=0.3',
    'duplicate-answer=0.5',
    'late=0.5',
    'lose-receipt=0.5',
    'http-500=0.4',
    'slow=0.5',
    'down=300ms@900ms',
    'refuse=0.1,timeout-after-accept=0.1,duplicate-answer=0.1,late=0.2,lose-receipt=0.1,http-500=0.2,slow=0.2',
  ]) {
    it(`ends with each item settled and effective at most once under ${faults}`, async () => {
      await start(faults);
      await box.enqueue(box.records.make(150));
      const summary = await box.outbox.deliverDue('province', { drain: true });
      expect(summary.accepted + summary.refused).to.equal(150);
      expect(summary).to.include({ retry: 0, dead: 0 });
      const effective = (await readJournal(journal())).filter((line) => line.effective);
      expect(new Set(effective.map(({ key }) => key)).size).to.equal(effective.length);
      expect(effective).to.have.length(summary.accepted);
      const counts = await recount();
      expect((counts['CONFIRMED'] ?? 0) + (counts['REFUSED'] ?? 0)).to.equal(150);
      expect(await box.outbox.counts('province')).to.include(counts);
    });
  }

  it('does not send again what was refused', async () => {
    await start('refuse=1');
    await box.enqueue(box.records.make(5));
    await box.outbox.deliverDue('province', { drain: true });
    expect((await box.outbox.deliverDue('province', { drain: true })).sent).to.equal(0);
  });

  it('refuses by itself what the platform could not read, and sends the rest', async () => {
    await start();
    const changes = box.records.make(4);
    const [bad] = changes;
    if (!bad) throw new Error('none');
    box.records.spoil(bad);
    await box.enqueue(changes);
    expect(await box.outbox.deliverDue('province')).to.include({ sent: 3, accepted: 3, refused: 1 });
    expect(refused).to.have.length(1);
    expect(refused[0]).to.include({ recordId: bad.recordId, code: 'PUSH_SCHEMA' });
    const next = box.records.revise(bad);
    await box.enqueue([next]);
    expect(await stateOf(bad)).to.equal('SUPERSEDED');
  });

  it('gives up an item whose record is gone, and sends it again when a person says so', async () => {
    await start();
    const [gone] = box.records.make(1);
    if (!gone) throw new Error('none');
    box.records.remove(gone);
    await box.enqueue([gone]);
    expect((await box.outbox.deliverDue('province')).dead).to.equal(1);
    const id = `province:${gone.recordId}:1`;
    expect(await box.outbox.get(systemViewer, id)).to.include({ state: 'DEAD', lastError: 'RECORD_MISSING' });
    expect((await box.outbox.resend(systemViewer, id)).state).to.equal('PENDING');
  });
});
