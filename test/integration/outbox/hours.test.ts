import { expect } from 'chai';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { systemViewer } from '../../../server/auth/viewer.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { connectFolder, startDrop } from '../../support/drop.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import {
  movableClock,
  readJournal,
  SIM_TOKEN,
  startSim,
  testOutbox,
  wipe,
  type TestOutbox,
} from '../../support/upstream.ts';

const HOUR = 3_600_000;
/** Friday, ten in the morning in Shanghai. */
const FRIDAY = '2026-03-06T02:00:00Z';

describe('a platform with hours', () => {
  let store: TestDb;
  let folder: string;
  let clock: ReturnType<typeof movableClock>;
  let box: TestOutbox;
  let sim: Simulator;
  const journal = (): string => join(folder, 'journal.jsonl');
  const night = { windows: ['01:00-05:00'], windowDays: 'WORKING' as const };

  before(async () => {
    store = await testDb();
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });
  after(() => store.drop());
  beforeEach(async () => {
    await wipe(store.db);
    folder = await mkdtemp(join(tmpdir(), 'credit-hours-'));
    clock = movableClock(FRIDAY);
    box = testOutbox(store.db, { clock, options: { leaseMs: 15_000 } });
    sim = await startSim('', { journal: journal(), clock });
  });
  afterEach(async () => {
    await box.outbox.close();
    await sim.close();
    await rm(folder, { recursive: true, force: true });
  });
  const connect = () =>
    box.outbox.setPlatform(systemViewer, { code: 'province', url: sim.url, token: SIM_TOKEN, ...night });

  it('gets nothing outside them, and everything when it opens on the next working day', async () => {
    await connect();
    await box.enqueue(box.records.make(5));
    const held = await box.outbox.deliverDue('province', { drain: true });
    expect(held).to.deep.include({ sent: 0, held: 5, opensAt: new Date('2026-03-08T17:00:00Z') });
    // Saturday night is no working day.
    clock.forward(16 * HOUR);
    expect(await box.outbox.deliverDue('province')).to.include({ sent: 0, held: 5 });
    expect(await readJournal(journal())).to.have.length(0);
    clock.forward(48 * HOUR);
    expect(await box.outbox.deliverDue('province')).to.include({ sent: 5, accepted: 5 });
    expect(await box.outbox.deliverDue('province')).not.to.have.property('held');
  });

  it('is not asked for a batch while it is closed, and is when it opens', async () => {
    clock.forward(16 * HOUR + 48 * HOUR);
    await sim.close();
    sim = await startSim('timeout-after-accept=1', { journal: journal(), clock });
    await connect();
    await box.enqueue(box.records.make(3));
    await box.outbox.deliverDue('province');
    expect((await box.outbox.counts('province')).SENDING).to.equal(3);
    clock.forward(5 * HOUR);
    await box.outbox.deliverDue('province', { drain: true });
    expect((await box.outbox.counts('province')).SENDING).to.equal(3);
    clock.forward(20 * HOUR);
    await box.outbox.deliverDue('province');
    expect((await box.outbox.counts('province')).CONFIRMED).to.equal(3);
  });

  it('that takes files has its receipts read at any time, and gets no file outside', async () => {
    clock.forward(16 * HOUR + 48 * HOUR);
    const drop = join(folder, 'drop');
    const files = await startDrop(drop, '', { clock });
    await connectFolder(box.outbox, pathToFileURL(drop).href, night);
    await box.enqueue(box.records.make(2));
    await box.outbox.deliverDue('province');
    clock.forward(5 * HOUR);
    await box.enqueue(box.records.make(4));
    while ((await box.outbox.counts('province')).CONFIRMED < 2) {
      clock.forward(60_000);
      await box.outbox.deliverDue('province');
    }
    expect(await box.outbox.deliverDue('province')).to.include({ sent: 0, held: 4 });
    await files.close();
    expect((await readdir(drop)).filter((name) => name.endsWith('.zip'))).to.deep.equal([]);
    expect(await readdir(join(drop, 'taken'))).to.have.length(1);
  });
});
