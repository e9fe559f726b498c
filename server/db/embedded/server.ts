import { createServer, type Server, type Socket } from 'node:net';
import { Int32, type Doc } from './bson.ts';
import { runCommand } from './commands/index.ts';
import { hello } from './commands/diagnostics.ts';
import { transactionId } from './commands/session.ts';
import { Engine, type Request } from './engine.ts';
import { MongoError } from './error.ts';
import { Framer, readMessage, writeMessage, type Message } from './wire.ts';

const REAP_EVERY_MS = 5000;
const TTL_EVERY_MS = 60_000;
/** How long a close waits for answers under way. */
const CLOSE_WAIT_MS = 2000;

/** Serves one data directory on one socket path. */
export class StoreServer {
  private readonly engine: Engine;
  private readonly server: Server;
  /** Connections, each with the answer under way. */
  private readonly sockets = new Map<Socket, Promise<void>>();
  private readonly timers: NodeJS.Timeout[];
  private readonly path: string;

  private expiring = false;
  private closing = false;

  constructor(directory: string, path: string, now: () => Date) {
    this.engine = new Engine(directory, now);
    this.path = path;
    this.server = createServer((socket) => this.serve(socket));
    this.timers = [
      setInterval(() => {
        this.engine.transactions.reap(performance.now());
        this.engine.cursors.reap(performance.now());
      }, REAP_EVERY_MS),
      setInterval(() => void this.expire(), TTL_EVERY_MS),
    ];
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.path, () => resolve());
    });
  }

  /** Answers what has arrived, then lets go of the files. */
  async close(): Promise<void> {
    this.closing = true;
    for (const timer of this.timers) clearInterval(timer);
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    for (const socket of this.sockets.keys()) socket.pause();
    const answered = Promise.all(this.sockets.values());
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, CLOSE_WAIT_MS))]);
    // The engine first: who sees the connection end may open the files.
    await this.engine.close();
    for (const socket of this.sockets.keys()) socket.destroySoon();
    await closed;
  }

  private serve(socket: Socket): void {
    const framer = new Framer();
    // Commands of one connection are answered in their order.
    this.sockets.set(socket, Promise.resolve());
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const bytes of framer.push(chunk)) {
          const message = readMessage(bytes);
          const before = this.sockets.get(socket);
          this.sockets.set(
            socket,
            (before ?? Promise.resolve()).then(() => this.answer(socket, message)),
          );
        }
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.engine.transactions.endConnection(socket);
    });
  }

  private async answer(socket: Socket, message: Message): Promise<void> {
    let bytes: Buffer;
    try {
      bytes = writeMessage(message, await this.reply(message.body, socket));
    } catch (error) {
      bytes = writeMessage(message, errorReply(error));
    }
    if (socket.destroyed) {
      // It went away meanwhile; a transaction that this command began must not stay.
      if (!this.closing) this.engine.transactions.endConnection(socket);
      return;
    }
    if (!message.silent && !socket.write(bytes)) {
      await drained(socket);
    }
  }

  private async reply(body: Doc, socket: Socket): Promise<Doc> {
    const [name = ''] = Object.keys(body);
    const base = { name, body, db: String(body['$db'] ?? 'admin'), engine: this.engine };
    if (name === 'hello' || name === 'ismaster' || name === 'isMaster') {
      return hello(this.path, { ...base, transaction: undefined });
    }
    const transaction = this.transactionOf(name, body);
    if (transaction) transaction.connection = socket;
    return runCommand({ ...base, transaction });
  }

  private transactionOf(name: string, body: Doc): Request['transaction'] {
    const id = transactionId(body);
    if (id === undefined || name === 'commitTransaction' || name === 'abortTransaction') return undefined;
    return this.engine.transactions.get(id, body['startTransaction'] === true, performance.now());
  }

  /** Deletes what TTL indexes say is over, through the ordinary delete. */
  private async expire(): Promise<void> {
    if (this.expiring) return;
    this.expiring = true;
    for (const collection of [...this.engine.catalog.all()]) {
      for (const { spec } of collection.indexes) {
        if (spec.expireAfterSeconds === undefined) continue;
        const before = new Date(this.engine.now().getTime() - spec.expireAfterSeconds * 1000);
        const [field = ''] = Object.keys(spec.key);
        const body = {
          delete: collection.name,
          deletes: [{ q: { [field]: { $lte: before } }, limit: new Int32(0) }],
          ordered: false,
        };
        await runCommand({
          name: 'delete',
          body,
          db: collection.db,
          engine: this.engine,
          transaction: undefined,
        }).catch(() => undefined);
      }
    }
    this.expiring = false;
  }
}

function errorReply(error: unknown): Doc {
  if (error instanceof MongoError) {
    return {
      ok: 0,
      errmsg: error.message,
      code: new Int32(error.code),
      codeName: error.codeName,
      ...error.extra,
      ...(error.labels.length > 0 ? { errorLabels: [...error.labels] } : {}),
    };
  }
  const message = error instanceof Error ? error.message : 'unknown';
  return {
    ok: 0,
    errmsg: `internal error of the embedded store: ${message}`,
    code: new Int32(8),
    codeName: 'UnknownError',
  };
}

/** Until the socket takes more, or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}
