import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { addDays, civilDateOf } from '../../../server/lib/civil-date.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import type { RecordChange } from '../../../server/modules/credit-record/index.ts';
import type { OutboxDeps } from '../../../server/modules/outbox/index.ts';
import type { ReconciliationService } from '../../../server/modules/reconciliation/index.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { codeOf } from '../../support/doors.ts';
import { platformDoor, type PlatformDoor } from '../../support/platform-door.ts';
import { editJournal, testReconciliation } from '../../support/reconciliation.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import {
  connectPlatform,
  MemoryRecords,
  movableClock,
  readJournal,
  startSim,
  testOutbox,
  wipe,
  type TestOutbox,
} from '../../support/upstream.ts';

const PLATFORM = 'province';
const MINUTE = 60_000;
/** Twenty minutes out of every hour, first after an hour. */
const DOWN = 'down=20m@60m';

describe('reconciliation with a platform that fails in the middle of a listing', () => {
  let store: TestDb;
  let dir: string;
  let sim: Simulator;
  let door: PlatformDoor;
  let box: TestOutbox;
  let service: ReconciliationService;
  /** The platform's own. */
  let clock: ReturnType<typeof movableClock>;

  before(async () => {
    store = await testDb();
    testReconciliation(store.db, testOutbox(store.db));
    await migrate(store.db, systemClock);
  });
  after(() => store.drop());

  beforeEach(async () => {
    await wipe(store.db);
    dir = await mkdtemp(join(tmpdir(), 'credit-listing-'));
    clock = movableClock('2026-03-02T02:00:00Z');
    door = await platformDoor();
    await start();
    open(new MemoryRecords(), { listingPatienceMs: 300 });
    await connectPlatform(box.outbox, door.url);
  });
  afterEach(async () => {
    await service.close();
    await box.outbox.close();
    await door.close();
    await sim.close();
    await rm(dir, { recursive: true, force: true });
  });

  const journal = (): string => join(dir, 'journal.jsonl');
  const start = async (faults = '', slowMs = 20): Promise<void> => {
    sim = await startSim(faults, { journal: journal(), clock, slowMs });
    door.target = sim.url;
  };
  /** From here on our side asks for so long, and waits so long for one answer. */
  const patience = async (listingPatienceMs: number, requestMs = 60_000): Promise<void> => {
    await box.outbox.close();
    open(box.records, { listingPatienceMs, requestMs });
  };
  const open = (records: MemoryRecords, options: NonNullable<OutboxDeps['options']>): void => {
    box = testOutbox(store.db, { records, options });
    service = testReconciliation(store.db, box);
  };
  const drain = () => box.outbox.deliverDue(PLATFORM, { drain: true });
  const push = async (n: number, fields: Partial<RecordChange> = {}): Promise<RecordChange[]> => {
    const changes = box.records.make(n, fields);
    await box.enqueue(changes);
    await drain();
    return changes;
  };
  /** The platform forgets these, and has faults from here on. */
  const lose = async (lost: readonly RecordChange[], faults: string, slowMs?: number): Promise<void> => {
    const keys = new Set(lost.map(({ recordId }) => `key-${recordId}`));
    await sim.close();
    await editJournal(journal(), (line) => (keys.has(line.key) ? undefined : line));
    await start(faults, slowMs);
  };
  /** Three groups of one day, a third of each lost. */
  const loseAThird = async (faults: string, slowMs?: number): Promise<void> => {
    const groups: Partial<RecordChange>[] = [
      { agencyId: 'a' },
      { agencyId: 'a', kind: 'PENALTY' },
      { agencyId: 'b' },
    ];
    const lost: RecordChange[] = [];
    for (const fields of groups) lost.push(...(await push(15, fields)).slice(0, 5));
    await lose(lost, faults, slowMs);
  };
  const day = civilDateOf(new Date('2026-03-02T02:00:00Z'));
  const repair = () => service.run(systemViewer, { platform: PLATFORM, day, repair: true });
  /** Calls `then` with the n-th request for such a path, before the platform hears of it. */
  const atRequest = (path: RegExp, n: number, then: () => unknown): void => {
    let seen = 0;
    door.asked = async (asked) => {
      if (path.test(asked) && (seen += 1) === n) await then();
    };
  };
  const runs = async () => (await service.runs(systemViewer, {}, { first: 10 })).nodes;
  const pending = async (): Promise<number> => (await box.outbox.counts(PLATFORM)).PENDING;

  /** What failed has put nothing in; the next run, with a platform that works, mends everything once. */
  const isMendedLater = async (all: number, lost: number): Promise<void> => {
    expect(await pending()).to.equal(0);
    door.open();
    await sim.close();
    await start();
    expect(await repair()).to.include({ state: 'DONE', missingThere: lost, repaired: lost });
    await drain();
    const clean = await service.run(systemViewer, { platform: PLATFORM, day });
    expect(clean).to.include({ here: all, there: all, missingThere: 0, missingHere: 0, different: 0 });
    const effective = (await readJournal(journal())).filter((line) => line.effective);
    expect(effective).to.have.length(all);
    expect(new Set(effective.map(({ key }) => key)).size).to.equal(all);
  };

  for (const [place, path, n] of [
    ['before it is asked for its groups', /\/held\?/, 1],
    ['before the first list', /\/held\/items/, 1],
    ['between two lists', /\/held\/items/, 2],
    ['when single records are asked for', /\/held\/lookup/, 1],
  ] as const) {
    it(`ends as failed when it goes down ${place}, and repairs nothing`, async () => {
      await loseAThird(DOWN);
      atRequest(path, n, () => clock.forward(60 * MINUTE));
      expect(await codeOf(repair())).to.equal('RECONCILE_UNREACHABLE');
      const [failed] = await runs();
      expect(failed).to.include({ state: 'FAILED', error: 'RECONCILE_UNREACHABLE', repaired: 0 });
      expect(failed?.errorReason).to.be.a('string').and.not.to.equal('');
      expect(failed?.endedAt).to.be.instanceOf(Date);
      const list = await service.differences(systemViewer, failed?.id ?? '', { first: 10 });
      expect(list.nodes).to.deep.equal([]);
      await isMendedLater(45, 15);
    });
  }

  it('goes on with a platform that is back in time', async () => {
    await patience(10_000);
    await loseAThird(DOWN);
    atRequest(/\/held\/items/, 2, () => {
      clock.forward(60 * MINUTE);
      void sleep(250).then(() => clock.forward(30 * MINUTE));
    });
    expect(await repair()).to.include({ state: 'DONE', here: 45, there: 30, missingThere: 15, repaired: 15 });
  });

  it('puts in again what is lost and nothing else when it goes down between two pages', async () => {
    const changes = await push(4500);
    const lost = changes.filter((_, i) => i % 9 > 4);
    await lose(lost, DOWN);
    // 2,500 are left, two pages of them: by the second one more than one step of the first has been mended.
    atRequest(/\/held\/items/, 2, () => clock.forward(60 * MINUTE));
    expect(await codeOf(repair())).to.equal('RECONCILE_UNREACHABLE');
    const [failed] = await runs();
    const before = failed?.repaired ?? 0;
    expect(failed?.state).to.equal('FAILED');
    expect(before).to.be.within(1, lost.length - 1);
    expect(await pending()).to.equal(before);
    clock.forward(30 * MINUTE);
    door.open();
    expect(await repair()).to.include({ state: 'DONE', repaired: lost.length - before });
    await drain();
    const clean = await service.run(systemViewer, { platform: PLATFORM, day });
    expect(clean).to.include({ here: 4500, there: 4500, missingThere: 0, missingHere: 0, different: 0 });
    const lines = await readJournal(journal());
    // Not even a repeat of what it holds went out.
    expect(lines).to.have.length(4500);
    expect(new Set(lines.map(({ key }) => key)).size).to.equal(4500);
  });

  it('ends a run over all days at the day that cannot be read', async () => {
    await push(6);
    clock.forward(24 * 60 * MINUTE);
    const [gone] = await push(6);
    await lose(gone ? [gone] : [], DOWN);
    atRequest(/\/held\?/, 2, () => clock.forward(60 * MINUTE));
    const all = async (): Promise<string[]> => {
      const seen: string[] = [];
      for await (const { run } of service.runAll(systemViewer, { platform: PLATFORM, repair: true })) {
        seen.push(`${run.day} ${String(run.repaired)}`);
      }
      return seen;
    };
    expect(await codeOf(all())).to.equal('RECONCILE_UNREACHABLE');
    expect((await runs()).map((run) => [run.day, run.state])).to.deep.equal([
      [addDays(day, 1), 'FAILED'],
      [day, 'DONE'],
    ]);
    clock.forward(30 * MINUTE);
    door.open();
    expect(await all()).to.deep.equal([`${day} 0`, `${addDays(day, 1)} 1`]);
  });

  it('reads an answer again that was cut off in the middle', async () => {
    await patience(10_000);
    await loseAThird('');
    const cut = new Set<string>();
    door.answered = (path, body) => {
      const first = !cut.has(path);
      cut.add(path);
      return { body, cut: first };
    };
    expect(await repair()).to.include({ state: 'DONE', here: 45, there: 30, repaired: 15 });
    expect(cut.size).to.equal(5);
  });

  it('repairs nothing on answers that never come whole', async () => {
    await loseAThird('');
    door.answered = (path, body) => ({ body, cut: path.includes('/held/items') });
    expect(await codeOf(repair())).to.equal('RECONCILE_UNREACHABLE');
    await isMendedLater(45, 15);
  });

  it('does not believe a list that leaves records out', async () => {
    await loseAThird('');
    door.answered = (path, body) => {
      if (!path.includes('/held/items')) return { body };
      const { items } = JSON.parse(body.toString('utf8')) as { items: unknown[] };
      return { body: Buffer.from(JSON.stringify({ items: items.slice(0, 3) })) };
    };
    expect(await repair()).to.include({ state: 'DONE', here: 45, there: 30, missingThere: 15, repaired: 15 });
    await drain();
    expect(await readJournal(journal())).to.have.length(45);
  });

  it('ends as failed when it answers with errors alone', async () => {
    await loseAThird('http-500=1');
    expect(await codeOf(repair())).to.equal('RECONCILE_UNREACHABLE');
    expect((await runs())[0]).to.include({ state: 'FAILED', errorReason: '500', repaired: 0 });
    await isMendedLater(45, 15);
  });

  it('mends through errors and slow answers that come now and then', async () => {
    await patience(10_000);
    await loseAThird('http-500=0.5,slow=0.5');
    expect(await repair()).to.include({ state: 'DONE', here: 45, there: 30, missingThere: 15, repaired: 15 });
  });

  it('ends as failed when no answer comes in time', async () => {
    await loseAThird('slow=1', 400);
    await patience(300, 50);
    expect(await codeOf(repair())).to.equal('RECONCILE_UNREACHABLE');
    expect((await runs())[0]).to.include({ state: 'FAILED', errorReason: 'TIMEOUT', repaired: 0 });
    await patience(300);
    await isMendedLater(45, 15);
  });
});
