import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { socketOfOwner, takeOwnership } from './owner.ts';

export interface EmbeddedStore {
  readonly uri: string;
  /** Stops the store if this process runs it; a store that another process runs is only left. */
  close(): Promise<void>;
}

/** While a file of this name lies in a data directory, what is there is half of a restore and no store is opened. */
export const RESTORE_MARKER = 'restore.incomplete';

/** The admin command that copies the whole store, consistent, into a folder that does not exist yet. */
export function backupCommand(folder: string): { readonly storeBackup: string } {
  return { storeBackup: folder };
}

/**
 * Keeps every store away from a data directory, for work on its files.
 * @returns how to give it free again; undefined when a process runs the store there
 */
export function claimDirectory(dataDir: string): (() => void) | undefined {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const directory = realpathSync(dataDir);
  return takeOwnership(ownerPathOf(directory), socketOf(directory));
}

function ownerPathOf(directory: string): string {
  return join(directory, OWNER_FILE);
}

/** Longer socket paths do not bind. */
const LONGEST_SOCKET_PATH = 100;
export const OWNER_FILE = 'db.owner';
/** On a busy machine the process that holds the directory takes long to start its store. */
const OWNER_WAIT_MS = 60_000;
const RETRY_MS = 50;
const AGAIN_MS = 1000;
const ANSWER_WAIT_MS = 2000;

/**
 * Opens the embedded store of a data directory: starts it in a worker thread, or uses the one that another process of
 * this machine runs on the same directory. When that one stops, this process takes over at the same address, so the
 * connections of the driver come back by themselves; commands under way at that moment fail with a network error.
 * @throws Error when neither can be done within a minute
 */
export async function openEmbedded(dataDir: string): Promise<EmbeddedStore> {
  if (process.platform === 'win32')
    throw new Error('the embedded store needs local sockets: set MONGODB_URI on Windows');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const holder = new Holder(realpathSync(dataDir));
  await holder.hold();
  return { uri: uriOf(holder.socketPath), close: () => holder.close() };
}

function uriOf(socketPath: string): string {
  return `mongodb://${encodeURIComponent(socketPath)}/credit?directConnection=true&retryWrites=false`;
}

function socketOf(directory: string): string {
  const path = join(directory, 'db.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  const user = process.getuid?.() ?? 0;
  const name = `${createHash('sha256').update(directory).digest('hex').slice(0, 24)}.sock`;
  const runtime = [tmpdir(), '/tmp']
    .map((parent) => join(parent, `credit-${String(user)}`))
    .find((folder) => Buffer.byteLength(join(folder, name)) <= LONGEST_SOCKET_PATH);
  if (runtime === undefined) throw new Error('no directory for temporary files has a short enough path');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(runtime);
  if (uid !== user || (mode & 0o077) !== 0)
    throw new Error(`${runtime} must be a directory of this user alone`);
  return join(runtime, name);
}

/** A connection to a store that answers; undefined when none does. */
function reach(socketPath: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.setTimeout(ANSWER_WAIT_MS, () => socket.destroy());
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
    socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
  });
}

/** Keeps the store of one directory within reach: runs it, or watches the process that does. */
class Holder {
  /** The address stays the same as long as this process uses it, whoever runs the store. */
  socketPath: string;
  private readonly directory: string;
  private readonly ownerPath: string;
  private stop: (() => Promise<void>) | undefined;
  /** A takeover under way. */
  private pending: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(directory: string) {
    this.directory = directory;
    this.ownerPath = ownerPathOf(directory);
    this.socketPath = socketOfOwner(this.ownerPath) ?? socketOf(directory);
  }

  /** @throws Error when the store can neither be reached nor started within a minute */
  async hold(): Promise<void> {
    const deadline = performance.now() + OWNER_WAIT_MS;
    while (!this.closed) {
      const watched = await reach(this.socketPath);
      if (watched) {
        this.watch(watched);
        return;
      }
      if (this.closed) return;
      const giveUp = takeOwnership(this.ownerPath, this.socketPath);
      if (giveUp) {
        this.refuseHalfRestore(giveUp);
        await this.run(giveUp);
        return;
      }
      if (performance.now() > deadline)
        throw new Error(`another process holds ${this.directory} but does not answer`);
      await sleep(RETRY_MS);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.pending;
    await this.stop?.();
  }

  private refuseHalfRestore(giveUp: () => void): void {
    if (!existsSync(join(this.directory, RESTORE_MARKER))) return;
    giveUp();
    throw new Error(
      `恢复没有完成，请重新运行 credit restore：a restore into ${this.directory} was broken off, run it again`,
    );
  }

  private watch(socket: Socket): void {
    socket.unref();
    socket.resume();
    socket.once('close', () => this.again());
    this.stop = () => {
      socket.destroy();
      return Promise.resolve();
    };
  }

  private async run(giveUp: () => void): Promise<void> {
    rmSync(this.socketPath, { force: true });
    try {
      const worker = await startWorker(this.directory, this.socketPath);
      const ended = new Promise<void>((resolve) => {
        worker.once('exit', () => {
          giveUp();
          this.again();
          resolve();
        });
      });
      this.stop = async () => {
        worker.ref();
        worker.postMessage('close');
        await ended;
      };
    } catch (error) {
      giveUp();
      throw error;
    }
  }

  /** What ran the store has ended without being asked to. */
  private again(): void {
    this.stop = undefined;
    if (this.closed) return;
    this.pending = this.hold().catch(async (error: unknown) => {
      process.emitWarning(`embedded store: ${error instanceof Error ? error.message : 'lost'}`);
      await sleep(AGAIN_MS);
      this.again();
    });
  }
}

async function startWorker(directory: string, socketPath: string): Promise<Worker> {
  const worker = new Worker(new URL('./worker-entry.mjs', import.meta.url), {
    workerData: { directory, socketPath },
    execArgv: [],
    name: 'embedded-store',
  });
  worker.on('error', (error) => process.emitWarning(`embedded store: ${String(error)}`));
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the embedded store ended with ${String(code)}`)));
  });
  worker.unref();
  return worker;
}
