import { expect } from 'chai';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { writePlainSheet } from '../../../server/lib/plain-sheet.ts';
import { toGlobalId } from '../../../server/graphql/global-id.ts';
import { agencyViewer } from '../feed/feeds.ts';

const TITLES = ['权力类别', '权力编码', '权力名称', '实施依据', '行政相对人类别'];
const ROWS = [
  ['行政许可', 'SC-001', '食品经营许可', '食品安全法第三十五条', '法人及非法人组织'],
  ['行政处罚', 'SC-002', '对未经许可经营的处罚', '食品安全法第一百二十二条', ''],
];

function sheetOf(rows: readonly (readonly string[])[], titles: readonly string[] = TITLES): Promise<Buffer> {
  return writePlainSheet({ name: '清单', columns: titles.map((title) => ({ title, width: 10 })), rows });
}

describe('lists of agencies as workbooks', function () {
  this.timeout(120_000);
  let app: TestApp;
  const tokens = new Map<string, string>();

  before(async () => {
    app = await startTestApp();
  });
  after(() => app.close());

  const authorization = async (username: string) => {
    if (!tokens.has(username)) {
      const response = await fetch(`${app.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password: app.password }),
      });
      tokens.set(username, ((await response.json()) as { accessToken: string }).accessToken);
    }
    return { authorization: `Bearer ${tokens.get(username) ?? ''}` };
  };
  const send = async (username: string, content: Buffer) => {
    const body = new FormData();
    body.append('file', new Blob([new Uint8Array(content)]), '清单.xlsx');
    const headers = await authorization(username);
    const response = await fetch(`${app.url}/power-lists/items`, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('come in, and go out as they came in', async () => {
    const { status, body } = await send('agency-market', await sheetOf(ROWS));
    expect(status).to.equal(200);
    const items = body['items'] as object[];
    expect(items[0]).to.deep.equal({
      kind: '行政许可',
      code: 'SC-001',
      name: '食品经营许可',
      legalBasis: '食品安全法第三十五条',
      counterpart: '法人及非法人组织',
    });
    const market = await agencyViewer(app.app, 'market');
    const { id } = await app.app.reference.entries.propose(market, {
      kind: 'POWER',
      value: { items },
      effectiveFrom: '2099-01-01',
    });
    const path = `${app.url}/power-lists/${toGlobalId('ReferenceEntry', id)}/items.xlsx`;
    const out = await fetch(path, { headers: await authorization('agency-market') });
    expect(out.status).to.equal(200);
    const again = await send('agency-market', Buffer.from(await out.arrayBuffer()));
    expect(again.body).to.deep.equal({ items });
    expect((await fetch(path, { headers: await authorization('agency-tax') })).status).to.equal(404);
    expect((await fetch(path)).status).to.equal(401);
  });

  it('are refused with the place of what is wrong', async () => {
    const noBasis = await send(
      'center',
      await sheetOf([ROWS[0] ?? [], ['行政许可', 'SC-003', '某许可', '', '']]),
    );
    expect(noBasis.status).to.equal(400);
    expect(noBasis.body['error']).to.deep.equal({
      code: 'REFERENCE_ITEM_INVALID',
      message: '第 3 行缺少或超长：实施依据',
      path: ['file'],
    });
    const enterprises = await send(
      'center',
      await sheetOf(
        [['甲公司', '1', '2', '3']],
        ['企业名称', '工商注册号', '组织机构代码', '统一社会信用代码'],
      ),
    );
    expect(enterprises.body['error']).to.include({ code: 'REFERENCE_ITEMS_HEADER' });
    expect((await send('center-checker', await sheetOf(ROWS))).status).to.equal(403);
  });
});
