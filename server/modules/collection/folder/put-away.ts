import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { RuleError } from '../../../lib/errors.ts';

export interface Verdict {
  readonly where: 'done' | 'failed';
  /** Names the folder and the file: the same for a repeat of the same move. */
  readonly at: { readonly day: string; readonly prefix: string };
  /** What is written beside the file. */
  readonly result: object;
  /** Workbook of the refused rows. */
  readonly problems?: Buffer;
}

/** Room for prefix, number and `.problems.xlsx` within the 255 bytes of a file name. */
const NAME_BYTES = 200;

function shortened(name: string): string {
  const extension = extname(name).slice(0, 20);
  let stem = name.slice(0, name.length - extname(name).length);
  while (Buffer.byteLength(stem + extension) > NAME_BYTES) stem = stem.slice(0, -1);
  return stem + extension;
}

/** Agencies read what is written; nobody else. */
const MODE = 0o640;

/** Whole or not at all. */
async function write(path: string, content: string | Buffer): Promise<void> {
  const temporary = join(path, '..', `.${randomBytes(8).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', MODE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function makeFolder(...parts: readonly [string, ...string[]]): Promise<string> {
  const path = join(...parts);
  await mkdir(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  if (!(await lstat(path)).isDirectory()) {
    throw new RuleError('COLLECT_FOLDER_MISSING', { folder: parts.slice(1).join('/') });
  }
  return path;
}

/**
 * Moves a file to `done/<day>` or `failed/<day>`, under a name that is not taken there, with a result file beside it.
 * The result comes first: a file that has been moved has one. One caller at a time for a folder.
 */
export async function putAway(folder: string, name: string, verdict: Verdict): Promise<void> {
  const { where, at, result, problems } = verdict;
  await makeFolder(folder, where);
  const target = await makeFolder(folder, where, at.day);
  const short = shortened(name);
  let base = join(target, `${at.prefix}-${short}`);
  for (let n = 2; await exists(base); n += 1) base = join(target, `${at.prefix}-${String(n)}-${short}`);
  if (problems) await write(`${base}.problems.xlsx`, problems);
  await write(`${base}.result.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  await rename(join(folder, name), base);
}

/** Removes marks: of a file that has gone, or that nobody will use. */
export async function removeMarks(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true });
}
