import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDb } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import { connectPlatform, readJournal, startSim, testOutbox, wipe } from '../../support/upstream.ts';

describe('delivery under random faults', () => {
  let store: TestDb;
  let dir: string;

  before(async () => {
    store = await testDb();
    dir = await mkdtemp(join(tmpdir(), 'credit-sim-'));
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });

  after(async () => {
    await store.drop();
    await rm(dir, { recursive: true, force: true });
  });

  const rate = fc.constantFrom(0, 0, 0.1, 0.3);
  const faults = fc.record({
    refuse: rate,
    'timeout-after-accept': rate,
    'duplicate-answer': rate,
    late: rate,
    'lose-receipt': rate,
    'http-500': rate,
    slow: rate,
    down: fc.constantFrom(undefined, '100ms@300ms', '300ms@500ms'),
  });

  it('ends with accepted and refused adding up, and no content effective twice, whoever dies', async function () {
    this.timeout(180_000);
    const run = fc.asyncProperty(
      faults,
      fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 3, max: 30 }),
      fc.nat(1000),
      fc.integer({ min: 0, max: 150 }),
      async (rates, lots, batchSize, seed, diesAfterMs) => {
        await wipe(store.db);
        const journal = join(dir, `${String(seed)}-${String(performance.now())}.jsonl`);
        const given = Object.entries(rates).filter(([, value]) => value !== undefined);
        const spec = given.map(([name, value]) => `${name}=${String(value)}`);
        const sim = await startSim(spec.join(','), { journal, seed: String(seed) });
        const box = testOutbox(store.db);
        const { records } = box;
        const other = testOutbox(store.db, { records });
        const ownDb = await connectDb(store.uri);
        const mortal = testOutbox(ownDb, { records });
        try {
          await connectPlatform(box.outbox, sim.url, { batchSize });
          const made = lots.map((n) => records.make(n));
          for (const changes of made) await box.enqueue(changes);
          // From one moment to the next it can neither write nor send; what it had sent may have arrived.
          const dying = mortal.outbox.deliverDue('province').catch(() => undefined);
          await sleep(diesAfterMs);
          await Promise.all([ownDb.conn.close(true), mortal.outbox.close()]);
          const revised = (made[0] ?? []).map((change) => records.revise(change));
          const drained = Promise.all(
            [box, other].map(({ outbox }) => outbox.deliverDue('province', { drain: true })),
          );
          await box.enqueue(revised);
          await drained;
          await dying;
          await box.outbox.deliverDue('province', { drain: true });
          const { CONFIRMED, REFUSED, SUPERSEDED, ...open } = await box.outbox.counts('province');
          expect(Object.values(open).every((n) => n === 0)).to.equal(true, JSON.stringify(open));
          const enqueued = lots.reduce((sum, n) => sum + n, 0) + revised.length;
          expect(CONFIRMED + REFUSED).to.equal(enqueued - SUPERSEDED);
          const lines = await readJournal(journal);
          const effective = lines.filter((line) => line.effective);
          expect(effective).to.have.length(CONFIRMED);
          expect(new Set(effective.map(({ itemId }) => itemId)).size).to.equal(CONFIRMED);
          // What is in force last is the last revision, unless that one was refused.
          const last = new Map(effective.map(({ key, contentHash }) => [key, contentHash]));
          for (const { recordId } of revised) {
            const inForce = last.get(`key-${recordId}`);
            const refused = lines.some(
              ({ itemId, result }) => itemId === `${recordId}:2` && result === 'refused',
            );
            if (!refused) expect(inForce).to.equal(`${recordId}-2`);
          }
        } finally {
          await Promise.all([box, other].map(({ outbox }) => outbox.close()));
          await sim.close();
        }
      },
    );
    await fc.assert(run, { numRuns: Number(process.env['FAULT_RUNS'] ?? 8) });
  });
});
