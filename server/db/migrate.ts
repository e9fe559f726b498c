import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import type { Db } from './connect.ts';
import { ensureIndexes } from './indexes.ts';
import { acquireLease, releaseLease, renewLease } from './lease.ts';
import { nativeCollection } from './native.ts';

export interface Migration {
  /** `YYYYMMDDHHMMSS-verb-object`; also the order. */
  readonly name: string;
  /** Must bear being run again after it stopped anywhere. */
  up(db: Db): Promise<void>;
}

const FOLDER = new URL('./migrations/', import.meta.url);
const LEASE = 'migrations';
const LEASE_MS = 60_000;
const WAIT_MS = 100;

export async function loadMigrations(): Promise<Migration[]> {
  const files = (await readdir(FOLDER)).filter((file) => /^\d{14}-[a-z0-9-]+\.ts$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const { up } = (await import(new URL(file, FOLDER).href)) as Pick<Migration, 'up'>;
      return { name: file.replace(/\.ts$/, ''), up };
    }),
  );
}

async function runAll(db: Db, clock: Clock, migrations: readonly Migration[]): Promise<string[]> {
  const applied = nativeCollection<{ _id: string; appliedAt: Date }>(db, 'migrations');
  const done = new Set((await applied.find({}).toArray()).map((found) => found._id));
  const names: string[] = [];
  for (const { name, up } of migrations) {
    if (done.has(name)) continue;
    await up(db);
    await applied.insertOne({ _id: name, appliedAt: clock.now() });
    names.push(name);
  }
  await ensureIndexes(db);
  return names;
}

/**
 * Brings the store up to date: every migration once, then the indexes of all models registered by now. Any number of
 * processes may call it at once; one works, the others wait and find nothing to do.
 * @returns the names that were applied by this call
 * @throws Error when another process holds the work for longer than two minutes
 */
export async function migrate(
  db: Db,
  clock: Clock,
  migrations?: readonly Migration[],
): Promise<readonly string[]> {
  const owner = randomUUID();
  for (let waited = 0; !(await acquireLease(db, LEASE, owner, LEASE_MS, clock)); waited += WAIT_MS) {
    if (waited >= 2 * LEASE_MS) throw new Error('another process has been migrating the store for too long');
    await sleep(WAIT_MS);
  }
  // A renewal that fails is tried again; the work itself meets the same fault and throws it.
  const renewal = setInterval(() => {
    renewLease(db, LEASE, owner, LEASE_MS, clock).catch(() => undefined);
  }, LEASE_MS / 3);
  try {
    return await runAll(db, clock, migrations ?? (await loadMigrations()));
  } finally {
    clearInterval(renewal);
    await releaseLease(db, LEASE, owner);
  }
}

/** Names of migrations that are not applied yet; empty when the store is up to date. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const applied = nativeCollection<{ _id: string }>(db, 'migrations');
  const done = new Set((await applied.find({}).toArray()).map((found) => found._id));
  return (await loadMigrations()).map(({ name }) => name).filter((name) => !done.has(name));
}
