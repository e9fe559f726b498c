import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { anonymousViewer, makeViewer, systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import {
  ForbiddenError,
  InputError,
  NotFoundError,
  RuleError,
  UnauthenticatedError,
} from '../../../server/lib/errors.ts';
import type { PlatformInput } from '../../../server/modules/outbox/index.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import {
  connectPlatform,
  movableClock,
  SIM_TOKEN,
  startSim,
  testOutbox,
  type TestOutbox,
  wipe,
} from '../../support/upstream.ts';

async function caught(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('platforms', () => {
  let store: TestDb;
  let sim: Simulator;
  let box: TestOutbox;
  const operator = makeViewer({ kind: 'account', accountId: '1', roles: ['CENTER_OPERATOR'], sectors: [] });
  const agency = makeViewer({ kind: 'account', accountId: '2', roles: ['AGENCY_MAKER'], sectors: ['tax'] });

  before(async () => {
    store = await testDb();
    testOutbox(store.db);
    await migrate(store.db, systemClock);
  });

  after(() => store.drop());

  beforeEach(async () => {
    await wipe(store.db);
    box = testOutbox(store.db);
    sim = await startSim();
  });

  afterEach(async () => {
    await box.outbox.close();
    await sim.close();
  });

  it('are known and disabled before they are set up', async () => {
    const platforms = await box.outbox.listPlatforms(operator);
    expect(platforms.map(({ code, enabled }) => [code, enabled])).to.deep.equal([
      ['province', false],
      ['second', false],
    ]);
  });

  it('show their settings, never their secrets', async () => {
    const callback = 'http://city.test/upstream/province/receipts';
    await box.outbox.setPlatform(operator, {
      code: 'province',
      url: sim.url,
      token: SIM_TOKEN,
      callback,
      callbackKey: 'k',
    });
    const [province] = await box.outbox.listPlatforms(operator);
    expect(province).to.include({ enabled: true, callback, url: `${sim.url}/`, batchSize: 500 });
    const stored = await store.db.conn.collection('platforms').findOne({});
    expect(JSON.stringify([province, stored])).not.to.include(SIM_TOKEN);
  });

  const bad: readonly (readonly [string, PlatformInput, string])[] = [
    ['an unknown code', { code: 'nation', url: 'http://p.test', token: 't' }, 'PLATFORM_UNKNOWN'],
    ['no address the first time', { code: 'province', token: 't' }, 'PLATFORM_URL_INVALID'],
    ['no token the first time', { code: 'province', url: 'http://p.test' }, 'PLATFORM_TOKEN_MISSING'],
    ['a folder that is not there', { code: 'province', url: 'file:///no/folder' }, 'PLATFORM_FOLDER_MISSING'],
    ['a file for a folder', { code: 'province', url: import.meta.url }, 'PLATFORM_FOLDER_MISSING'],
    ['a folder of another machine', { code: 'province', url: 'file://host/x' }, 'PLATFORM_URL_INVALID'],
    [
      'hours that are none',
      { code: 'province', url: 'http://p.test', token: 't', windows: ['25:00-26:00'] },
      'PLATFORM_WINDOW_INVALID',
    ],
    [
      'an address with a password',
      { code: 'province', url: 'http://a:b@p.test', token: 't' },
      'PLATFORM_URL_INVALID',
    ],
    [
      'a token with a line break',
      { code: 'province', url: 'http://p.test', token: 'a\nb' },
      'PLATFORM_TOKEN_MISSING',
    ],
    [
      'a batch of nothing',
      { code: 'province', url: 'http://p.test', token: 't', batchSize: 0 },
      'PLATFORM_BATCH_SIZE_INVALID',
    ],
    [
      'a callback that is no address',
      { code: 'province', url: 'http://p.test', token: 't', callback: 'x' },
      'PLATFORM_URL_INVALID',
    ],
  ];
  for (const [what, input, code] of bad) {
    it(`refuse ${what}`, async () => {
      const error = await caught(box.outbox.setPlatform(operator, input));
      expect(error).to.be.instanceOf(InputError).and.include({ code });
    });
  }

  it('are set, read and sent to by those who may', async () => {
    const input = { code: 'province', url: sim.url, token: SIM_TOKEN };
    expect(await caught(box.outbox.setPlatform(agency, input))).to.be.instanceOf(ForbiddenError);
    expect(await caught(box.outbox.listPlatforms(agency))).to.be.instanceOf(ForbiddenError);
    expect(await caught(box.outbox.page(agency, {}, { first: 10 }))).to.be.instanceOf(ForbiddenError);
    expect(await caught(box.outbox.page(anonymousViewer, {}, { first: 10 }))).to.be.instanceOf(
      UnauthenticatedError,
    );
    expect(await caught(box.outbox.resend(agency, 'province:a:1'))).to.be.instanceOf(ForbiddenError);
    expect(await caught(box.outbox.get(operator, 'province:a:1'))).to.be.instanceOf(NotFoundError);
    expect(await caught(box.outbox.deliverDue('second'))).to.be.instanceOf(NotFoundError);
  });

  it('take in what was stored before, and again what was missed meanwhile', async () => {
    const clock = movableClock();
    const city = testOutbox(store.db, { clock, records: box.records });
    const early = box.records.make(120);
    await connectPlatform(city.outbox, sim.url);
    expect((await city.outbox.counts('province')).PENDING).to.equal(120);
    // Written by a process that did not know yet.
    box.records.make(7);
    expect(await city.outbox.enqueueBacklog('province')).to.equal(0);
    clock.forward(66_000);
    expect(await city.outbox.enqueueBacklog('province')).to.equal(7);
    clock.forward(66_000);
    box.records.make(1);
    expect(await city.outbox.enqueueBacklog('province')).to.equal(0);
    expect((await city.outbox.counts('province')).PENDING).to.equal(127);
    const summary = await city.outbox.deliverDue('province', { drain: true });
    expect(summary.accepted).to.equal(127);
    expect(early).to.have.length(120);
    await city.outbox.close();
  });

  it('go on taking in where a process stopped', async () => {
    const changes = box.records.make(130);
    await connectPlatform(box.outbox, sim.url);
    const platforms = store.db.conn.collection('platforms');
    const middle = changes.map(({ recordId }) => recordId).sort()[64];
    await store.db.conn.collection('outbox_items').deleteMany({});
    await platforms.updateOne(
      {},
      { $set: { backlog: { id: 'x', pass: 1, at: new Date(0), after: middle } } },
    );
    const next = testOutbox(store.db, { records: box.records });
    expect(await next.outbox.enqueueBacklog('province')).to.equal(65);
    await next.outbox.close();
  });

  it('do not mind an item that is there already', async () => {
    await connectPlatform(box.outbox, sim.url);
    const changes = box.records.make(5);
    await box.enqueue(changes);
    await box.enqueue([...changes, ...box.records.make(1)]);
    expect((await box.outbox.counts('province')).PENDING).to.equal(6);
    expect((await box.outbox.deliverDue('province')).accepted).to.equal(6);
  });

  it('are paused after ten failures in a row and tried again by a question', async () => {
    await sim.close();
    const clock = movableClock();
    const city = testOutbox(store.db, { clock, records: box.records, options: { concurrency: 1 } });
    await connectPlatform(city.outbox, sim.url, { batchSize: 1 });
    for (let i = 0; i < 12; i += 1) await city.enqueue(box.records.make(1));
    const summary = await city.outbox.deliverDue('province');
    expect(summary).to.include({ sent: 10, accepted: 0, dead: 0, retry: 10 });
    const [paused] = await city.outbox.listPlatforms(systemViewer);
    expect(paused?.pausedUntil?.getTime()).to.equal(clock.now().getTime() + 30_000);
    clock.forward(29_000);
    expect((await city.outbox.deliverDue('province')).sent).to.equal(0);
    clock.forward(2000);
    expect((await city.outbox.deliverDue('province')).sent).to.equal(0);
    sim = await startSim('', { port: Number(new URL(sim.url).port) });
    clock.forward(61_000);
    expect((await city.outbox.deliverDue('province')).accepted).to.equal(12);
    const [back] = await city.outbox.listPlatforms(systemViewer);
    expect(back?.pausedUntil).to.equal(undefined);
    expect(back?.faults).to.equal(0);
    await city.outbox.close();
  });

  it('are sent to within moments of a commit by the dispatcher, whatever another platform does', async () => {
    const stop = new AbortController();
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const port = String((silent.address() as AddressInfo).port);
    await connectPlatform(box.outbox, sim.url);
    await connectPlatform(box.outbox, `http://127.0.0.1:${port}`, { code: 'second' });
    const other = testOutbox(store.db, { records: box.records, options: { requestMs: 3000 } });
    const running = other.outbox.startDispatcher({ signal: stop.signal });
    await other.enqueue(box.records.make(2));
    other.outbox.notify();
    // Without a bell, as from another process.
    await sleep(200);
    await box.enqueue(box.records.make(3));
    for (let i = 0; i < 60 && (await box.outbox.counts('province')).CONFIRMED < 5; i += 1) await sleep(50);
    expect((await box.outbox.counts('province')).CONFIRMED).to.equal(5);
    stop.abort();
    silent.closeAllConnections();
    silent.close();
    await running;
    await other.outbox.close();
  });

  it('that turn a batch down for one item get the others, and only that one is given up', async () => {
    let poison = '';
    const picky = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const { batch, items } = JSON.parse(text) as { batch: string; items: { itemId: string }[] };
        const results = items.map(({ itemId }) => ({ itemId, result: 'accepted' }));
        const turned = text.includes(poison);
        response.writeHead(turned ? 422 : 200).end(turned ? '' : JSON.stringify({ batch, results }));
      });
    });
    await new Promise<void>((resolve) => picky.listen(0, '127.0.0.1', resolve));
    const changes = box.records.make(40);
    poison = `${changes[17]?.recordId ?? ''}:1`;
    await connectPlatform(box.outbox, `http://127.0.0.1:${String((picky.address() as AddressInfo).port)}`);
    await box.enqueue([]);
    const summary = await box.outbox.deliverDue('province', { drain: true });
    expect(summary).to.include({ accepted: 39, dead: 1, retry: 0 });
    const { state, lastError } = await box.outbox.get(operator, `province:${poison}`);
    expect([state, lastError]).to.deep.equal(['DEAD', 'HTTP_422']);
    expect((await box.outbox.resend(operator, `province:${poison}`)).state).to.equal('PENDING');
    expect(await caught(box.outbox.resend(operator, `province:${poison}`))).to.be.instanceOf(RuleError);
    picky.closeAllConnections();
    picky.close();
  });

  it('list their items newest first, by state, kind and record, page by page', async () => {
    await connectPlatform(box.outbox, sim.url);
    await connectPlatform(box.outbox, sim.url, { code: 'second' });
    const old = box.records.make(30);
    const penalties = box.records.make(25, { kind: 'PENALTY' });
    await box.enqueue(old);
    await box.enqueue(penalties);
    await box.outbox.deliverDue('second');
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await box.outbox.page(
        operator,
        {},
        { first: 7, ...(after === undefined ? {} : { after }) },
      );
      seen.push(...page.nodes.map(({ id }) => id));
      after = page.hasNext ? page.cursors.at(-1) : undefined;
    } while (after !== undefined);
    expect(seen).to.have.length(110);
    expect(new Set(seen).size).to.equal(110);
    const [newest] = (await box.outbox.page(operator, {}, { first: 1 })).nodes;
    expect(newest?.kind).to.equal('PENALTY');
    const pending = await box.outbox.page(operator, { state: 'PENDING', kind: 'LICENSE' }, { first: 100 });
    expect(pending.nodes).to.have.length(30);
    expect(pending.nodes.every(({ platform }) => platform === 'province')).to.equal(true);
    const [some] = penalties;
    const ofRecord = await box.outbox.page(operator, { recordId: some?.recordId ?? '' }, { first: 10 });
    expect(ofRecord.nodes.map(({ state }) => state).sort()).to.deep.equal(['CONFIRMED', 'PENDING']);
  });
});
