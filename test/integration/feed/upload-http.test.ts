import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { AppContext } from '../../../server/context.ts';
import { startServer, type RunningServer } from '../../../server/server.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { collectionOf, csvFile, filesUnder, rowOf } from './feeds.ts';

const PASSWORD = 'demo-password-1';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe('the upload door', () => {
  let context: TestContext;
  let app: AppContext;
  let server: RunningServer;
  let market: string;
  let tax: string;
  let n = 0;

  before(async () => {
    context = await testContext();
    ({ app } = context);
    server = await startServer(app, { jobs: true });
    [market, tax] = await Promise.all([login('agency-market'), login('agency-tax')]);
  });
  after(async () => {
    await server.stop();
    await context.close();
  });

  async function login(username: string): Promise<string> {
    const response = await fetch(`${server.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: PASSWORD }),
    });
    return ((await response.json()) as { accessToken: string }).accessToken;
  }

  const bearer = (token?: string): Record<string, string> =>
    token === undefined ? {} : { authorization: `Bearer ${token}` };

  async function upload(
    csv: string,
    path = 'market/license',
    token: string | undefined = market,
    field = 'file',
  ): Promise<Answer> {
    const form = new FormData();
    form.append(field, new Blob([csv]), '许可.csv');
    const response = await fetch(
      `${server.url}/feeds/${path}`.replace(/(\/[a-z]+\/[a-z]+)(\?|$)/, '$1/batches$2'),
      {
        method: 'POST',
        headers: bearer(token),
        body: form,
      },
    );
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  async function get(path: string, token: string | undefined = market): Promise<Answer> {
    const response = await fetch(server.url + path, { headers: bearer(token) });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  const codeIn = ({ status, body }: Answer): unknown[] => [
    status,
    (body['error'] as { code?: string } | undefined)?.code,
  ];
  const rows = (...changes: object[]) =>
    csvFile(
      'LICENSE',
      changes.map((each) => rowOf('LICENSE', (n += 1), each as never)),
    );

  it('takes a file, works it, and tells what became of the rows to who waits', async () => {
    const csv = rows({}, {}, { decidedOn: '昨天' });
    const { status, body } = await upload(csv);
    expect(status).to.equal(202);
    expect(body).to.deep.equal({ batchId: body['batchId'], status: 'RECEIVED' });
    const ended = await get(`/feeds/batches/${String(body['batchId'])}?wait=30`);
    expect(ended.body).to.deep.equal({
      batchId: body['batchId'],
      feed: 'market/license',
      status: 'PARTLY_INGESTED',
      rows: { read: 3, inserted: 2, updated: 0, unchanged: 0, conflict: 0, refused: 1 },
    });
    const again = await upload(csv);
    expect([again.status, again.body['duplicateOf']]).to.deep.equal([202, body['batchId']]);
    const replay = await upload(csv, 'market/license?again=true');
    expect(replay.body).not.to.have.property('duplicateOf');
    expect(replay.body['batchId']).not.to.equal(body['batchId']);
  });

  it('hands the problem workbook to the agency, and by a link that works once', async () => {
    const id = String((await upload(rows({ decidedOn: '昨天' }))).body['batchId']);
    await get(`/feeds/batches/${id}?wait=30`);
    const direct = await fetch(`${server.url}/feeds/batches/${id}/problems.xlsx`, {
      headers: bearer(market),
    });
    expect(direct.status).to.equal(200);
    expect(direct.headers.get('content-type')).to.include('spreadsheetml');
    expect(direct.headers.get('cache-control')).to.equal('no-store');
    expect(
      Buffer.from(await direct.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).to.equal('PK');
    const query =
      'mutation($id: ID!) { requestProblemWorkbook(input: { batchId: $id }) { url errors { code } } }';
    const ask = async (token: string) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer(token) },
        body: JSON.stringify({ query, variables: { id } }),
      });
      return (await response.json()) as {
        data: { requestProblemWorkbook: { url: string } } | null;
        errors?: { extensions: { code: string } }[];
      };
    };
    const url = (await ask(market)).data?.requestProblemWorkbook.url;
    const once = await fetch(server.url + String(url));
    expect([
      once.status,
      Buffer.from(await once.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ]).to.deep.equal([200, 'PK']);
    const twice = await fetch(server.url + String(url));
    expect(twice.status).to.equal(404);
    expect(await twice.text()).to.include('DOWNLOAD_NOT_FOUND');
    const foreign = await ask(tax);
    expect(JSON.stringify(foreign)).to.include('FEED_BATCH_NOT_FOUND').and.not.to.include('/downloads/');
  });

  it('tells nobody else that a batch exists', async () => {
    const id = String((await upload(rows({}))).body['batchId']);
    for (const path of [`/feeds/batches/${id}`, `/feeds/batches/${id}/problems.xlsx`]) {
      expect(codeIn(await get(path, tax))).to.deep.equal([404, 'FEED_BATCH_NOT_FOUND']);
      expect((await fetch(server.url + path)).status).to.equal(401);
      expect((await get(path.replace(id, 'f'.repeat(24)))).status).to.equal(404);
    }
    expect((await get('/feeds/batches/nonsense')).status).to.be.within(400, 404);
    expect((await get('/downloads/nonsense')).status).to.equal(404);
  });

  it('refuses who may not report here before the file is read', async () => {
    const before = await collectionOf(app, 'feed_batches').countDocuments({});
    const csv = rows({});
    const anonymous = await fetch(`${server.url}/feeds/market/license/batches`, {
      method: 'POST',
      body: new FormData(),
    });
    expect(anonymous.status).to.equal(401);
    expect(codeIn(await upload(csv, 'tax/license'))).to.deep.equal([404, 'FEED_UNKNOWN']);
    expect(codeIn(await upload(csv, 'market/nothing'))).to.deep.equal([404, 'FEED_UNKNOWN']);
    expect((await upload(csv, 'market/license', await login('firm'))).status).to.equal(403);
    const other = `market/license?agency=${app.sectors.bySlug('tax')?.agencyUscc ?? ''}`;
    expect(codeIn(await upload(csv, other))).to.deep.equal([404, 'FEED_UNKNOWN']);
    expect(await collectionOf(app, 'feed_batches').countDocuments({})).to.equal(before);
  });

  it('answers a bad form or a wrong file with 400 and a reason, and keeps nothing', async () => {
    const before = (await filesUnder(context.directory + '/files')).size;
    const send = async (body: string, type: string): Promise<Answer> => {
      const response = await fetch(`${server.url}/feeds/market/license/batches`, {
        method: 'POST',
        headers: { 'content-type': type, ...bearer(market) },
        body,
      });
      return { status: response.status, body: (await response.json()) as Answer['body'] };
    };
    const part = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n甲,乙\r\n1,';
    const bad: [string, Answer][] = [
      ['cut off', await send(part, 'multipart/form-data; boundary=x')],
      ['no boundary', await send('x', 'multipart/form-data')],
      ['not a form', await send('{}', 'application/json')],
      ['no file', await send('--x--\r\n', 'multipart/form-data; boundary=x')],
      ['wrong field', await upload(rows({}), 'market/license', market, 'upload')],
      ['wrong file', await upload('甲,乙\n1,2\n')],
      ['wrong feed', await upload(csvFile('PENALTY', [rowOf('PENALTY', 1)]))],
      ['empty', await upload('')],
    ];
    for (const [name, answer] of bad) {
      expect(answer.status, name).to.equal(400);
      expect((answer.body['error'] as { message: string }).message, name).to.match(/[\u4e00-\u9fff]/);
    }
    expect((await filesUnder(context.directory + '/files')).size).to.equal(before);
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    const before = (await filesUnder(context.directory + '/files')).size;
    const { port, hostname } = new URL(server.url);
    const request = httpRequest({
      port,
      hostname,
      method: 'POST',
      path: '/feeds/market/license/batches',
      headers: {
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': '100000',
        ...bearer(market),
      },
    });
    request.on('error', () => undefined);
    request.write(
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + rows({}, {}),
    );
    await sleep(150);
    request.destroy();
    for (
      let tries = 0;
      tries < 40 && (await filesUnder(context.directory + '/files')).size > before;
      tries += 1
    )
      await sleep(50);
    expect((await filesUnder(context.directory + '/files')).size).to.equal(before);
  });
});
