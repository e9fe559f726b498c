import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BackupFile } from './manifest.ts';

export function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** Size and SHA-256 of a file; with `to` it is copied there as it is read (mode 0600, on disk when this resolves). */
export async function digestOf(path: string, to?: string): Promise<Omit<BackupFile, 'path'>> {
  const digest = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const sink =
    to === undefined
      ? new Writable({ write: (_chunk, _encoding, done) => done() })
      : createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(createReadStream(path), measure, sink);
  return { size, sha256: digest.digest('hex') };
}

/** Copies a file below another folder. @returns undefined when it is not there */
export async function copyInto(from: string, to: string, path: string): Promise<BackupFile | undefined> {
  const target = join(to, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    return { path, ...(await digestOf(join(from, path), target)) };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Names of the stored files `files/<2 digits>/<key>`; half-written ones lie elsewhere and are left out. */
export async function* storedFiles(dataDir: string): AsyncGenerator<string> {
  const folders = await readdir(join(dataDir, 'files')).catch(() => [] as string[]);
  for (const folder of folders.filter((name) => /^[0-9a-f]{2}$/.test(name)).sort()) {
    for (const key of (await readdir(join(dataDir, 'files', folder))).sort()) yield `files/${folder}/${key}`;
  }
}

/** Makes a file, or the names in a folder, survive a power cut. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
