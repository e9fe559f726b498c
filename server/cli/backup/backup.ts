import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNTS_FILE } from '../../bootstrap.ts';
import { SECRETS_FILE } from '../../config/secrets.ts';
import type { AppContext } from '../../context.ts';
import { connectDb } from '../../db/connect.ts';
import { backupCommand, openEmbedded } from '../../db/embedded/index.ts';
import { acquireLease, releaseLease, renewLease } from '../../db/lease.ts';
import { copyInto, digestOf, storedFiles, syncPath } from './files.ts';
import { CONTENT, MANIFEST, sealedProof, signed, type BackupFile, type Manifest } from './manifest.ts';

/** Lies in a backup that is not finished: what it holds may be thrown away and made anew. */
const MARKER = 'backup.incomplete';
const STORE_FILE = 'store/data.mdb';
const LEASE = 'backup';
const LEASE_MS = 15_000;

export interface BackupResult {
  readonly manifest: Manifest;
  /** Files that batches name and the data directory does not hold: the store was damaged before. */
  readonly missing: number;
}

function within(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer + sep);
}

async function prepare(target: string, dataDir: string): Promise<void> {
  if (within(target, dataDir) || within(dataDir, target))
    throw new Error('备份文件夹不能在数据文件夹之内，也不能包含它');
  await mkdir(target, { recursive: true, mode: 0o700 });
  const present = await readdir(target);
  const unfinished = present.includes(MARKER) && !present.includes(MANIFEST);
  if (present.length > 0 && !unfinished) throw new Error(`文件夹不是空的：${target}`);
  await writeFile(join(target, MARKER), '', { mode: 0o600 });
  await rm(join(target, CONTENT), { recursive: true, force: true });
  await mkdir(join(target, CONTENT), { mode: 0o700 });
}

/** Opens the copy: proves that it can be opened, and tells what is in it. */
async function readCopy(
  content: string,
): Promise<{ collections: Record<string, number>; blobs: Set<string> }> {
  const store = await openEmbedded(content);
  const db = await connectDb(store.uri, () => store.close());
  try {
    const database = db.conn.getClient().db(db.conn.name);
    const collections: Record<string, number> = {};
    for (const { name } of await database.listCollections({}, { nameOnly: true }).toArray())
      collections[name] = await database.collection(name).estimatedDocumentCount();
    const blobs = new Set<string>();
    const batches = database.collection('feed_batches').find({}, { projection: { blobKey: 1 } });
    for await (const { blobKey } of batches) blobs.add(String(blobKey));
    return { collections, blobs };
  } finally {
    await db.close();
    await rm(join(content, 'store', 'lock.mdb'), { force: true });
  }
}

async function versionOfProgram(): Promise<string> {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}

/**
 * Writes a backup of the embedded store while it is being used: first the store as of one moment, then the files, so
 * that every file the store names is in it. The manifest comes last; without it a backup is none.
 * @throws Error in the words of the user when the folder is in use or cannot be written
 */
export async function backup(
  app: AppContext,
  folder: string,
  onFile: (files: number) => void = () => undefined,
): Promise<BackupResult> {
  const { db, clock, cipher, config } = app;
  const target = resolve(folder);
  const content = join(target, CONTENT);
  const owner = randomUUID();
  for (let tries = 0; !(await acquireLease(db, LEASE, owner, LEASE_MS, clock)); tries += 1) {
    // Longer than the lease of a backup that was killed.
    if (tries * 500 > LEASE_MS + 2000) throw new Error('另一个备份正在进行');
    await sleep(500);
  }
  const renewal = setInterval(() => {
    renewLease(db, LEASE, owner, LEASE_MS, clock).catch(() => undefined);
  }, LEASE_MS / 3);
  try {
    await prepare(target, config.dataDir);
    const createdAt = clock.now().toISOString();
    await db.conn
      .getClient()
      .db('admin')
      .command(backupCommand(join(content, 'store')));
    const { collections, blobs } = await readCopy(content);
    const files: BackupFile[] = [];
    const take = async (path: string): Promise<boolean> => {
      const copied = await copyInto(config.dataDir, content, path);
      if (copied) files.push(copied);
      onFile(files.length);
      return copied !== undefined;
    };
    for await (const path of storedFiles(config.dataDir)) {
      if (await take(path)) blobs.delete(path.slice(path.lastIndexOf('/') + 1));
    }
    const included = await take(SECRETS_FILE);
    await take(ACCOUNTS_FILE);
    await syncPath(join(content, STORE_FILE));
    files.push({ path: STORE_FILE, ...(await digestOf(join(content, STORE_FILE))) });
    const manifest = signed(
      {
        createdAt,
        version: await versionOfProgram(),
        secrets: included ? 'INCLUDED' : 'ENVIRONMENT',
        collections,
        files,
        sealed: sealedProof(cipher),
      },
      cipher,
    );
    await finish(target, manifest);
    return { manifest, missing: blobs.size };
  } finally {
    clearInterval(renewal);
    await releaseLease(db, LEASE, owner);
  }
}

async function finish(target: string, manifest: Manifest): Promise<void> {
  const draft = join(target, `${MANIFEST}.draft`);
  await writeFile(draft, `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600, flush: true });
  await syncPath(join(target, CONTENT));
  await rename(draft, join(target, MANIFEST));
  await rm(join(target, MARKER));
  await syncPath(target);
}
