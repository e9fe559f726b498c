import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { connectFolder, numbersOf, startDrop, takenFiles } from '../../support/drop.ts';
import { derivedChanges, derivedRecords } from '../../support/derived-records.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import { readJournal, testOutbox } from '../../support/upstream.ts';

const SCRIPT = fileURLToPath(new URL('./drop-dispatcher.ts', import.meta.url));
const KILLS = 20;
const STEP = 60;

async function dispatcher(uri: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import=tsx', SCRIPT, uri], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  return child;
}

describe('a dispatcher that is killed while it puts files in place', () => {
  let store: TestDb;
  let root: string;

  before(async () => {
    store = await testDb();
    root = await mkdtemp(join(tmpdir(), 'credit-drop-kills-'));
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });
  after(async () => {
    await store.drop();
    await rm(root, { recursive: true, force: true });
  });

  it('leaves no number out, uses none twice, and brings each item once', async function () {
    this.timeout(300_000);
    const folder = join(root, 'drop');
    const journal = join(root, 'journal.jsonl');
    await mkdir(folder);
    const sim = await startDrop(folder, 'refuse=0.05,late=0.1,lose-receipt=0.02', { journal });
    const box = testOutbox(store.db, { source: derivedRecords });
    try {
      await connectFolder(box.outbox, sim.url, { batchSize: 4 });
      for (let kill = 0; kill < KILLS; kill += 1) {
        await box.enqueue(derivedChanges(1 + kill * STEP, STEP));
        const child = await dispatcher(store.uri);
        await sleep(20 + Math.random() * 500);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await box.outbox.deliverDue('province', { drain: true });
      const { CONFIRMED, REFUSED, ...open } = await box.outbox.counts('province');
      expect(Object.values(open).every((n) => n === 0)).to.equal(true, JSON.stringify(open));
      expect(CONFIRMED + REFUSED).to.equal(KILLS * STEP);
      const effective = (await readJournal(journal)).filter((line) => line.effective);
      expect(effective).to.have.length(CONFIRMED);
      expect(new Set(effective.map(({ itemId }) => itemId)).size).to.equal(CONFIRMED);
      expect(await readdir(join(folder, 'rejected'))).to.deep.equal([]);
      const files = await takenFiles(folder);
      expect(new Set(files).size).to.equal(files.length);
      for (const numbers of numbersOf(files).values())
        expect(numbers).to.deep.equal(numbers.map((_, i) => i + 1));
      expect(await store.db.conn.collection('push_files').countDocuments()).to.equal(0);
    } finally {
      await box.outbox.close();
      await sim.close();
    }
  });
});
