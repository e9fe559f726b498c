import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { anonymousViewer, systemViewer } from '../../../server/auth/viewer.ts';
import { usccOf } from '../../../server/generate/identity.ts';
import { startServer, type RunningServer } from '../../../server/server.ts';
import { testContext, type TestContext } from '../../support/app.ts';

const PASSWORD = 'demo-password-1';
const HEADER = 'UNI_SOCIAL_CRD_CD,COMP_NM,REG_STATE,LEGAL_REPRE,APPR_DT';
const EXPORT = '企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址';
const code = (n: number): string => usccOf('91', '620300', n);

describe('the upload door of the register', () => {
  let context: TestContext;
  let server: RunningServer;

  before(async () => {
    context = await testContext();
    server = await startServer(context.app, { jobs: false });
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

  async function upload(username: string | undefined, csv: string, query = '', field = 'file') {
    const form = new FormData();
    form.append(field, new Blob([csv]), '日表.csv');
    const headers = username === undefined ? {} : { authorization: `Bearer ${await login(username)}` };
    const url = `${server.url}/subjects/registrations${query}`;
    const response = await fetch(url, { method: 'POST', headers, body: form });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body, code: (body['error'] as { code?: string } | undefined)?.code };
  }

  it('takes the daily table of the registry’s agency and tells what became of every row', async () => {
    const lines = [
      `${code(1)},示例一商贸有限公司,存续,王一,2026-03-01`,
      `${code(2)},示例二商贸有限公司,停业,李二,2026-03-01`,
      `${code(3)},示例三商贸有限公司,注销,赵三,`,
    ];
    const csv = [HEADER, ...lines].join('\n');
    const { status, body } = await upload('agency-market', csv, '?day=2026-03-02');
    expect(status).to.equal(200);
    expect(body['rows']).to.include({ read: 3, inserted: 2, refused: 1 });
    expect(body['problems']).to.deep.equal([
      {
        row: 3,
        column: '登记状态',
        code: 'SUBJECT_STATUS_UNKNOWN',
        message: '登记状态应为：存续、吊销未注销、吊销已注销、注销、撤销、迁出、其他',
      },
    ]);
    expect(await context.app.subjects.get(anonymousViewer, code(3))).to.include({
      statusSince: '2026-03-02',
    });
    const again = await upload('agency-market', csv, '?day=2026-03-02');
    expect(again.body['rows']).to.include({ inserted: 0, updated: 0, unchanged: 2 });
  });

  it('takes the columns of a subject’s name before and after, also over GraphQL', async () => {
    await upload('agency-market', `${HEADER}\n${code(1)},示例壹商贸有限公司,存续,王一,2026-04-01`);
    const query = `{ subject(uscc: "${code(1)}") {
      name status formerNames { name until } changes(first: 1) { edges { node { kind day before after } } }
    } }`;
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data } = (await response.json()) as { data: Record<string, unknown> };
    expect(data['subject']).to.deep.equal({
      name: '示例壹商贸有限公司',
      status: '存续',
      formerNames: [{ name: '示例一商贸有限公司', until: '2026-04-01' }],
      changes: {
        edges: [
          {
            node: {
              kind: 'NAME',
              day: '2026-04-01',
              before: '示例一商贸有限公司',
              after: '示例壹商贸有限公司',
            },
          },
        ],
      },
    });
  });

  it('refuses other agencies, whole exports from an agency, and what is no form', async () => {
    const csv = `${HEADER}\n${code(1)},示例一商贸有限公司,存续,王一,2026-03-01`;
    const whole = `${EXPORT}\n示例九厂,${code(9)},2010-05-06,厂,N/A,零售,示例,示例,路1号`;
    expect((await upload('agency-tax', csv)).code).to.equal('FORBIDDEN');
    expect((await upload(undefined, csv)).status).to.equal(401);
    expect((await upload('agency-market', whole)).code).to.equal('SUBJECT_FILE_HEADER');
    expect((await upload('center', whole)).body['rows']).to.include({ inserted: 1 });
    expect((await upload('agency-market', csv, '?day=2026-02-30')).code).to.equal('SUBJECT_DATE_INVALID');
    expect((await upload('agency-market', csv, '?day=2999-01-01')).code).to.equal('SUBJECT_DAY_TO_COME');
    expect((await upload('agency-market', csv, '', 'other')).code).to.equal('UPLOAD_FORM_INVALID');
    expect(await context.app.subjects.get(systemViewer, code(9))).to.include({ name: '示例九厂' });
  });

  it('answers where it takes nothing of a long file', async () => {
    const { status, code: fault } = await upload('agency-market', `甲,乙\n${'一,二\n'.repeat(500_000)}`);
    expect([status, fault]).to.deep.equal([400, 'SUBJECT_FILE_HEADER']);
  });

  it('keeps what came of a file whose sender went away, and takes it whole the next time', async () => {
    const lines = Array.from(
      { length: 3000 },
      (_, i) => `${code(20_000 + i)},示例第${String(i)}店,存续,王一,2026-03-01`,
    );
    const csv = [HEADER, ...lines].join('\n');
    const token = await login('agency-market');
    const request = httpRequest(`${server.url}/subjects/registrations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=x' },
    });
    const gone = new Promise((resolve) => request.on('error', resolve));
    const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
    request.write(head + csv.slice(0, csv.length - 20));
    await sleep(300);
    request.destroy();
    await gone;
    const { status, body } = await upload('agency-market', csv);
    expect(status).to.equal(200);
    const { inserted = 0, unchanged = 0 } = body['rows'] as Record<string, number>;
    expect(inserted + unchanged).to.equal(3000);
    const { nodes } = await context.app.subjects.search(anonymousViewer, '第2999店', { first: 5 });
    expect(nodes).to.have.lengthOf(1);
  });

  it('takes a file in GB18030 that is longer than what tells its encoding', async () => {
    const { default: iconv } = await import('iconv-lite');
    const lines = Array.from(
      { length: 2500 },
      (_, i) => `${code(10_000 + i)},示例第${String(i)}商行,在业,王一,2026-03-01`,
    );
    const form = new FormData();
    const bytes = iconv.encode([HEADER, ...lines].join('\n'), 'gb18030');
    form.append('file', new Blob([new Uint8Array(bytes)]), '日表.csv');
    const response = await fetch(`${server.url}/subjects/registrations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await login('agency-market')}` },
      body: form,
    });
    const { rows } = (await response.json()) as { rows: Record<string, number> };
    expect(rows).to.include({ read: 2500, inserted: 2500, refused: 0 });
    expect(await context.app.subjects.get(anonymousViewer, code(12_499))).to.include({
      name: '示例第2499商行',
    });
  });
});
