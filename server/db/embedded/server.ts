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

/** Serves one data directory on one socket path. */
export class StoreServer {
  private readonly engine: Engine;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly timers: NodeJS.Timeout[];
  private readonly path: string;

  constructor(directory: string, path: string, now: () => Date) {
    this.engine = new Engine(directory, now);
    this.path = path;
    this.server = createServer((socket) => this.serve(socket));
    this.timers = [
      setInterval(() => {
        this.engine.transactions.reap(now().getTime());
        this.engine.cursors.reap(now().getTime());
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

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await this.engine.close();
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    const framer = new Framer();
    // Commands of one connection are answered in their order.
    let turn: Promise<void> = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const bytes of framer.push(chunk)) {
          const message = readMessage(Buffer.from(bytes));
          turn = turn.then(() => this.answer(socket, message));
        }
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }

  private async answer(socket: Socket, message: Message): Promise<void> {
    const reply = await this.reply(message.body).catch(errorReply);
    if (message.silent || socket.destroyed) return;
    if (!socket.write(writeMessage(message, reply))) {
      await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
    }
  }

  private async reply(body: Doc): Promise<Doc> {
    const [name = ''] = Object.keys(body);
    const base = { name, body, db: String(body['$db'] ?? 'admin'), engine: this.engine };
    if (name === 'hello' || name === 'ismaster' || name === 'isMaster') {
      return hello(this.path, { ...base, transaction: undefined });
    }
    const request: Request = { ...base, transaction: this.transactionOf(name, body) };
    return runCommand(request);
  }

  private transactionOf(name: string, body: Doc): Request['transaction'] {
    const id = transactionId(body);
    if (id === undefined || name === 'commitTransaction' || name === 'abortTransaction') return undefined;
    return this.engine.transactions.get(id, body['startTransaction'] === true, this.engine.now().getTime());
  }

  /** Deletes what TTL indexes say is over, through the ordinary delete. */
  private async expire(): Promise<void> {
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
