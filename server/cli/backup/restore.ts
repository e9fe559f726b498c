import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { ConfigError, loadConfig, type Config } from '../../config/config.ts';
import { claimDirectory, OWNER_FILE, RESTORE_MARKER } from '../../db/embedded/index.ts';
import { createCipher } from '../../lib/field-cipher.ts';
import { copyInto, digestOf, isAbsent, syncPath } from './files.ts';
import { CONTENT, readManifest, requireKeys, type Manifest } from './manifest.ts';

/** Where an earlier state of the data directory lies after a restore: inside, since a volume cannot be renamed. */
const ASIDE = /^before-restore-\d+$/;

/** What the marker says: which step a restore had come to. */
interface Progress {
  readonly step: 'ASIDE' | 'COPY';
  readonly aside?: string;
}

export interface RestoreInput {
  readonly dataDir: string;
  readonly folder: string;
  readonly force: boolean;
  /** The environment, as `loadConfig` takes it. */
  readonly settings: NodeJS.ProcessEnv;
  readonly now: Date;
  readonly onFile?: (done: number, of: number) => void;
}

export interface RestoreResult {
  readonly manifest: Manifest;
  /** Folder with what was there before. */
  readonly aside?: string;
}

/** The secrets the restored store will be read with: those of the backup where it has any, else the environment's. */
function configFor({ settings, dataDir }: RestoreInput, manifest: Manifest, content: string): Config {
  return manifest.secrets === 'INCLUDED'
    ? loadConfig({ ...settings, DATA_DIR: content })
    : loadConfig({ ...settings, DATA_DIR: dataDir, NODE_ENV: 'production' });
}

function requireSecrets(input: RestoreInput, manifest: Manifest, content: string): void {
  let config: Config;
  try {
    config = configFor(input, manifest, content);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Error(`请用环境变量给出备份时的密钥：${error.faults.join('; ')}`, { cause: error });
  }
  const { secrets, oldFieldKeys, cryptoSuite: suite } = config;
  const { fieldKey, hashKey } = secrets;
  requireKeys(manifest, createCipher({ fieldKey, hashKey, oldFieldKeys, suite }));
}

/** Reads every file of the backup once. @throws Error when one is missing or not what the manifest says */
async function requireWhole({ files }: Manifest, content: string, input: RestoreInput): Promise<void> {
  for (const [i, { path, size, sha256 }] of files.entries()) {
    const found = await digestOf(join(content, path)).catch((error: unknown) => {
      if (isAbsent(error)) throw new Error(`备份不完整，缺少 ${path}`, { cause: error });
      throw error;
    });
    if (found.size !== size || found.sha256 !== sha256)
      throw new Error(`备份中的 ${path} 与清单不符，已损坏或被改动`);
    input.onFile?.(i + 1, files.length * 2);
  }
}

function requireApart(dataDir: string, folder: string): void {
  const inside = (a: string, b: string): boolean => a === b || a.startsWith(b + sep);
  if (inside(dataDir, folder) || inside(folder, dataDir))
    throw new Error('备份文件夹和数据文件夹（DATA_DIR）必须分开');
}

async function progressOf(dataDir: string): Promise<Progress | undefined> {
  try {
    return JSON.parse(await readFile(join(dataDir, RESTORE_MARKER), 'utf8')) as Progress;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Written whole: a marker that cannot be read would stand in the way for good. */
async function note(dataDir: string, progress: Progress): Promise<void> {
  const draft = join(dataDir, `${RESTORE_MARKER}.draft`);
  await writeFile(draft, JSON.stringify(progress), { mode: 0o600, flush: true });
  await rename(draft, join(dataDir, RESTORE_MARKER));
  await syncPath(dataDir);
}

/** What lies in the data directory, without what restores keep there themselves. */
async function contentOf(dataDir: string): Promise<string[]> {
  const own = [OWNER_FILE, RESTORE_MARKER, `${RESTORE_MARKER}.draft`];
  return (await readdir(dataDir)).filter(
    (name) => !ASIDE.test(name) && !own.includes(name) && !/^db\.(sock|owner\..*)$/.test(name),
  );
}

async function moveAside(dataDir: string, aside: string): Promise<void> {
  await mkdir(join(dataDir, aside), { recursive: true, mode: 0o700 });
  for (const name of await contentOf(dataDir)) await rename(join(dataDir, name), join(dataDir, aside, name));
}

/**
 * Brings a backup back into a data directory. Everything is checked before anything is touched. Broken off, it leaves
 * a marker that keeps every store from being opened there; run again it goes on.
 * @throws Error in the words of the user
 */
export async function restore(input: RestoreInput): Promise<RestoreResult> {
  const folder = await realpath(resolve(input.folder)).catch(() => resolve(input.folder));
  const content = join(folder, CONTENT);
  const manifest = await readManifest(folder);
  const place = await stat(input.dataDir).catch(() => undefined);
  if (place && !place.isDirectory()) throw new Error(`DATA_DIR 不是文件夹：${input.dataDir}`);
  const dataDir = place ? await realpath(input.dataDir) : input.dataDir;
  requireApart(dataDir, folder);
  await requireWhole(manifest, content, input);
  requireSecrets(input, manifest, content);
  const giveFree = claimDirectory(dataDir);
  if (!giveFree) throw new Error('服务或其他命令正在使用这个数据文件夹，请先停止');
  try {
    const before = await progressOf(dataDir);
    const occupied = (await contentOf(dataDir)).length > 0;
    if (!before && occupied && !input.force)
      throw new Error(`数据文件夹不是空的：${dataDir}。加上 --force 会把原有内容移到一旁，不会删除`);
    const aside =
      before?.aside ?? (!before && occupied ? `before-restore-${String(input.now.getTime())}` : undefined);
    const kept = aside === undefined ? {} : { aside };
    if (before?.step !== 'COPY') {
      await note(dataDir, { step: 'ASIDE', ...kept });
      if (aside !== undefined) await moveAside(dataDir, aside);
      await note(dataDir, { step: 'COPY', ...kept });
    }
    // Only a restore that was broken off here has left anything.
    for (const name of await contentOf(dataDir)) await rm(join(dataDir, name), { recursive: true });
    await copyAll(manifest, content, dataDir, input);
    await rm(join(dataDir, RESTORE_MARKER));
    return { manifest, ...(aside === undefined ? {} : { aside: join(dataDir, aside) }) };
  } finally {
    giveFree();
    if (!existsSync(join(dataDir, RESTORE_MARKER))) await syncPath(dataDir);
  }
}

async function copyAll(
  { files }: Manifest,
  content: string,
  dataDir: string,
  { onFile }: RestoreInput,
): Promise<void> {
  for (const [i, { path, sha256 }] of files.entries()) {
    const copied = await copyInto(content, dataDir, path);
    if (copied?.sha256 !== sha256) throw new Error(`备份中的 ${path} 在恢复过程中被改动，请重新运行`);
    onFile?.(files.length + i + 1, files.length * 2);
  }
  const folders = new Set(files.map(({ path }) => join(dataDir, path, '..')));
  for (const folder of folders) await syncPath(folder);
}
