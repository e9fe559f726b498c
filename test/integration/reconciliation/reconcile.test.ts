import { expect } from 'chai';
import fc from 'fast-check';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anonymousViewer, systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { addDays, civilDateOf } from '../../../server/lib/civil-date.ts';
import { systemClock, type Clock } from '../../../server/lib/clock.ts';
import type { RecordChange } from '../../../server/modules/credit-record/index.ts';
import type { ReconciliationService } from '../../../server/modules/reconciliation/index.ts';
import type { JournalLine, Simulator } from '../../../server/upstream-sim/index.ts';
import { codeOf } from '../../support/doors.ts';
import { editJournal, testReconciliation } from '../../support/reconciliation.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import {
  connectPlatform,
  movableClock,
  readJournal,
  startSim,
  testOutbox,
  wipe,
  type TestOutbox,
} from '../../support/upstream.ts';

const PLATFORM = 'province';
const NUMBERS = [
  'here',
  'there',
  'missingThere',
  'missingHere',
  'different',
  'inFlight',
  'repaired',
] as const;

describe('reconciliation', () => {
  let store: TestDb;
  let dir: string;
  let sim: Simulator;
  let box: TestOutbox;
  let service: ReconciliationService;
  let clock: ReturnType<typeof movableClock>;
  const journal = (): string => join(dir, 'journal.jsonl');
  const today = () => civilDateOf(clock.now());

  before(async () => {
    store = await testDb();
    testReconciliation(store.db, testOutbox(store.db));
    await migrate(store.db, systemClock);
  });
  after(() => store.drop());

  const open = (of: Clock, box: TestOutbox) => testReconciliation(store.db, box, of);
  beforeEach(async () => {
    await wipe(store.db);
    dir = await mkdtemp(join(tmpdir(), 'credit-reconcile-'));
    clock = movableClock('2026-03-02T02:00:00Z');
    box = testOutbox(store.db, { clock, options: { listingPatienceMs: 1000 } });
    service = open(clock, box);
    sim = await startSim('', { journal: journal(), clock });
    await connectPlatform(box.outbox, sim.url);
  });
  afterEach(async () => {
    await service.close();
    await box.outbox.close();
    await sim.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** Stops the platform, changes what it remembers, and starts it again under its address. */
  const restart = async (edit?: (line: JournalLine) => JournalLine | undefined, faults = '') => {
    await sim.close();
    if (edit) await editJournal(journal(), edit);
    sim = await startSim(faults, { journal: journal(), clock, port: Number(new URL(sim.url).port) });
  };
  const drain = () => box.outbox.deliverDue(PLATFORM, { drain: true });
  const push = async (n: number, fields: Partial<RecordChange> = {}) => {
    const changes = box.records.make(n, fields);
    await box.enqueue(changes);
    await drain();
    return changes;
  };
  const run = async (day: string = today(), repair = false) => {
    const result = await service.run(systemViewer, { platform: PLATFORM, day, repair });
    return Object.fromEntries(NUMBERS.map((name) => [name, result[name]]));
  };
  const clean = (n: number) => ({
    here: n,
    there: n,
    missingThere: 0,
    missingHere: 0,
    different: 0,
    inFlight: 0,
    repaired: 0,
  });
  const lost =
    (...changes: { recordId: string }[]) =>
    (line: JournalLine) =>
      changes.some(({ recordId }) => line.key === `key-${recordId}`) ? undefined : line;
  const effects = async (key: string) =>
    (await readJournal(journal())).filter((line) => line.key === key && line.effective).length;

  it('finds no difference where there is none, in any agency and kind', async () => {
    await push(7, { agencyId: 'a' });
    await push(5, { agencyId: 'b' });
    await push(3, { agencyId: 'b', kind: 'PENALTY' });
    expect(await run()).to.deep.equal(clean(15));
    expect(await run(addDays(today(), -1))).to.deep.equal(clean(0));
  });

  it('finds what the platform has lost and puts it in again, once', async () => {
    const [gone, other] = (await push(12)) as [RecordChange, RecordChange];
    await restart(lost(gone, other));
    expect(await run()).to.deep.equal({ ...clean(12), there: 10, missingThere: 2 });
    expect(await run(today(), true)).to.include({ missingThere: 2, repaired: 2 });
    expect((await box.outbox.counts(PLATFORM)).PENDING).to.equal(2);
    // Nothing of ours is held there until it is taken again.
    expect(await run(today(), true)).to.deep.equal(clean(10));
    await drain();
    expect(await run()).to.deep.equal(clean(12));
    expect(await effects(`key-${gone.recordId}`)).to.equal(1);
    expect((await box.outbox.counts(PLATFORM)).CONFIRMED).to.equal(12);
  });

  it('puts in once what two repairs find at the same time', async () => {
    const changes = await push(40);
    await restart(lost(...changes));
    const second = open(clock, testOutbox(store.db, { clock, records: box.records }));
    const runs = await Promise.all(
      [service, second].map((one) =>
        one.run(systemViewer, { platform: PLATFORM, day: today(), repair: true }),
      ),
    );
    expect(runs.reduce((sum, { repaired }) => sum + repaired, 0)).to.equal(40);
    await drain();
    expect(await run()).to.deep.equal(clean(40));
    for (const { recordId } of changes) expect(await effects(`key-${recordId}`)).to.equal(1);
  });

  it('takes no lost item for missing that a newer revision replaces', async () => {
    const [record] = (await push(1)) as [RecordChange];
    await restart(lost(record));
    await box.enqueue([box.records.revise(record)]);
    expect(await run(today(), true)).to.include({ missingThere: 1, repaired: 0 });
    await drain();
    expect(await run(today(), true)).to.deep.equal(clean(1));
  });

  it('leaves a content that is neither ours to a person', async () => {
    const [record] = (await push(3)) as [RecordChange];
    await restart((line) =>
      line.key === `key-${record.recordId}` ? { ...line, contentHash: 'forged' } : line,
    );
    expect(await run(today(), true)).to.deep.equal({ ...clean(3), different: 1 });
    const { nodes } = await service.runs(systemViewer, {}, { first: 1 });
    const list = await service.differences(systemViewer, nodes[0]?.id ?? '', { first: 10 });
    expect(list.nodes).to.have.length(1);
    expect(list.nodes[0]).to.include({
      kind: 'DIFFERENT',
      key: `key-${record.recordId}`,
      recordId: record.recordId,
      documentNumber: `示字〔2026〕${record.recordId.slice(-8)}号`,
      counterpartName: '示例商贸',
      hashThere: 'forged',
      repaired: false,
    });
    expect(nodes[0]?.groups).to.deep.equal([
      { agency: 'a', kind: 'LICENSE', missingThere: 0, missingHere: 0, different: 1 },
    ]);
  });

  it('sends again what went back to an older revision there', async () => {
    const [record] = (await push(2)) as [RecordChange];
    await box.enqueue([box.records.revise(record)]);
    await drain();
    expect(await run()).to.deep.equal(clean(2));
    await restart((line) => (line.itemId === `${record.recordId}:2` ? undefined : line));
    expect(await run(today(), true)).to.deep.equal({ ...clean(2), different: 1, repaired: 1 });
    await drain();
    expect(await run()).to.deep.equal(clean(2));
  });

  it('finds what the platform holds and we do not', async () => {
    const [record] = (await push(4)) as [RecordChange];
    const [strange] = box.records.make(1) as [RecordChange];
    await sim.close();
    const lines = await readJournal(journal());
    const line = lines.find(({ key }) => key === `key-${record.recordId}`) as JournalLine;
    const extra = { ...line, key: 'key-unknown', itemId: 'x:1' };
    const unsent = { ...line, key: `key-${strange.recordId}`, itemId: 'y:1' };
    await appendFile(journal(), `${JSON.stringify(extra)}\n${JSON.stringify(unsent)}\n`);
    await restart();
    expect(await run(today(), true)).to.deep.equal({ ...clean(4), there: 6, missingHere: 2 });
    const { nodes } = await service.runs(systemViewer, {}, { first: 1 });
    const list = await service.differences(systemViewer, nodes[0]?.id ?? '', { first: 10 });
    // One of the two is stored here, though it was never put in for the platform.
    expect(list.nodes.map(({ key, documentNumber }) => [key, documentNumber])).to.have.deep.members([
      ['key-unknown', undefined],
      [`key-${strange.recordId}`, `示字〔2026〕${strange.recordId.slice(-8)}号`],
    ]);
  });

  it('names the records of the page that is shown, and no others', async () => {
    const changes = await push(7);
    await restart(lost(...changes));
    await run();
    const { nodes } = await service.runs(systemViewer, {}, { first: 1 });
    const asked: (readonly string[])[] = [];
    const { visibleOf } = box.records;
    box.records.visibleOf = (viewer, ids) => {
      asked.push(ids);
      return visibleOf.call(box.records, viewer, ids);
    };
    const first = await service.differences(systemViewer, nodes[0]?.id ?? '', { first: 5 });
    const after = first.cursors.at(-1) ?? '';
    const second = await service.differences(systemViewer, nodes[0]?.id ?? '', { first: 5, after });
    expect(asked.map((ids) => ids.length)).to.deep.equal([5, 2]);
    const named = [...first.nodes, ...second.nodes];
    expect(named.map(({ documentNumber }) => documentNumber)).to.have.members(
      changes.map(({ recordId }) => `示字〔2026〕${recordId.slice(-8)}号`),
    );
    // A record that is gone keeps its key.
    box.records.remove({ recordId: first.nodes[0]?.recordId ?? '' });
    const again = await service.differences(systemViewer, nodes[0]?.id ?? '', { first: 1 });
    expect(again.nodes[0])
      .to.include({ key: first.nodes[0]?.key })
      .and.not.to.have.property('documentNumber');
  });

  it('counts what is in flight apart', async () => {
    await push(3);
    await restart(undefined, 'lose-receipt=1');
    const changes = box.records.make(2);
    await box.enqueue(changes);
    await box.outbox.deliverDue(PLATFORM);
    expect((await box.outbox.counts(PLATFORM)).SENT).to.equal(2);
    expect(await run(today(), true)).to.deep.equal({ ...clean(3), inFlight: 2 });
  });

  it('goes by the day of the platform, whenever we hear of it', async () => {
    await sim.close();
    const at = new Date('2026-03-02T15:59:59.999Z');
    const theirs = movableClock(at.toISOString());
    sim = await startSim('', { journal: journal(), clock: theirs });
    await connectPlatform(box.outbox, sim.url);
    // Ours is past midnight already.
    clock.forward(at.getTime() - clock.now().getTime() + 5000);
    await push(2);
    theirs.forward(1);
    const changes = await push(3);
    expect(await run('2026-03-02')).to.deep.equal(clean(2));
    expect(await run('2026-03-03')).to.deep.equal(clean(3));
    // A newer revision takes its record along to the day it was taken.
    theirs.forward(86_400_000);
    await box.enqueue([box.records.revise(changes[0] as RecordChange)]);
    await drain();
    expect(await run('2026-03-03')).to.deep.equal(clean(2));
    expect(await run('2026-03-04')).to.deep.equal(clean(1));
    const all = [];
    for await (const { run: one } of service.runAll(systemViewer, { platform: PLATFORM })) all.push(one.day);
    expect(all).to.deep.equal(['2026-03-02', '2026-03-03', '2026-03-04']);
  });

  it('takes the same content under another day for no difference', async () => {
    const [record] = (await push(3)) as [RecordChange];
    await restart((line) =>
      line.key === `key-${record.recordId}` ? { ...line, at: '2026-03-01T02:00:00.000Z' } : line,
    );
    expect(await run()).to.deep.equal(clean(2));
    expect(await run('2026-03-01', true)).to.deep.equal(clean(1));
  });

  it('counts refused items apart', async () => {
    await restart(undefined, 'refuse=1');
    await push(4);
    const result = await service.run(systemViewer, { platform: PLATFORM, day: today() });
    expect(result).to.include({ here: 0, there: 0, refused: 4, state: 'DONE' });
  });

  it('bears a platform that fails now and then', async () => {
    await push(5);
    await restart(undefined, 'http-500=0.4,slow=0.3');
    expect(await run()).to.deep.equal(clean(5));
  });

  it('says so when the platform does not answer, and keeps a failed run', async () => {
    await push(1);
    await sim.close();
    expect(await codeOf(run())).to.equal('RECONCILE_UNREACHABLE');
    const { nodes } = await service.runs(systemViewer, { state: 'FAILED' }, { first: 5 });
    expect(nodes.map(({ error }) => error)).to.deep.equal(['RECONCILE_UNREACHABLE']);
  });

  it('is closed to those without the right, and clear about bad input', async () => {
    const order = { platform: PLATFORM, day: today() };
    expect(await codeOf(service.run(anonymousViewer, order))).to.equal('UNAUTHENTICATED');
    expect(await codeOf(service.runs(anonymousViewer, {}, { first: 1 }))).to.equal('UNAUTHENTICATED');
    expect(await codeOf(service.differences(anonymousViewer, '0', { first: 1 }))).to.equal('UNAUTHENTICATED');
    expect(await codeOf(service.get(systemViewer, 'x'))).to.equal('RECONCILIATION_NOT_FOUND');
    expect(await codeOf(run('2026-02-30'))).to.equal('RECONCILE_DAY_INVALID');
    expect(await codeOf(service.run(systemViewer, { ...order, platform: 'second' }))).to.equal(
      'PLATFORM_NOT_FOUND',
    );
  });

  it('counts any damage as what it is', async () => {
    const groups: Partial<RecordChange>[] = [
      { agencyId: 'a' },
      { agencyId: 'b' },
      { agencyId: 'b', kind: 'PENALTY' },
    ];
    for (const fields of groups) await push(8, fields);
    const whole = await readJournal(journal());
    const day = today();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('keep', 'keep', 'lose', 'alter', 'add'), { minLength: 24, maxLength: 24 }),
        async (fates) => {
          const lines = whole.flatMap((line, i) => {
            if (fates[i] === 'lose') return [];
            if (fates[i] === 'alter') return [{ ...line, contentHash: 'forged' }];
            return fates[i] === 'add'
              ? [line, { ...line, itemId: `x${String(i)}:1`, key: `x${String(i)}` }]
              : [line];
          });
          await sim.close();
          await writeFile(journal(), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
          await restart();
          const of = (fate: string): number => fates.filter((one) => one === fate).length;
          expect(await run(day)).to.deep.equal({
            ...clean(24),
            there: 24 - of('lose') + of('add'),
            missingThere: of('lose'),
            missingHere: of('add'),
            different: of('alter'),
          });
        },
      ),
      { numRuns: 12 },
    );
  });

  it('mends the rest after a repair was broken off', async () => {
    const changes = await push(30);
    await restart(lost(...changes));
    const stop = new AbortController();
    const order = { platform: PLATFORM, day: today(), repair: true, signal: stop.signal };
    stop.abort();
    expect(await codeOf(service.run(systemViewer, order))).to.equal('RECONCILE_STOPPED');
    expect(await run(today(), true)).to.include({ repaired: 30 });
    await drain();
    expect(await run()).to.deep.equal(clean(30));
  });

  it('ends runs whose process died', async () => {
    await push(1);
    await service.run(systemViewer, { platform: PLATFORM, day: today() });
    await nativeCollection(store.db, 'reconciliation_runs').updateMany({}, { $set: { state: 'RUNNING' } });
    clock.forward(11 * 60_000);
    await service.run(systemViewer, { platform: PLATFORM, day: today() });
    const { nodes } = await service.runs(systemViewer, {}, { first: 5 });
    expect(nodes.map(({ state, error }) => [state, error])).to.deep.equal([
      ['DONE', undefined],
      ['FAILED', 'RECONCILE_ABANDONED'],
    ]);
  });
});
