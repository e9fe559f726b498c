import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

export interface EmbeddedStore {
  readonly uri: string;
  /** Stops the store if this process runs it; a store that another process runs is only left. */
  close(): Promise<void>;
}

/** Longer socket paths do not bind. */
const LONGEST_SOCKET_PATH = 100;
const OWNER_WAIT_MS = 15_000;
const RETRY_MS = 50;

/**
 * Opens the embedded store of a data directory: starts it in a worker thread, or uses the one that another process of
 * this machine runs on the same directory.
 * @throws Error when neither can be done within 15 s
 */
export async function openEmbedded(dataDir: string): Promise<EmbeddedStore> {
  if (process.platform === 'win32')
    throw new Error('the embedded store needs local sockets: set MONGODB_URI on Windows');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const directory = realpathSync(dataDir);
  const socketPath = socketOf(directory);
  const owner = join(directory, 'db.owner');
  const deadline = performance.now() + OWNER_WAIT_MS;
  while (performance.now() < deadline) {
    if (await answers(socketPath)) return { uri: uriOf(socketPath), close: () => Promise.resolve() };
    const token = takeOwnership(owner);
    if (token !== undefined) {
      rmSync(socketPath, { force: true });
      const close = await start(directory, socketPath);
      return {
        uri: uriOf(socketPath),
        async close() {
          await close();
          rmSync(socketPath, { force: true });
          if (readOwner(owner)?.token === token) rmSync(owner, { force: true });
        },
      };
    }
    await sleep(RETRY_MS);
  }
  throw new Error(`another process holds ${directory} but does not answer`);
}

function uriOf(socketPath: string): string {
  return `mongodb://${encodeURIComponent(socketPath)}/credit?directConnection=true&retryWrites=false`;
}

function socketOf(directory: string): string {
  const path = join(directory, 'db.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  const user = process.getuid?.() ?? 0;
  const runtime = join(tmpdir(), `credit-${String(user)}`);
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return join(runtime, `${createHash('sha256').update(directory).digest('hex').slice(0, 24)}.sock`);
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const done = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.setTimeout(2000, () => done(false));
  });
}

interface Owner {
  readonly pid: number;
  readonly token: string;
  /** When the process started: a pid may be used again. */
  readonly started: string;
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** Start time of a process in clock ticks since boot, where the system tells it. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function alive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(pid) === started;
}

/**
 * Creates the owner file, whole and exclusively. One left behind by a process that has died is first moved aside under a
 * name of our own; should it turn out to be a fresh one (two processes found the dead one at once), it is put back.
 */
function takeOwnership(path: string): string | undefined {
  const token = randomBytes(8).toString('hex');
  const owner = readOwner(path);
  if (owner && !alive(owner)) {
    const aside = `${path}.${token}`;
    try {
      renameSync(path, aside);
      if (readOwner(aside)?.token !== owner.token) linkSync(aside, path);
    } catch {
      return undefined;
    } finally {
      rmSync(aside, { force: true });
    }
  }
  const draft = `${path}.new-${token}`;
  try {
    writeFileSync(
      draft,
      JSON.stringify({ pid: process.pid, token, started: startOf(process.pid) } satisfies Owner),
      { mode: 0o600 },
    );
    linkSync(draft, path);
    return token;
  } catch {
    return undefined;
  } finally {
    rmSync(draft, { force: true });
  }
}

async function start(directory: string, socketPath: string): Promise<() => Promise<void>> {
  const worker = new Worker(new URL('./worker-entry.mjs', import.meta.url), {
    workerData: { directory, socketPath },
    execArgv: [],
    name: 'embedded-store',
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the embedded store ended with ${String(code)}`)));
  });
  worker.unref();
  return async () => {
    worker.ref();
    await new Promise<void>((resolve) => {
      worker.once('message', () => resolve());
      worker.once('exit', () => resolve());
      worker.postMessage('close');
    });
    await worker.terminate();
  };
}
