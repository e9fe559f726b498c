import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  });

  it('ends with accepted and refused adding up, and no content effective twice', async () => {
    const run = fc.asyncProperty(
      faults,
      fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 3, max: 30 }),
      fc.nat(1000),
      async (rates, lots, batchSize, seed) => {
        await wipe(store.db);
        const journal = join(dir, `${String(seed)}-${String(performance.now())}.jsonl`);
        const spec = Object.entries(rates).map(([name, value]) => `${name}=${String(value)}`);
        const sim = await startSim(spec.join(','), { journal, seed: String(seed) });
        const boxes = [testOutbox(store.db)];
        const [box] = boxes;
        if (!box) throw new Error('none');
        boxes.push(testOutbox(store.db, { records: box.records }));
        try {
          await connectPlatform(box.outbox, sim.url, { batchSize });
          for (const n of lots) await box.enqueue(box.records.make(n));
          const summaries = await Promise.all(
            boxes.map(({ outbox }) => outbox.deliverDue('province', { drain: true })),
          );
          const total = lots.reduce((sum, n) => sum + n, 0);
          expect(summaries.reduce((sum, { accepted, refused }) => sum + accepted + refused, 0)).to.equal(
            total,
          );
          const { CONFIRMED, REFUSED, ...others } = await box.outbox.counts('province');
          expect(CONFIRMED + REFUSED).to.equal(total);
          expect(Object.values(others).every((n) => n === 0)).to.equal(true);
          const effective = (await readJournal(journal)).filter((line) => line.effective);
          expect(effective).to.have.length(CONFIRMED);
          expect(new Set(effective.map(({ key }) => key)).size).to.equal(CONFIRMED);
        } finally {
          await Promise.all(boxes.map(({ outbox }) => outbox.close()));
          await sim.close();
        }
      },
    );
    await fc.assert(run, { numRuns: 6 });
  });
});
