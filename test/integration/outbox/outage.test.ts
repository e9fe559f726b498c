import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
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

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Something that takes connections and hangs up: the words have left, and nobody knows whether they were read. */
async function silent(port: number): Promise<{ server: Server; calls: () => number }> {
  let calls = 0;
  const server = createServer((request) => {
    calls += 1;
    request.resume().once('end', () => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, calls: () => calls };
}

describe('a platform that is away', () => {
  let store: TestDb;
  let directory: string;
  let journal: string;
  let clock: ReturnType<typeof movableClock>;
  let box: TestOutbox;
  let sim: Simulator | undefined;
  let n = 0;

  before(async () => {
    store = await testDb();
    directory = await mkdtemp(join(tmpdir(), 'credit-outage-'));
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });
  after(async () => {
    await store.drop();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await wipe(store.db);
    clock = movableClock();
    box = testOutbox(store.db, { clock, options: { leaseMs: 15_000 } });
    journal = join(directory, `${String((n += 1))}.jsonl`);
  });
  afterEach(async () => {
    await box.outbox.close();
    await sim?.close();
    sim = undefined;
  });

  const due = async (): Promise<number> => {
    const { PENDING, RETRY, SENDING, SENT } = await box.outbox.counts('province');
    return PENDING + RETRY + SENDING + SENT;
  };
  const pauseMs = async (): Promise<number> => {
    const found = await store.db.conn.collection('platforms').findOne({});
    return Number(found?.['pauseMs'] ?? 0);
  };
  /** What the dispatcher does, as time goes by. */
  const goOn = async (forMs: number, stepMs: number): Promise<void> => {
    for (let passed = 0; passed < forMs; passed += stepMs) {
      clock.forward(stepMs);
      await box.outbox.deliverDue('province');
    }
  };

  it('for a day gets everything by itself when it is back, each item once', async function () {
    this.timeout(180_000);
    const port = await freePort();
    const address = `http://127.0.0.1:${String(port)}`;
    await connectPlatform(box.outbox, address, { batchSize: 5 });
    await box.enqueue(box.records.make(60));
    await goOn(30_000, 1000);
    const gone = await silent(port);
    const pauses = new Set<number>();
    let made = 60;
    for (let hour = 0; hour < 24; hour += 1) {
      await box.enqueue(box.records.make(5));
      made += 5;
      await goOn(HOUR, hour === 0 ? 2 * MINUTE : 10 * MINUTE);
      pauses.add(await pauseMs());
    }
    expect(Math.max(...pauses)).to.equal(10 * MINUTE);
    // A day of questions, not of data: a pause is ended by one question.
    expect(gone.calls()).to.be.lessThan(24 * 6 + 60);
    expect(await box.outbox.counts('province')).to.include({ CONFIRMED: 0, REFUSED: 0, DEAD: 0 });
    gone.server.closeAllConnections();
    await new Promise((resolve) => gone.server.close(resolve));
    sim = await startSim('refuse=0.1', { port, journal });
    for (let i = 0; (await due()) > 0 && i < 60; i += 1) await goOn(2 * MINUTE, MINUTE);
    expect(await due()).to.equal(0);
    const { CONFIRMED, REFUSED, DEAD } = await box.outbox.counts('province');
    expect([CONFIRMED + REFUSED, DEAD]).to.deep.equal([made, 0]);
    const lines = await readJournal(journal);
    const effective = lines.filter((line) => line.effective);
    expect(effective).to.have.length(CONFIRMED);
    expect(new Set(effective.map(({ itemId }) => itemId)).size).to.equal(CONFIRMED);
    const [back] = await box.outbox.listPlatforms(systemViewer);
    expect([back?.pausedUntil, back?.faults]).to.deep.equal([undefined, 0]);
  });

  it('doubles its pause from half a minute to ten minutes', async () => {
    const port = await freePort();
    await connectPlatform(box.outbox, `http://127.0.0.1:${String(port)}`, { batchSize: 1 });
    await box.enqueue(box.records.make(12));
    const seen: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      await box.outbox.deliverDue('province');
      seen.push((await pauseMs()) / 1000);
      clock.forward(10 * MINUTE + 1000);
    }
    expect(seen).to.deep.equal([30, 60, 120, 240, 480, 600, 600, 600]);
  });

  it('says of batches that wait for a receipt what it knows, though nobody calls back', async () => {
    sim = await startSim('lose-receipt=0.3,late=0.3,refuse=0.1', { journal, clock, lateMs: MINUTE });
    await connectPlatform(box.outbox, sim.url, { batchSize: 20 });
    await box.enqueue(box.records.make(100));
    await box.outbox.deliverDue('province');
    const before = await box.outbox.counts('province');
    expect(before.SENT).to.be.greaterThan(20);
    // Receipts are waited for; after ten minutes the platform is asked.
    await goOn(5 * MINUTE, MINUTE);
    expect((await box.outbox.counts('province')).SENT).to.equal(before.SENT);
    await goOn(15 * MINUTE, MINUTE);
    const after = await box.outbox.counts('province');
    expect(after.CONFIRMED + after.REFUSED).to.equal(100);
    const effective = (await readJournal(journal)).filter((line) => line.effective);
    expect(effective).to.have.length(after.CONFIRMED);
  });

  it('and answers with faults of all kinds between its absences loses and doubles nothing', async function () {
    this.timeout(180_000);
    const spec =
      'refuse=0.1,timeout-after-accept=0.2,duplicate-answer=0.2,late=0.2,lose-receipt=0.2,http-500=0.3,down=20m@60m';
    sim = await startSim(spec, { journal, clock, lateMs: MINUTE, cutMs: 1 });
    await connectPlatform(box.outbox, sim.url, { batchSize: 7 });
    let made = 0;
    for (let i = 0; i < 6; i += 1) {
      await box.enqueue(box.records.make(10));
      made += 10;
      await goOn(20 * MINUTE, 2 * MINUTE);
    }
    for (let i = 0; (await due()) > 0 && i < 60; i += 1) await goOn(20 * MINUTE, 5 * MINUTE);
    const { CONFIRMED, REFUSED, ...open } = await box.outbox.counts('province');
    expect(CONFIRMED + REFUSED).to.equal(made);
    expect(Object.values(open).every((count) => count === 0)).to.equal(true);
    const effective = (await readJournal(journal)).filter((line) => line.effective);
    expect(effective).to.have.length(CONFIRMED);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
