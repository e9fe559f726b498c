import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemClock } from './clock.ts';

/** Files that a process left which was killed while it wrote. */
const ABANDONED_MS = 3_600_000;

async function syncDirectory(path: string): Promise<void> {
  // Not every share lets a directory be synced; the rename itself is whole on all of them.
  const directory = await open(path, 'r').catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}

async function sweep(unfinished: string): Promise<void> {
  for (const name of await readdir(unfinished)) {
    const path = join(unfinished, name);
    const written = await stat(path).catch(() => undefined);
    if (written && systemClock.now().getTime() - written.mtimeMs > ABANDONED_MS)
      await rm(path, { force: true });
  }
}

/**
 * Puts a file in place whole: who looks into the folder sees the file with all its bytes, or none of it, whatever is
 * killed. It is written in `<folder>/.unfinished` first; the folder itself must be there.
 * @throws NodeJS.ErrnoException
 */
export async function placeFile(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const unfinished = join(folder, '.unfinished');
  await stat(folder);
  await mkdir(unfinished, { recursive: true });
  const path = join(unfinished, `${basename(name)}.${randomUUID()}`);
  const file = await open(path, 'wx', 0o640);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(path, join(folder, basename(name)));
  await syncDirectory(folder);
  await sweep(unfinished);
}
