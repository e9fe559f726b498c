import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { graphql } from 'graphql';
import type { Role } from '../../../server/auth/roles.ts';
import { makeViewer, systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import { connectDb } from '../../../server/db/connect.ts';
import { holdLease } from '../../../server/modules/collection/held-lease.ts';
import { requestContext } from '../../../server/graphql/request-context.ts';
import { createSchema } from '../../../server/graphql/schema.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { credit } from '../../support/cli.ts';
import { testDatabaseUri } from '../../support/store.ts';
import { collectionOf, csvFile, rowOf } from '../feed/feeds.ts';
import { FEED, setSource } from './sources.ts';

const SAVE = `mutation ($input: SaveCollectionSourceInput!) {
  saveCollectionSource(input: $input) {
    source { id code name feed agency { name } kind settings hasSecret everyMinutes enabled failures lagSeconds }
    errors { code path message }
  }
}`;
const LIST = `query { collectionSources { code settings hasSecret error errorText lastRun { state } } }`;
const RUNS = `query ($source: String) {
  collectionRuns(source: $source, first: 5) { edges { node { id state trigger rows { read inserted } } } }
}`;

describe('collection over GraphQL', function () {
  this.timeout(60_000);
  let context: TestContext;
  const schema = createSchema();

  before(async () => {
    context = await testContext();
  });
  after(() => context.close());

  const viewerWith = (role: Role): Viewer =>
    makeViewer({ kind: 'account', accountId: 'a', username: 'u', roles: [role], sectors: [] });
  const ask = async (role: Role, source: string, variableValues: object = {}) => {
    const { app } = context;
    const contextValue = requestContext(app, { viewer: viewerWith(role), requestId: 'r', log: app.log });
    return graphql({ schema, source, variableValues: variableValues as never, contextValue });
  };
  const field = <T>(answer: Awaited<ReturnType<typeof ask>>, name: string): T => {
    expect(answer.errors).to.equal(undefined);
    return answer.data?.[name] as T;
  };
  interface Payload {
    readonly source: Record<string, unknown> | null;
    readonly run: { readonly id: string } | null;
    readonly errors: readonly {
      readonly code: string;
      readonly path: readonly string[];
      readonly message: string;
    }[];
  }
  const http = {
    code: 'tax-service',
    name: '税务接口',
    feed: FEED,
    kind: 'HTTP',
    settings: {
      url: 'http://127.0.0.1:1/list',
      auth: { type: 'BEARER' },
      paging: { by: 'CURSOR', param: 'c', next: 'next' },
    },
    secret: 'very-secret-token',
  };

  it('the centre makes a source; its secret is kept encrypted and never shown', async () => {
    const { source, errors } = field<Payload>(
      await ask('CENTER_OPERATOR', SAVE, { input: http }),
      'saveCollectionSource',
    );
    expect(errors).to.deep.equal([]);
    expect(source).to.deep.include({
      code: 'tax-service',
      kind: 'HTTP',
      hasSecret: true,
      everyMinutes: 60,
      enabled: true,
    });
    const doc = await collectionOf(context.app, 'collection_sources').findOne({});
    expect(JSON.stringify(doc)).not.to.contain('very-secret');
    expect(Buffer.from((doc?.['secret'] as { buffer: Uint8Array }).buffer).toString('latin1')).not.to.contain(
      'very-secret',
    );
    const all = await ask('AUDIT_ADMIN', LIST);
    expect(JSON.stringify(all)).to.contain('tax-service').and.not.to.contain('very-secret');
    const { nodes } = await context.app.audit.page(systemViewer, { first: 20 }, { action: 'collection:set' });
    expect(nodes).to.have.length(1);
    expect(JSON.stringify(nodes)).not.to.contain('very-secret');
  });

  it('a secret stays with its address, and is asked for anew for another one', async () => {
    const { secret: _secret, ...rest } = http;
    const kept = await ask('CENTER_OPERATOR', SAVE, { input: { ...rest, name: '税务' } });
    expect(field<Payload>(kept, 'saveCollectionSource').source).to.include({ name: '税务', hasSecret: true });
    const settings = { ...rest.settings, url: 'http://elsewhere.example/list' };
    const moved = await ask('CENTER_OPERATOR', SAVE, { input: { ...rest, settings } });
    expect(field<Payload>(moved, 'saveCollectionSource').errors[0]?.code).to.equal('SOURCE_SECRET_MISSING');
  });

  for (const [change, code] of [
    [{ code: 'A B' }, 'SOURCE_CODE_INVALID'],
    [{ name: ' ' }, 'SOURCE_NAME_INVALID'],
    [{ feed: 'nowhere/license' }, 'SOURCE_FEED_UNKNOWN'],
    [{ agency: '91620300MA0000001X' }, undefined],
    [{ everyMinutes: 0 }, 'SOURCE_EVERY_INVALID'],
    [{ settings: { url: 'x' } }, 'SOURCE_SETTINGS_INVALID'],
  ] as const) {
    it(`says what is wrong with ${Object.keys(change).join()}`, async () => {
      const answer = await ask('CENTER_OPERATOR', SAVE, { input: { ...http, ...change } });
      if (code === undefined) expect(JSON.stringify(answer)).to.match(/SOURCE_AGENCY_UNKNOWN|USCC/);
      else expect(field<Payload>(answer, 'saveCollectionSource').errors[0]?.code).to.equal(code);
    });
  }

  it('collects now, in the background, and shows runs; a failure is told in words', async () => {
    const now =
      'mutation ($input: CollectNowInput!) { collectNow(input: $input) { run { id state } errors { code } } }';
    const started = field<Payload>(
      await ask('CENTER_OPERATOR', now, { input: { code: 'tax-service' } }),
      'collectNow',
    );
    expect(started.run).to.include({ state: 'RUNNING' });
    await context.app.collection.idle();
    const [source] = field<Record<string, unknown>[]>(
      await ask('CENTER_OPERATOR', LIST),
      'collectionSources',
    );
    expect(source).to.deep.include({ error: 'COLLECT_UNREACHABLE', lastRun: { state: 'FAILED' } });
    expect(source?.['errorText']).to.contain('无法连接');
    const runs = field<{ edges: { node: object }[] }>(
      await ask('AUDIT_ADMIN', RUNS, { source: 'tax-service' }),
      'collectionRuns',
    );
    expect(runs.edges[0]?.node).to.include({ trigger: 'MANUAL', state: 'FAILED' });
    const node = 'query ($id: ID!) { node(id: $id) { ... on CollectionRun { state } } }';
    expect((await ask('CENTER_OPERATOR', node, { id: started.run?.id })).data?.['node']).to.deep.equal({
      state: 'FAILED',
    });
    const lease = await holdLease(context.app, 'collection:tax-service');
    const busy = field<Payload>(
      await ask('CENTER_OPERATOR', now, { input: { code: 'tax-service' } }),
      'collectNow',
    );
    expect(busy.errors[0]?.code).to.equal('COLLECT_BUSY');
    await lease?.release();
  });

  it('is switched off and on, and removed', async () => {
    const set = `mutation ($input: SetCollectionSourceEnabledInput!) {
      setCollectionSourceEnabled(input: $input) { source { enabled } errors { code } }
    }`;
    for (const enabled of [false, true]) {
      const answer = await ask('CENTER_OPERATOR', set, { input: { code: 'tax-service', enabled } });
      expect(field<Payload>(answer, 'setCollectionSourceEnabled').source).to.deep.equal({ enabled });
    }
    const remove =
      'mutation ($input: RemoveCollectionSourceInput!) { removeCollectionSource(input: $input) { code errors { code } } }';
    expect((await ask('CENTER_OPERATOR', remove, { input: { code: 'tax-service' } })).errors).to.equal(
      undefined,
    );
    expect((await ask('CENTER_OPERATOR', remove, { input: { code: 'tax-service' } })).errors).to.have.length(
      1,
    );
  });

  it('is for the centre alone', async () => {
    for (const role of ['AGENCY_MAKER', 'SYSTEM_ADMIN', 'BANK_MAKER'] as const) {
      expect((await ask(role, LIST)).errors, role).to.have.length(1);
      expect((await ask(role, SAVE, { input: http })).errors, role).to.have.length(1);
    }
    expect((await ask('AUDIT_ADMIN', SAVE, { input: http })).errors).to.have.length(1);
  });

  it('reading begins anew when the cursor would mean something else', async () => {
    const folder = { code: 'anew', kind: 'FOLDER', settings: { folder: 'anew' } } as const;
    await mkdir(join(context.directory, 'collect/anew'), { recursive: true });
    await setSource(context.app, folder);
    await context.app.collection.collect(systemViewer, 'anew');
    const cursor = async () => (await context.app.collection.sources.get(systemViewer, 'anew')).cursor;
    await setSource(context.app, { ...folder, settings: { folder: 'anew', quietSeconds: 5 } });
    expect(await cursor()).not.to.equal(undefined);
    await setSource(context.app, { ...folder, settings: { folder: 'other' } });
    expect(await cursor()).to.equal(undefined);
  });
});

describe('credit source and credit collect', function () {
  // Every command opens the store and closes it.
  this.timeout(120_000);
  const uri = testDatabaseUri();
  const settings: Record<string, string> = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DEMO_PASSWORD: 'demo-password-1',
    ...(uri === undefined ? {} : { MONGODB_URI: uri }),
  };
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'credit-collect-'));
    settings['DATA_DIR'] = join(directory, 'data');
    settings['COLLECT_DIR'] = join(directory, 'collect');
    await mkdir(join(directory, 'collect/inbox'), { recursive: true });
  });
  after(async () => {
    if (uri !== undefined) {
      const db = await connectDb(uri);
      await db.conn.dropDatabase();
      await db.close();
    }
    await rm(directory, { recursive: true, force: true });
  });

  const run = (...args: string[]) => credit(settings, ...args);
  const config = async (content: object): Promise<string> => {
    const path = join(directory, 'source.json');
    await writeFile(path, JSON.stringify(content));
    return path;
  };
  const SOURCE = {
    name: '收件箱',
    feed: FEED,
    kind: 'FOLDER',
    settings: { folder: 'inbox', quietSeconds: 0 },
  };

  it('sets, rehearses, collects and lists', async () => {
    expect((await run('source', 'set', 'inbox', '--config', await config(SOURCE))).code).to.equal(0);
    const rows = [rowOf('LICENSE', 1), { ...rowOf('LICENSE', 2), decidedOn: 'x' }];
    await writeFile(join(directory, 'collect/inbox/a.csv'), csvFile('LICENSE', rows));
    const rehearsed = await run('collect', '--source', 'inbox', '--dry-run', '--json');
    expect(JSON.parse(rehearsed.out)).to.deep.nested.include({
      'sources[0].state': 'DRY_RUN',
      'sources[0].rows.inserted': 1,
      'sources[0].rows.refused': 1,
    });
    const { code, out } = await run('collect', '--json');
    expect(code).to.equal(1);
    expect(JSON.parse(out)).to.deep.nested.include({
      'sources[0].state': 'DONE',
      'sources[0].rows.inserted': 1,
    });
    expect((await run('collect')).code).to.equal(0);
    expect((await run('source', 'list')).out).to.contain('inbox\tFOLDER\tmarket/license\t收件箱\t启用');
    expect((await run('source', 'disable', 'inbox')).out).to.contain('停用');
    expect((await run('collect')).errors).to.contain('没有启用的采集源');
  });

  it('says what is wrong and exits 2', async () => {
    expect((await run('source', 'set', 'x')).code).to.equal(2);
    expect((await run('source', 'set', 'x', '--config', '/nowhere.json')).errors).to.contain('/nowhere.json');
    const wrong = await config({ ...SOURCE, password: 'x' });
    expect((await run('source', 'set', 'bad', '--config', wrong)).errors).to.contain('password');
    const outside = await config({ ...SOURCE, settings: { folder: '../..' } });
    expect((await run('source', 'set', 'bad', '--config', outside)).errors).to.contain('采集设置有误');
    expect((await run('collect', '--source', 'nobody')).errors).to.contain('没有这个采集源');
    const gone = await config({ ...SOURCE, settings: { folder: 'gone' } });
    await run('source', 'set', 'gone', '--config', gone);
    const failed = await run('collect', '--source', 'gone', '--json');
    expect(failed.code).to.equal(2);
    expect(failed.out).to.contain('COLLECT_FOLDER_MISSING');
    expect((await run('source', 'remove', 'gone')).code).to.equal(0);
  });
});
