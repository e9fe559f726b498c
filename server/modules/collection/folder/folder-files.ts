import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { RuleError } from '../../../lib/errors.ts';
import type { SeenFile } from './complete.ts';

/** Names beyond this are not listed in one run; they come in the next ones. */
const MOST_FILES = 10_000;

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/**
 * The path of a folder below `root`, no part of which is a link.
 * @param folder names joined by '/', as the settings have been checked
 * @throws RuleError COLLECT_FOLDER_MISSING
 */
export async function folderBelow(root: string, folder: string): Promise<string> {
  let path = root;
  for (const name of folder.split('/')) {
    path = join(path, name);
    if (!(await isFolder(path))) throw new RuleError('COLLECT_FOLDER_MISSING', { folder });
  }
  return path;
}

/** Regular files of a folder; links, folders and devices are left alone. */
export async function filesOf(folder: string): Promise<SeenFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: SeenFile[] = [];
  for (const entry of entries.filter((each) => each.isFile()).slice(0, MOST_FILES)) {
    const found = await lstat(join(folder, entry.name)).catch(() => undefined);
    if (!found?.isFile()) continue;
    files.push({ name: entry.name, size: found.size, modified: Math.trunc(found.mtimeMs) });
  }
  return files;
}

/**
 * The bytes of a file. The stream fails with COLLECT_FILE_CHANGED when the file is not the one that was seen, or
 * changes before its end: then nothing of it is kept.
 */
export function contentOf(folder: string, seen: SeenFile): Readable {
  return Readable.from(bytesOf(join(folder, seen.name), seen), { objectMode: false });
}

async function* bytesOf(path: string, { name, size, modified }: SeenFile): AsyncGenerator<Buffer> {
  const changed = (): RuleError => new RuleError('COLLECT_FILE_CHANGED', { file: name });
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ELOOP' || code === 'ENOENT' ? changed() : error;
  });
  try {
    const isSame = async (): Promise<boolean> => {
      const now = await file.stat();
      return now.isFile() && now.size === size && Math.trunc(now.mtimeMs) === modified;
    };
    if (!(await isSame())) throw changed();
    for await (const chunk of file.createReadStream({ autoClose: false })) yield chunk as Buffer;
    if (!(await isSame())) throw changed();
  } finally {
    await file.close();
  }
}
