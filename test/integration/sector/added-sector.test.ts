import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { anonymousViewer } from '../../../server/auth/viewer.ts';
import { addDays, civilDateOf } from '../../../server/lib/civil-date.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { usccOf } from '../../../server/generate/identity.ts';
import { aCity, type City } from '../../support/processes.ts';
import { readJournal, SIM_TOKEN, startSim } from '../../support/upstream.ts';

const AGENCY = usccOf('11', '629900', 4711);
const SECTOR = {
  slug: 'beekeeping',
  name: '养蜂',
  agencyName: '市养蜂管理站',
  agencyUscc: AGENCY,
  supplier: true,
  scheme: { name: '养蜂信用评价', grades: ['甲', '乙', '丙'] },
};
const catalogue = (code: string) => ({
  code,
  class: 9,
  legalBasis: '《示例养蜂条例》第三条',
  subjects: ['LEGAL_PERSON', 'INDIVIDUAL_BUSINESS'],
  disclosure: 'PUBLIC',
  cadence: 'YEARLY',
});
const GRADE = {
  kind: 'GRADE',
  name: '养蜂信用等级',
  catalogue: catalogue('BEE-GRADE'),
  columns: [
    { field: 'grade', options: ['甲', '乙', '丙'], synonyms: { 优: '甲' } },
    {
      field: 'hives',
      code: 'FXS',
      name: '蜂箱数',
      type: 'INTEGER',
      max: 10,
      require: 'R',
      disclosure: 'PUBLIC',
      least: '1',
    },
  ],
  examples: { evaluation: ['养蜂信用评价'], period: ['{year}'], hives: ['12'] },
};
const { catalogue: _none, ...UNLISTED } = { ...GRADE, name: '未编目' };

/** A sector nobody wrote code for goes the whole road: catalogue, workbook, generator, import, public, upstream. */
describe('a sector added as data alone', function () {
  this.timeout(240_000);

  let folder: string;
  let city: City;
  let simulator: Awaited<ReturnType<typeof startSim>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credit-sectors-'));
    await mkdir(join(folder, 'beekeeping'));
    const write = (name: string, content: object) =>
      writeFile(join(folder, 'beekeeping', name), JSON.stringify(content));
    await write('sector.json', SECTOR);
    await write('honey-grade.json', GRADE);
    await write('unlisted.json', UNLISTED);
    await write('license.json', { kind: 'LICENSE', name: '行政许可', catalogue: catalogue('BEE-LICENSE') });
    city = await aCity({ SECTORS_DIR: folder });
    simulator = await startSim('', { journal: join(folder, 'journal.ndjson') });
  });
  after(async () => {
    await simulator.close();
    await city.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(...args: string[]): Promise<{ code: number | null; said: unknown; out: string }> {
    const { code, out } = await city.credit(...args).ended;
    const line = out.split('\n').find((text) => text.startsWith('{'));
    return { code, said: line === undefined ? undefined : JSON.parse(line), out };
  }

  it('is listed, has a workbook, and is imported, refused, shown, pushed and reconciled', async () => {
    const { said } = await run('feeds', '--json');
    const own = (said as { feeds: { feed: string; agency: string }[] }).feeds.filter(({ feed }) =>
      feed.startsWith('beekeeping/'),
    );
    expect(own.map(({ feed }) => feed)).to.have.members([
      'beekeeping/honey-grade',
      'beekeeping/license',
      'beekeeping/unlisted',
    ]);
    expect(
      (await run('template', 'beekeeping/honey-grade', '--out', join(folder, 'grade.xlsx'))).code,
    ).to.equal(0);

    const set = ['--url', simulator.url, '--token', SIM_TOKEN, '--enabled', 'true'];
    expect((await run('platform', 'set', 'province', ...set)).code).to.equal(0);
    const firm = (n: number) => [`示例蜂业${String(n)}号`, usccOf('91', '629902', n)];
    const day = addDays(civilDateOf(systemClock.now()), -3);
    const header = '主体名称,统一社会信用代码,评价名称,评价年度,评价等级,蜂箱数,评定日期';
    const rows = [
      [...firm(1), '养蜂信用评价', '2024', '优', '12', day.replaceAll('-', '/')],
      [...firm(2), '养蜂信用评价', '2024', '乙', '3', day],
      [...firm(3), '养蜂信用评价', '2024', '丁', '0', day],
    ];
    const file = join(folder, '等级.csv');
    await writeFile(file, [header, ...rows.map((row) => row.join(','))].join('\n'));
    const imported = await run('import', file, '--feed', 'beekeeping/honey-grade', '--json');
    expect(imported.code).to.equal(1);
    expect(imported.said).to.deep.include({
      rows: { read: 3, inserted: 2, updated: 0, unchanged: 0, conflict: 0, refused: 1 },
    });
    const { problems } = imported.said as { problems: { column: string; code: string; message: string }[] };
    expect(problems.map(({ column, code }) => `${column}=${code}`)).to.have.members([
      '评价等级=FEED_OPTION_UNKNOWN',
      '蜂箱数=FEED_NUMBER_TOO_SMALL',
    ]);
    expect(problems.find(({ column }) => column === '评价等级')?.message).to.include('甲、乙、丙');

    const unlisted = await run('import', file, '--feed', 'beekeeping/unlisted', '--json');
    expect(unlisted.code).to.equal(2);
    expect(unlisted.out).to.include('FEED_NOT_IN_CATALOGUE');

    const pushed = await run('push', '--drain', '--json');
    expect(pushed.said).to.deep.include({ platform: 'province', accepted: 2, refused: 0, dead: 0 });
    expect(await readJournal(join(folder, 'journal.ndjson'))).to.have.lengthOf(2);
    const reconciled = await run('reconcile', '--platform', 'province', '--all', '--json');
    expect(reconciled.code).to.equal(0);
    expect((await run('verify', '--json')).code).to.equal(0);

    const app = await city.open();
    const shown = await app.publications.page(anonymousViewer, { uscc: firm(1)[1] as string }, { first: 5 });
    expect(shown.nodes.map(({ feed, documentNumber }) => [feed, documentNumber])).to.deep.equal([
      ['beekeeping/honey-grade', '养蜂信用评价 2024'],
    ]);
    const fields = shown.nodes[0]?.fields.map(({ name, value }) => `${name}：${value}`);
    expect(fields).to.include.members(['评价等级：甲', '蜂箱数：12', '评价机构：示例市养蜂管理站']);
  });
});
