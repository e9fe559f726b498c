import { expect } from 'chai';
import express from 'express';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { receiptRoute } from '../../../server/http/receipt.route.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { sign, type SignatureHeaders } from '../../../server/lib/signature.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import {
  connectPlatform,
  SIM_TOKEN,
  startSim,
  testOutbox,
  type TestOutbox,
  wipe,
} from '../../support/upstream.ts';

describe('receipts by callback', () => {
  let store: TestDb;
  let sim: Simulator;
  let box: TestOutbox;
  let server: Server;
  let url: string;

  before(async () => {
    store = await testDb();
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });

  after(() => store.drop());

  beforeEach(async () => {
    await wipe(store.db);
    box = testOutbox(store.db);
    server = express().use(receiptRoute(box.outbox)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/upstream/province/receipts`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await box.outbox.close();
    await sim.close();
  });

  const post = async (body: string | Buffer, headers: Partial<SignatureHeaders>, to = url) => {
    const response = await fetch(to, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(headers.timestamp === undefined ? {} : { 'x-timestamp': headers.timestamp }),
        ...(headers.nonce === undefined ? {} : { 'x-nonce': headers.nonce }),
        ...(headers.signature === undefined ? {} : { 'x-signature': headers.signature }),
      },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    const answer = (await response.json()) as { applied?: number; error?: { code: string; message: string } };
    return { status: response.status, code: answer.error?.code, applied: answer.applied };
  };
  const signed = (body: string, key = SIM_TOKEN, now = new Date()) => sign(key, Buffer.from(body), now);

  /** Items that wait for receipts; answers their batch. */
  const waiting = async (n: number) => {
    sim = await startSim('lose-receipt=1');
    await connectPlatform(box.outbox, sim.url);
    const changes = box.records.make(n);
    await box.enqueue(changes);
    await box.outbox.deliverDue('province');
    expect((await box.outbox.counts('province')).SENT).to.equal(n);
    const batch = await store.db.conn.collection<{ _id: string }>('push_batches').findOne({});
    return { token: batch?._id ?? '', changes };
  };
  const bodyOf = (token: string, ids: readonly string[], result: string): string =>
    JSON.stringify({
      batch: token,
      results: ids.map((itemId) => ({ itemId, result, code: 'C1', message: '说明' })),
    });

  it('settle what the platform announced', async () => {
    sim = await startSim('late=1,duplicate-answer=0.5', { lateMs: 50 });
    await connectPlatform(box.outbox, sim.url, { callback: url });
    await box.enqueue(box.records.make(30));
    await box.outbox.deliverDue('province');
    for (let i = 0; i < 60 && (await box.outbox.counts('province')).CONFIRMED < 30; i += 1) await sleep(50);
    expect(await box.outbox.counts('province')).to.include({ CONFIRMED: 30, SENT: 0 });
  });

  it('count once, whatever is repeated, late or contradicts', async () => {
    const { token, changes } = await waiting(4);
    const ids = changes.map(({ recordId }) => `${recordId}:1`);
    const half = bodyOf(token, ids.slice(0, 2), 'accepted');
    expect(await post(half, signed(half))).to.include({ status: 200, applied: 2 });
    expect(await post(half, signed(half))).to.include({ status: 200, applied: 0 });
    const against = bodyOf(token, ids.slice(0, 3), 'refused');
    expect(await post(against, signed(against))).to.include({ status: 200, applied: 1 });
    expect(await box.outbox.counts('province')).to.include({ CONFIRMED: 2, REFUSED: 1, SENT: 1 });
    const rest = bodyOf(token, ids, 'accepted');
    expect(await post(rest, signed(rest))).to.include({ status: 200, applied: 1 });
    expect(await box.outbox.counts('province')).to.include({ CONFIRMED: 3, REFUSED: 1, SENT: 0 });
    const [first] = ids;
    const said = await box.outbox.receiptsOf(systemViewer, `province:${first ?? ''}`);
    expect(said.map(({ result }) => result)).to.deep.equal(['pending', 'accepted', 'refused', 'accepted']);
  });

  it('of a batch or item that never went there change nothing', async () => {
    const { token } = await waiting(1);
    const unknown = bodyOf('other', ['a:1'], 'accepted');
    expect(await post(unknown, signed(unknown))).to.include({ status: 200, applied: 0 });
    const foreign = bodyOf(token, ['a:1'], 'refused');
    expect(await post(foreign, signed(foreign))).to.include({ status: 200, applied: 0 });
    expect((await box.outbox.counts('province')).SENT).to.equal(1);
  });

  it('are turned away without a good signature, and count when it is right', async () => {
    const { token, changes } = await waiting(1);
    const body = bodyOf(token, [`${changes[0]?.recordId ?? ''}:1`], 'accepted');
    const good = signed(body);
    expect(await post(body, {})).to.include({ status: 401, code: 'SIGNATURE_MISSING' });
    expect(await post(body, signed(body, 'wrong'))).to.include({ status: 401, code: 'SIGNATURE_WRONG' });
    expect(await post(`${body} `, good)).to.include({ status: 401, code: 'SIGNATURE_WRONG' });
    const stale = signed(body, SIM_TOKEN, new Date(Date.now() - 301_000));
    expect(await post(body, stale)).to.include({ status: 401, code: 'SIGNATURE_STALE' });
    const elsewhere = url.replace('province', 'nowhere');
    expect(await post(body, good, elsewhere)).to.include({ status: 401, code: 'SIGNATURE_WRONG' });
    expect((await box.outbox.counts('province')).SENT).to.equal(1);
    expect(await post(body, good)).to.include({ status: 200, applied: 1 });
    expect(await post(body, good)).to.include({ status: 401, code: 'SIGNATURE_USED' });
  });

  it('that cannot be read get a clear error', async () => {
    await waiting(1);
    for (const body of ['', 'x', '{}', '{"batch":"b","results":[{"itemId":"a:1","result":"maybe"}]}']) {
      expect(await post(body, signed(body))).to.include({ status: 400, code: 'RECEIPT_INVALID' });
    }
    const { hostname, port, pathname } = new URL(url);
    const call = httpRequest({ method: 'POST', hostname, port, path: pathname });
    call.end(Buffer.alloc(9 * 1024 * 1024, 32));
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    expect(response.statusCode).to.equal(413);
    response.resume();
  });
});
