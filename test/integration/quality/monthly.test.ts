import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, utils, type WorkBook } from '@e965/xlsx';
import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { startServer } from '../../../server/server.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { credit } from '../../support/cli.ts';
import type { NationalKind } from '../../support/feeds.ts';
import { movableClock } from '../../support/upstream.ts';
import { bring, centre, csvFile, rowOf, type Texts } from '../feed/feeds.ts';

/**
 * May 2023, written down by hand: per line the day a file came, its feed, and the decisions in it: their numbers and the
 * day they were made. `wrong` has a wrong code and no other fault, `changed` says something else of a decision that is
 * there, `person` is of a natural person.
 *
 * Seven working days of 4 May end on 12 May (6 May was worked), those of 15 May on 24 May.
 */
const MAY: readonly [
  day: string,
  feed: string,
  numbers: readonly number[],
  decidedOn: string,
  how?: string,
][] = [
  ['2023-05-08', 'tax/license', [1, 2, 3, 4, 5], '2023-05-04'],
  ['2023-05-10', 'transport/license', [21, 22, 23, 24], '2023-05-09'],
  ['2023-05-16', 'transport/license', [21], '2023-05-09', 'changed'],
  ['2023-05-18', 'culture/penalty', [51], '2023-05-17', 'person'],
  ['2023-05-19', 'culture/license', [41, 42, 43], '2023-05-18'],
  ['2023-05-22', 'culture/license', [41, 42, 43], '2023-05-18', 'again'],
  ['2023-05-22', 'culture/license', [44], '2023-05-19'],
  ['2023-05-25', 'tax/license', [6, 7], '2023-05-04'],
  ['2023-05-25', 'tax/license', [8], '2023-05-24', 'wrong'],
  ['2023-05-29', 'tax/license', [8], '2023-05-24'],
  ['2023-05-29', 'tax/penalty', [11, 12, 13], '2023-05-23'],
  ['2023-05-31', 'transport/penalty', [31, 32], '2023-05-15'],
  ['2023-05-31', 'transport/penalty', [33], '2023-05-30'],
  ['2023-06-02', 'culture/license', [45, 46], '2023-05-31'],
];

/** What the sheet must say, counted by hand: 产生、本单位公示、报送、未报送、依据、入库、市级公示, twice; way; problems. */
const EXPECTED: Readonly<Record<string, readonly (string | number | undefined)[]>> = {
  市税务局: [
    9,
    8,
    9,
    1,
    '涉密',
    8,
    8,
    undefined,
    undefined,
    3,
    undefined,
    undefined,
    3,
    3,
    '市信用平台',
    '迟报2件，疑问数据1行，错码1行',
  ],
  市交通运输局: [
    undefined,
    undefined,
    5,
    undefined,
    undefined,
    5,
    4,
    undefined,
    undefined,
    3,
    undefined,
    undefined,
    3,
    3,
    '市信用平台',
    '迟报2件',
  ],
  市文化广电和旅游局: [
    undefined,
    undefined,
    7,
    undefined,
    undefined,
    7,
    6,
    undefined,
    undefined,
    1,
    undefined,
    undefined,
    1,
    0,
    '市信用平台',
    '重复3行',
  ],
  合计数: [
    9,
    8,
    21,
    1,
    undefined,
    20,
    18,
    undefined,
    undefined,
    7,
    undefined,
    undefined,
    7,
    6,
    undefined,
    undefined,
  ],
};

function rowFor(kind: NationalKind, n: number, decidedOn: string, how?: string): Texts {
  const changes = {
    decidedOn,
    ...(kind === 'LICENSE' ? { validFrom: decidedOn } : {}),
    ...(how === 'wrong' ? { uscc: '91620300MA7B2C3D91' } : {}),
    ...(how === 'changed' ? { content: '准予变更' } : {}),
  };
  return rowOf(kind, n, changes, how === 'person' ? 'NATURAL_PERSON' : 'LEGAL_PERSON');
}

const lines = (book: WorkBook): unknown[][] =>
  utils.sheet_to_json<unknown[]>(book.Sheets[book.SheetNames[0] ?? ''] ?? {}, {
    header: 1,
    defval: undefined,
  });

describe('the monthly statistics of 双公示', function () {
  this.timeout(60_000);
  const clock = movableClock('2023-05-04T02:00:00Z');
  let context: TestContext;
  let app: AppContext;

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    for (const [day, feed, numbers, decidedOn, how] of MAY) {
      clock.forward(Date.parse(`${day}T10:00:00+08:00`) - clock.now().getTime());
      const kind = feed.endsWith('license') ? 'LICENSE' : 'PENALTY';
      const rows = numbers.map((n) => rowFor(kind, n, decidedOn, how));
      await bring(app, csvFile(kind, rows), { feed, fileName: `${day}.csv`, again: how === 'again' });
    }
    clock.forward(Date.parse('2023-06-05T10:00:00+08:00') - clock.now().getTime());
    const tax = await app.organizations.agencyOfSector('tax');
    await app.quality.duties.saveCounts(centre, [
      {
        agencyId: tax?.id ?? '',
        feed: 'tax/license',
        period: '2023-05',
        count: 9,
        published: 8,
        reason: '涉密',
        source: '审批系统',
      },
    ]);
  });
  after(() => context.close());

  const book = async () => read(await app.quality.monthly.workbook(systemViewer, '2023-05'));

  it('have the figures of a month counted by hand', async () => {
    const found = new Map(
      lines(await book()).map(([name, , ...cells]) => [
        String(name).replace(/^.*市(?=税|交|文)/, '市'),
        cells,
      ]),
    );
    const decisions = new Set(MAY.flatMap(([, feed, numbers]) => numbers.map((n) => `${feed} ${String(n)}`)));
    expect(decisions.size).to.be.at.least(20);
    for (const [name, cells] of Object.entries(EXPECTED)) {
      const own = Array.from({ length: 16 }, (_, i) => found.get(name)?.[i]);
      expect(own, name).to.deep.equal(cells);
    }
  });

  it('stand in the layout of the prefecture: title, note, header of two levels, sum, agencies', async () => {
    const { SheetNames, Sheets } = await book();
    const sheet = Sheets[SheetNames[0] ?? ''];
    expect(SheetNames).to.deep.equal(['双公示月报统计']);
    const merged = (sheet?.['!merges'] ?? []).map((range) => utils.encode_range(range));
    expect(merged).to.have.members(['A1:U1', 'A3:U3', 'C4:I4', 'J4:P4', 'A4:A5', 'B4:B5', 'Q4:Q5', 'R4:R5']);
    const text = (cell: string) => String((sheet?.[cell] as { v?: unknown } | undefined)?.v ?? '');
    expect(text('A1')).to.match(/双公示工作2023\/05-2023\/05数据统计表$/);
    expect(text('A3')).to.match(/^\*备注：/);
    expect(['A4', 'B4', 'C4', 'J4', 'Q4', 'R4', 'A6'].map(text)).to.deep.equal([
      '单位名称',
      '本单位公示网址',
      '行政许可',
      '行政处罚',
      '报送方式',
      '报送存在问题情况',
      '合计数',
    ]);
    const second = [
      '产生数量',
      '本单位公示数量',
      '报送数量',
      '未报送数量',
      '未报送依据',
      '有效入库数',
      '市级网站公示数量',
    ];
    expect([...'CDEFGHIJKLMNOP'].map((column) => text(`${column}5`))).to.deep.equal([...second, ...second]);
  });

  it('are downloaded by the centre alone', async () => {
    const server = await startServer(app, { jobs: false });
    try {
      const fetched = async (username: string | undefined, path: string) => {
        const login = await fetch(`${server.url}/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ username, password: 'demo-password-1' }),
        });
        const { accessToken } = (await login.json()) as { accessToken?: string };
        const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
        return fetch(server.url + path, { headers });
      };
      const answer = await fetched('center', '/statistics/monthly/2023-05.xlsx');
      expect(answer.status).to.equal(200);
      expect(lines(read(Buffer.from(await answer.arrayBuffer()))).length).to.be.greaterThan(10);
      expect((await fetched('agency-tax', '/statistics/monthly/2023-05.xlsx')).status).to.equal(403);
      expect((await fetch(`${server.url}/statistics/monthly/2023-05.xlsx`)).status).to.equal(401);
      expect((await fetched('center', '/statistics/monthly/2023-13.xlsx')).status).to.equal(400);
    } finally {
      await server.stop();
    }
  });

  it('are written by the command, and a wrong month is told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'credit-monthly-'));
    const settings = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DEMO_PASSWORD: 'demo-password-1',
      DATA_DIR: join(folder, 'data'),
      MONGODB_URI: '',
    };
    try {
      const out = join(folder, 'may.xlsx');
      const made = await credit(settings, 'quality', 'monthly', '--month', '2023-05', '--out', out);
      expect(made).to.include({ code: 0, errors: '' });
      const [, , , , , sum] = lines(read(await readFile(out)));
      expect(sum?.slice(0, 5)).to.deep.equal(['合计数', undefined, undefined, undefined, 0]);
      const wrong = await credit(settings, 'quality', 'monthly', '--month', '2023-5', '--out', out);
      expect([wrong.code, wrong.errors]).to.deep.equal([2, '“2023-5”不是有效的统计期']);
      expect((await credit(settings, 'quality')).code).to.equal(2);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
