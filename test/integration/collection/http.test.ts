import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import express from 'express';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { CLIENT, startAgencyService, TOKEN, type AgencyService } from '../../support/agency-service.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { listening } from '../../support/doors.ts';
import { range } from '../feed/feeds.ts';
import { collect, namedRow, numberOf, setSource, stored } from './sources.ts';

describe('collection from an HTTP service', function () {
  this.timeout(60_000);
  let context: TestContext;
  let service: AgencyService;
  let code: string;
  let n = 0;

  before(async () => {
    context = await testContext();
  });
  after(() => context.close());
  beforeEach(async () => {
    service = await startAgencyService();
    n += 1000;
    code = `http-${String(n)}`;
  });
  afterEach(() => service.close());

  const add = (by: 'cursor' | 'window', count: number) => {
    const updatedAt = new Date().toISOString();
    const numbers = range(count).map(() => (n += 1));
    service.rows[by].push(...numbers.map((id) => ({ ...namedRow(id), id, updatedAt })));
    return numbers;
  };
  const cursorSource = (more: object = {}, secret = TOKEN) =>
    setSource(context.app, {
      code,
      kind: 'HTTP',
      settings: {
        url: `${service.url}/cursor`,
        auth: { type: 'BEARER' },
        items: 'data.items',
        newest: 'updatedAt',
        paging: { by: 'CURSOR', param: 'cursor', next: 'data.next' },
        ...more,
      },
      secret,
    });
  const run = () => collect(context.app, code);
  const have = async (numbers: readonly number[]) => {
    const all = await stored(context.app);
    return numbers.filter((number) => all.has(numberOf(number))).length;
  };

  it('follows a cursor, and goes on behind it the next time', async () => {
    const numbers = add('cursor', 23);
    await cursorSource();
    expect(await run()).to.deep.include({ state: 'DONE', batches: 3, duplicates: 0, cursorAfter: '20' });
    expect(await have(numbers)).to.equal(23);
    numbers.push(...add('cursor', 2));
    service.asked.splice(0);
    expect((await run()).rows).to.include({ inserted: 2, unchanged: 3 });
    expect(service.asked).to.deep.equal([{ cursor: '20' }]);
    expect((await run()).duplicates).to.equal(1);
    expect(await have(numbers)).to.equal(25);
    const { newestAt, lagSeconds } = await context.app.collection.sources.get(systemViewer, code);
    expect(newestAt?.toISOString()).to.equal(service.rows.cursor.at(-1)?.updatedAt);
    expect(lagSeconds).to.be.a('number');
  });

  it('goes on where it broke off', async () => {
    const numbers = add('cursor', 30);
    await cursorSource();
    let pages = 0;
    service.onPage = () => {
      pages += 1;
      if (pages === 2) service.faults.push(...range(3).map(() => ({ status: 503 })));
    };
    expect(await run()).to.include({ state: 'FAILED', error: 'COLLECT_HTTP_STATUS', cursorAfter: '20' });
    service.asked.splice(0);
    expect((await run()).state).to.equal('DONE');
    expect(service.asked[0]).to.deep.equal({ cursor: '20' });
    expect(await have(numbers)).to.equal(30);
  });

  it('tries again where a fault passes', async () => {
    add('cursor', 3);
    await cursorSource();
    service.faults.push({ status: 502 }, { status: 429 });
    expect((await run()).rows.inserted).to.equal(3);
  });

  it('reads windows of the time of change with pages, and later changes once', async () => {
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const numbers = add('window', 25);
    const paging = { by: 'WINDOW', from: 'from', to: 'to', since, page: 'page', overlapSeconds: 60 };
    await cursorSource({ url: `${service.url}/window`, items: 'items', paging });
    expect((await run()).rows).to.include({ inserted: 25, updated: 0 });
    const changed = numbers[7] ?? 0;
    const at = service.rows.window.findIndex(({ id }) => id === changed);
    service.rows.window[at] = {
      ...namedRow(changed, { validTo: '2031-01-01' }),
      id: changed,
      updatedAt: new Date().toISOString(),
    };
    expect((await run()).rows).to.include({ updated: 1, inserted: 0 });
    const revisions = await stored(context.app);
    expect(numbers.map((number) => revisions.get(numberOf(number)))).to.deep.equal(
      numbers.map((number) => (number === changed ? 2 : 1)),
    );
  });

  for (const credentials of ['BASIC', 'BODY'] as const) {
    it(`logs in as a client (${credentials}), and again when the token ends before its time`, async () => {
      const auth = {
        type: 'CLIENT_CREDENTIALS',
        tokenUrl: `${service.url}/token`,
        clientId: CLIENT.id,
        credentials,
      };
      const numbers = add('cursor', 25);
      await cursorSource({ auth }, CLIENT.secret);
      service.onPage = () => service.forget();
      expect((await run()).state).to.equal('DONE');
      expect(await have(numbers)).to.equal(25);
      await cursorSource({ auth }, 'wrong');
      expect(await run()).to.include({ state: 'FAILED', error: 'COLLECT_DENIED' });
    });
  }

  it('can ask by POST, with fixed parameters', async () => {
    add('cursor', 1);
    await cursorSource({ method: 'POST', params: { size: '10' } });
    expect((await run()).rows.inserted).to.equal(1);
    expect(service.asked).to.deep.equal([{ size: '10' }]);
  });

  for (const [what, answer, expected] of [
    ['a wrong token', undefined, 'COLLECT_DENIED'],
    ['a page that is gone', { status: 404 }, 'COLLECT_HTTP_STATUS'],
    ['a redirect', { status: 302 }, 'COLLECT_HTTP_STATUS'],
    ['an answer that is no JSON', { status: 200, body: '<html>' }, 'COLLECT_ANSWER_INVALID'],
    ['a failure with status 200', { status: 200, body: '{"code":500,"msg":"x"}' }, 'COLLECT_ANSWER_INVALID'],
    [
      'rows of something else',
      { status: 200, body: '{"data":{"items":[{"a":1,"b":2,"c":3}]}}' },
      'FILE_OTHER_FEED',
    ],
  ] as const) {
    it(`says what is wrong: ${what}`, async () => {
      add('cursor', 1);
      await cursorSource({}, answer ? TOKEN : 'wrong');
      if (answer) service.faults.push(answer);
      expect(await run()).to.include({ state: 'FAILED', error: expected, batches: 0 });
    });
  }

  describe('where the service hangs', () => {
    let hung: { url: string; close(): Promise<void> };
    let asked: Promise<void>;

    beforeEach(async () => {
      let ask = (): void => undefined;
      asked = new Promise((resolve) => (ask = resolve));
      hung = await listening(express().use(() => ask()));
      await cursorSource({ url: `${hung.url}/cursor` });
    });
    afterEach(() => hung.close());

    it('can be stopped, which is no failure of the source', async () => {
      const stop = new AbortController();
      const running = context.app.collection.collect(systemViewer, code, { signal: stop.signal });
      await asked;
      stop.abort();
      expect(await running).to.include({ state: 'FAILED', error: 'COLLECT_STOPPED' });
      expect((await context.app.collection.sources.get(systemViewer, code)).failures).to.equal(0);
      add('cursor', 2);
      await cursorSource();
      expect((await run()).rows.inserted).to.equal(2);
    });

    it('holds up no other source', async () => {
      const { collection } = context.app;
      const slow = code;
      code = `${code}-b`;
      add('cursor', 3);
      await cursorSource();
      const other = code;
      await collection.startDue();
      await asked;
      const stateOf = async (source: string) => (await collection.lastRun(systemViewer, source))?.state;
      while ((await stateOf(other)) !== 'DONE') await sleep(20);
      expect(await stateOf(slow)).to.equal('RUNNING');
      await hung.close();
      await collection.idle();
      expect(await stateOf(slow)).to.equal('FAILED');
    });
  });

  it('says that nobody answers', async () => {
    await cursorSource({ url: 'http://127.0.0.1:1/cursor' });
    expect(await run()).to.include({ state: 'FAILED', error: 'COLLECT_UNREACHABLE' });
  });
});
