import { expect } from 'chai';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { embeddedDb, type EmbeddedDb } from '../../support/embedded.ts';

/** Numbers the documents; the collection is the same whoever runs the store. */
type Numbered = mongo.Collection<{ _id: number; by?: string }>;
const numbered = (store: EmbeddedDb, name: string) => store.db.conn.collection(name) as unknown as Numbered;

async function childOf(directory: string, task: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'store-child.ts'), directory, task],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await once(child, 'exit');
}

/** What meets the moment of the handover fails with a network error; soon it must work again. */
async function eventually(work: () => Promise<unknown>): Promise<void> {
  const { MongoNetworkError, MongoServerSelectionError } = mongo;
  for (let left = 300; ; left -= 1) {
    try {
      await work();
      return;
    } catch (error) {
      const isGap = error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
      if (left === 0 || !isGap) throw error;
      await sleep(50);
    }
  }
}

describe('embedded store: who runs a data directory', function () {
  this.timeout(120_000);
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'credit-owner-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`a process that only used the store takes over when its owner ends by ${signal}`, async () => {
      const owner = await childOf(directory, 'hold');
      const store = await embeddedDb(directory);
      await numbered(store, 'handed').insertOne({ _id: 1 });
      await end(owner, signal);
      await eventually(() =>
        numbered(store, 'handed').updateOne({ _id: 2 }, { $set: { by: 'heir' } }, { upsert: true }),
      );
      expect(await numbered(store, 'handed').countDocuments()).to.equal(2);
      await store.stop();
      expect(existsSync(join(directory, 'db.owner'))).to.equal(false);
    });
  }

  it('a killed owner, half a file of one and a forgotten lock do not stand in the way', async () => {
    const file = join(directory, 'db.owner');
    const socket = join(directory, 'db.sock');
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(file, JSON.stringify({ pid, token: 'x', started: '1', socket }));
    const lock = join(directory, 'db.owner.lock');
    await writeFile(lock, '1');
    await utimes(lock, 1, 1);
    const first = await embeddedDb(directory);
    await first.stop();
    await writeFile(file, '{"pid":');
    const second = await embeddedDb(directory);
    await second.stop();
    // A process of the same number that started at another time is not the owner.
    await writeFile(file, JSON.stringify({ pid: process.pid, token: 'x', started: 'before', socket }));
    const third = await embeddedDb(directory);
    await third.drop();
  });

  it('of several that start at once one runs it and all can use it', async () => {
    const stores = await Promise.all(Array.from({ length: 3 }, () => embeddedDb(directory)));
    await Promise.all(stores.map((store, _id) => numbered(store, 'all').insertOne({ _id })));
    for (const store of stores) expect(await numbered(store, 'all').countDocuments()).to.equal(3);
    // Whoever runs it leaves first; the others go on.
    for (const [i, store] of stores.entries()) {
      await store.stop();
      const next = stores[i + 1];
      if (next)
        await eventually(() => numbered(next, 'all').updateOne({ _id: 0 }, { $set: { by: String(i) } }));
    }
  });

  it('works where the path is too long for a socket', async () => {
    const deep = join(directory, 'a-long-name-'.repeat(10));
    await mkdir(deep);
    const first = await embeddedDb(deep);
    const second = await embeddedDb(deep);
    await numbered(first, 'deep').insertOne({ _id: 1 });
    expect(await numbered(second, 'deep').countDocuments()).to.equal(1);
    await second.stop();
    await first.stop();
  });

  it('a killed client does not leave its locks behind', async () => {
    const store = await embeddedDb(directory);
    await numbered(store, 'locked').insertOne({ _id: 1 });
    const client = await childOf(directory, 'lock');
    const waiting = numbered(store, 'locked').updateOne({ _id: 1 }, { $set: { by: 'me' } });
    await end(client, 'SIGKILL');
    await waiting;
    expect(await numbered(store, 'locked').findOne({ _id: 1 })).to.include({ by: 'me' });
    await store.stop();
  });
});
