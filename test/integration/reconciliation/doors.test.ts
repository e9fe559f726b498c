import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, utils } from '@e965/xlsx';
import express from 'express';
import type { Job } from '../../../jobs/define-job.ts';
import { reconcileDaily } from '../../../jobs/reconcile-daily.job.ts';
import { monthBefore, reconcileMonthly } from '../../../jobs/reconcile-monthly.job.ts';
import { anonymousViewer, makeViewer, systemViewer } from '../../../server/auth/viewer.ts';
import { UsageError } from '../../../server/cli/command.ts';
import { reconcileCommand } from '../../../server/cli/reconcile.ts';
import { civilDateOf, type CivilDate } from '../../../server/lib/civil-date.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { createLogger } from '../../../server/lib/logger.ts';
import type { AppContext } from '../../../server/context.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { up as setOutboxDays } from '../../../server/db/migrations/20261128000000-set-outbox-days.ts';
import { toGlobalId } from '../../../server/graphql/global-id.ts';
import { errorHandler } from '../../../server/http/error-handler.ts';
import { reconciliationRoutes } from '../../../server/http/reconciliation.route.ts';
import type { ReconciliationService } from '../../../server/modules/reconciliation/index.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { codeOf, listening } from '../../support/doors.ts';
import { editJournal, testReconciliation } from '../../support/reconciliation.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import {
  connectPlatform,
  movableClock,
  startSim,
  testOutbox,
  wipe,
  type TestOutbox,
} from '../../support/upstream.ts';

const PLATFORM = 'province';
const DAY = '2026-03-02';

describe('doors of the reconciliation', () => {
  let store: TestDb;
  let dir: string;
  let sim: Simulator;
  let box: TestOutbox;
  let service: ReconciliationService;
  let clock: ReturnType<typeof movableClock>;

  before(async () => {
    store = await testDb();
    testReconciliation(store.db, testOutbox(store.db));
    await migrate(store.db, systemClock);
  });
  after(() => store.drop());
  beforeEach(async () => {
    await wipe(store.db);
    dir = await mkdtemp(join(tmpdir(), 'credit-reconcile-'));
    clock = movableClock(`${DAY}T02:00:00Z`);
    box = testOutbox(store.db, { clock, options: { listingPatienceMs: 500 } });
    service = testReconciliation(store.db, box, clock);
    await start();
    await connectPlatform(box.outbox, sim.url);
    await box.enqueue(box.records.make(6));
    await drain();
  });
  afterEach(async () => {
    await service.close();
    await box.outbox.close();
    await sim.close();
    await rm(dir, { recursive: true, force: true });
  });

  const journal = (): string => join(dir, 'journal.jsonl');
  const start = async (port = 0): Promise<void> => {
    sim = await startSim('', { journal: journal(), clock, port });
  };
  const drain = () => box.outbox.deliverDue(PLATFORM, { drain: true });
  /** The platform forgets one record. */
  const lose = async (): Promise<void> => {
    await sim.close();
    let lost = false;
    await editJournal(journal(), (line) => {
      if (lost) return line;
      lost = true;
      return undefined;
    });
    await start(Number(new URL(sim.url).port));
  };
  const command = async (...args: string[]) => {
    const { log, error } = console;
    const [out, errors]: [string[], string[]] = [[], []];
    console.log = (line: string) => out.push(line);
    console.error = (line: string) => errors.push(line);
    try {
      const app = { reconciliation: service, close: () => Promise.resolve() };
      const code = await reconcileCommand(() => Promise.resolve(app)).run(args);
      return { code, out: out.join('\n'), errors: errors.join('\n') };
    } finally {
      Object.assign(console, { log, error });
    }
  };

  it('the command answers 0 without a difference and prints the contract', async () => {
    const { code, out } = await command('--platform', PLATFORM, '--day', DAY, '--json');
    expect(code).to.equal(0);
    expect(JSON.parse(out)).to.deep.equal({
      platform: PLATFORM,
      day: DAY,
      here: 6,
      there: 6,
      missingThere: 0,
      missingHere: 0,
      different: 0,
      inFlight: 0,
      refused: 0,
      repaired: 0,
    });
  });

  it('the command answers 1 with differences, and mends them when it is told to', async () => {
    await lose();
    const found = await command('--platform', PLATFORM, '--all', '--json');
    expect(found.code).to.equal(1);
    const { days, ...total } = JSON.parse(found.out) as { days: { day: string; missingThere: number }[] };
    expect(total).to.include({ here: 6, there: 5, missingThere: 1 });
    expect(days.map(({ day, missingThere }) => [day, missingThere])).to.deep.equal([[DAY, 1]]);
    const mended = await command('--platform', PLATFORM, '--day', DAY, '--repair');
    expect(mended.code).to.equal(1);
    expect(mended.out).to.contain('平台缺失 1');
    expect(mended.out).to.match(
      /^ {2}平台缺失 {2}示字〔2026〕[0-9a-f]{8}号 {2}示例商贸 {2}版本 1 {2}已补推$/m,
    );
    await drain();
    expect((await command('--platform', PLATFORM, '--all')).code).to.equal(0);
  });

  it('the command shows the key of what only the platform has', async () => {
    await sim.close();
    await editJournal(journal(), (line) => ({ ...line, key: `${line.key}-other` }));
    await start(Number(new URL(sim.url).port));
    const { out } = await command('--platform', PLATFORM, '--day', DAY);
    expect(out.match(/^ {2}本地缺失 {2}业务主键 key-[0-9a-f]{24}-other$/gm)).to.have.length(6);
    expect(out.match(/^ {2}平台缺失 {2}示字/gm)).to.have.length(6);
  });

  it('the command answers 2 and says why when the platform is away or unknown', async () => {
    await sim.close();
    const away = await command('--platform', PLATFORM, '--all');
    expect(away).to.include({ code: 2, out: '' });
    expect(away.errors).to.contain('没有应答');
    expect(await command('--platform', 'nobody', '--day', DAY)).to.include({ code: 2 });
    expect((await command('--platform', PLATFORM, '--day', '2026-02-30')).errors).to.contain('2026-02-30');
  });

  for (const args of [
    [],
    ['--platform', PLATFORM],
    ['--platform', PLATFORM, '--day', DAY, '--all'],
    ['--platform', PLATFORM, '--month', '2026-03', '--day', DAY],
    ['--x'],
  ]) {
    it(`the command wants to be used rightly: ${args.join(' ')}`, async () => {
      const error: unknown = await command(...args).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(UsageError);
    });
  }

  const run = (job: Job) => {
    const app = { clock, outbox: box.outbox, reconciliation: service } as unknown as AppContext;
    return job.run({ app, signal: new AbortController().signal });
  };
  const job = () => run(reconcileDaily);

  it('the job compares yesterday with every enabled platform and mends', async () => {
    await lose();
    clock.forward(86_400_000);
    const counts = {
      platforms: 1,
      days: 1,
      failed: 0,
      missingThere: 1,
      missingHere: 0,
      different: 0,
      repaired: 1,
    };
    expect(await job()).to.deep.equal(counts);
    expect((await box.outbox.counts(PLATFORM)).PENDING).to.equal(1);
  });

  it('the command compares one month', async () => {
    await lose();
    const found = await command('--platform', PLATFORM, '--month', '2026-03', '--json');
    expect(JSON.parse(found.out)).to.include({ month: '2026-03', missingThere: 1 });
    const other = await command('--platform', PLATFORM, '--month', '2026-02', '--json');
    expect(JSON.parse(other.out)).to.deep.include({ month: '2026-02', here: 0, days: [] });
    expect(await command('--platform', PLATFORM, '--month', '2026-13')).to.include({ code: 2 });
  });

  it('the monthly job compares all days of the month before, and no other', async () => {
    clock.forward(2 * 86_400_000);
    await box.enqueue(box.records.make(3));
    await drain();
    await lose();
    clock.forward(40 * 86_400_000);
    await box.enqueue(box.records.make(2));
    await drain();
    clock.forward(-10 * 86_400_000);
    const none = { missingHere: 0, different: 0, repaired: 0 };
    expect(await run(reconcileMonthly)).to.deep.equal({
      platforms: 1,
      days: 2,
      failed: 0,
      missingThere: 1,
      ...none,
    });
    const { nodes } = await service.runs(systemViewer, {}, { first: 10 });
    expect(nodes.map(({ day }) => day).sort()).to.deep.equal([DAY, '2026-03-04']);
  });

  for (const [day, month] of [
    ['2026-01-01', '2025-12'],
    ['2026-03-31', '2026-02'],
    ['2024-03-01', '2024-02'],
  ] as const)
    it(`the month before ${day} is ${month}`, () => {
      expect(monthBefore(day as CivilDate)).to.equal(month);
    });

  it('the list of differences goes out as a workbook, for those who may read it', async () => {
    await lose();
    const { id } = await service.run(systemViewer, { platform: PLATFORM, day: DAY });
    const { content } = await service.workbook(systemViewer, id);
    const book = read(content);
    const rows = utils.sheet_to_json<Record<string, string>>(book.Sheets['差异清单'] ?? {});
    expect(rows).to.have.length(1);
    expect(rows[0]).to.include({
      差异: '平台缺失',
      类别: '行政许可',
      处理: '可补推',
      行政相对人: '示例商贸',
    });
    expect(rows[0]?.['文书号']).to.match(/^示字〔2026〕/);
    expect(await codeOf(service.workbook(anonymousViewer, id))).to.equal('UNAUTHENTICATED');
    expect(await codeOf(service.workbook(systemViewer, '0'.repeat(24)))).to.equal('RECONCILIATION_NOT_FOUND');
  });

  it('the workbook is fetched over HTTP by the id of the run', async () => {
    await lose();
    const { id } = await service.run(systemViewer, { platform: PLATFORM, day: DAY });
    const agency = makeViewer({ kind: 'account', accountId: 'a', roles: ['AGENCY_MAKER'], sectors: [] });
    let viewer = makeViewer({ kind: 'account', accountId: 'c', roles: ['CENTER_OPERATOR'], sectors: [] });
    const app = express();
    app.use((_req, res, next) => {
      Object.assign(res.locals, { viewer, requestId: 'r', log: createLogger('silent') });
      next();
    });
    app.use('/downloads', reconciliationRoutes(service), errorHandler);
    const door = await listening(app);
    const fetched = (run: string) => fetch(`${door.url}/downloads/reconciliation/${run}.xlsx`);
    try {
      const answer = await fetched(toGlobalId('ReconciliationRun', id));
      expect(answer.status).to.equal(200);
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      expect(read(Buffer.from(await answer.arrayBuffer())).SheetNames).to.deep.equal(['差异清单']);
      for (const unknown of [
        toGlobalId('ReconciliationRun', '0'.repeat(24)),
        toGlobalId('FeedBatch', id),
        'x',
      ])
        expect((await fetched(unknown)).status).to.equal(404);
      viewer = agency;
      expect((await fetched(toGlobalId('ReconciliationRun', id))).status).to.equal(403);
    } finally {
      await door.close();
    }
  });

  it('a long list of differences is written beside everything else', async () => {
    await box.enqueue(box.records.make(520));
    await drain();
    await sim.close();
    await editJournal(journal(), () => undefined);
    await start(Number(new URL(sim.url).port));
    const { id } = await service.run(systemViewer, { platform: PLATFORM, day: DAY });
    const { content } = await service.workbook(systemViewer, id);
    expect(utils.sheet_to_json(read(content).Sheets['差异清单'] ?? {})).to.have.length(526);
  });

  it('the job goes on where a platform is away', async () => {
    await sim.close();
    expect(await job()).to.include({ platforms: 1, failed: 1 });
  });

  it('a run in the background ends by itself', async () => {
    const run = await service.start(systemViewer, { platform: PLATFORM, day: DAY });
    expect(run.state).to.equal('RUNNING');
    for (let state: string = run.state; state === 'RUNNING';) {
      ({ state } = await service.get(systemViewer, run.id));
    }
    expect(await service.get(systemViewer, run.id)).to.include({ state: 'DONE', here: 6, there: 6 });
  });

  it('lots from before platforms told the time get the day we heard of them', async () => {
    const lots = nativeCollection(store.db, 'outbox_lots');
    await lots.updateMany({}, { $unset: { day: 1 } });
    await setOutboxDays(store.db);
    await setOutboxDays(store.db);
    const days = (await lots.find({}).toArray()).map((lot) => lot['day'] as string);
    expect(new Set(days)).to.deep.equal(new Set([civilDateOf(clock.now())]));
    expect((await command('--platform', PLATFORM, '--all')).code).to.equal(0);
  });
});
