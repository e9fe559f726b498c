import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, type Clock } from '../lib/clock.ts';
import { Callbacks } from './callbacks.ts';
import { CallerError } from './caller-error.ts';
import { FaultDraw, NO_FAULTS, type Faults } from './faults.ts';
import { answerHeld } from './held-door.ts';
import { Journal } from './journal.ts';
import { Ledger, type PushedItem } from './ledger.ts';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Asked of every caller; also the key of the signed receipts. */
  readonly token: string;
  readonly faults?: Faults;
  readonly seed?: string;
  readonly journal?: string;
  readonly clock?: Clock;
  /** How long a slow answer waits, a late receipt, and a connection whose answer got lost. */
  readonly slowMs?: number;
  readonly lateMs?: number;
  readonly cutMs?: number;
}

export interface Simulator {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BODY = 64 * 1024 * 1024;

interface Push {
  readonly batch: string;
  readonly callback?: string;
  readonly items: readonly PushedItem[];
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new CallerError(413, 'TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isItem(item: unknown): item is PushedItem {
  const { itemId, key, contentHash, operation, agency, kind } = (item ?? {}) as Record<string, unknown>;
  const isName = (value: unknown): boolean => value === undefined || typeof value === 'string';
  return (
    isName(agency) &&
    isName(kind) &&
    typeof itemId === 'string' &&
    typeof key === 'string' &&
    typeof contentHash === 'string' &&
    (operation === 'INSERT' || operation === 'UPDATE')
  );
}

function pushOf(body: Buffer): Push {
  let push: Partial<Record<keyof Push, unknown>>;
  try {
    push = JSON.parse(body.toString('utf8')) as typeof push;
  } catch {
    throw new CallerError(400, 'NOT_JSON');
  }
  const { batch, callback, items } = push;
  if (typeof batch !== 'string' || !/^[\w-]{1,100}$/.test(batch)) throw new CallerError(400, 'BATCH_INVALID');
  if (!Array.isArray(items) || items.length === 0 || !items.every(isItem)) {
    throw new CallerError(400, 'ITEMS_INVALID');
  }
  return { batch, items, ...(typeof callback === 'string' ? { callback } : {}) };
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * A stand-in for a province's platform: `POST /batches` takes a batch once per token, `GET /batches/<token>` tells
 * what became of it, `/held` what the platform holds. Faults are drawn from the seed; the journal is on disk before
 * an answer leaves.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const clock = options.clock ?? systemClock;
  const draw = new FaultDraw(options.faults ?? NO_FAULTS, options.seed ?? '1');
  const ledger = new Ledger(draw);
  const journal = await Journal.open(options.journal, (line) => ledger.replay(line));
  const callbacks = new Callbacks(clock, options.token);
  const started = clock.now().getTime();
  const lateMs = options.lateMs ?? 1500;
  const wanted = Buffer.from(`Bearer ${options.token}`);

  const known = (request: IncomingMessage): boolean => {
    const given = Buffer.from(request.headers.authorization ?? '');
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };

  const push = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { batch, callback, items } = pushOf(await bodyOf(request));
    const repeated = ledger.knows(batch);
    // A fault must not hit the same batch for ever, so it is drawn anew for every request.
    requests += 1;
    if (!repeated && draw.happens('http-500', `${batch}/${String(requests)}`))
      throw new CallerError(500, 'SIM_FAULT');
    await journal.append(ledger.take(batch, items, clock.now(), lateMs));
    ledger.keep(batch);
    if (!repeated && callback !== undefined) {
      callbacks.schedule(callback, batch, ledger.lateReceipts(batch), lateMs);
    }
    if (draw.happens('slow', `${batch}/${String(requests)}`)) await sleep(options.slowMs ?? 400);
    if (!repeated && ledger.losesAnswer(batch)) {
      await sleep(options.cutMs ?? 1000);
      request.socket.destroy();
      return;
    }
    reply(response, 200, { batch, results: ledger.answer(batch, repeated) });
  };
  let requests = 0;

  const status = (response: ServerResponse, token: string): void => {
    const results = ledger.status(token, clock.now());
    if (results) reply(response, 200, { batch: token, results });
    else reply(response, 404, { code: 'BATCH_UNKNOWN' });
  };

  /** A listing may be slow or fail; what it says is never a part of the truth. */
  const held = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    requests += 1;
    const what = `held/${String(requests)}`;
    if (draw.happens('http-500', what)) throw new CallerError(500, 'SIM_FAULT');
    const answer = answerHeld(
      ledger.holdings,
      url,
      request.method === 'POST' ? await bodyOf(request) : undefined,
    );
    if (draw.happens('slow', what)) await sleep(options.slowMs ?? 400);
    reply(response, 200, answer);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (draw.isDown(clock.now().getTime() - started)) {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://sim');
    const { pathname } = url;
    if (!known(request)) throw new CallerError(401, 'UNAUTHORIZED');
    const token = /\/batches\/([\w-]{1,100})$/.exec(pathname)?.[1];
    if (request.method === 'GET' && token !== undefined) status(response, token);
    else if (request.method === 'POST' && pathname.endsWith('/batches')) await push(request, response);
    else if (/\/held(\/|$)/.test(pathname)) await held(request, response, url);
    else throw new CallerError(404, 'NO_SUCH_ADDRESS');
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return;
      if (error instanceof CallerError) reply(response, error.status, { code: error.code });
      else reply(response, 500, { code: 'INTERNAL' });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async close() {
      await callbacks.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await journal.close();
    },
  };
}
