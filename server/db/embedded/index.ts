import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
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

/** Longer socket paths do not bind. */
const LONGEST_SOCKET_PATH = 100;
const OWNER_WAIT_MS = 15_000;
const RETRY_MS = 50;
const ANSWER_WAIT_MS = 2000;

/**
 * Opens the embedded store of a data directory: starts it in a worker thread, or uses the one that another process of
 * this machine runs on the same directory. When that one stops, this process takes over at the same address, so the
 * connections of the driver come back by themselves; commands under way at that moment fail with a network error.
 * @throws Error when neither can be done within 15 s
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
    this.ownerPath = join(directory, 'db.owner');
    this.socketPath = socketOfOwner(this.ownerPath) ?? socketOf(directory);
  }

  /** @throws Error when the store can neither be reached nor started within 15 s */
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
    this.pending = this.hold().catch((error: unknown) => {
      process.emitWarning(`embedded store: ${error instanceof Error ? error.message : 'lost'}`);
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
