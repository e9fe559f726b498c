import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { anonymousViewer, systemViewer } from '../../../server/auth/viewer.ts';
import { registrations } from '../../../server/cli/verify/kept-counts.ts';
import type { AppContext } from '../../../server/context.ts';
import { up } from '../../../server/db/migrations/20261128150000-date-former-names.ts';
import { usccOf } from '../../../server/generate/identity.ts';
import { civilDate } from '../../../server/lib/civil-date.ts';
import { fixedClock } from '../../../server/lib/clock.ts';
import { DomainError } from '../../../server/lib/errors.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { bring, collectionOf, csvFile, rowOf } from '../feed/feeds.ts';

const EXPORT = '企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址';
const DAILY =
  '统一社会信用代码,企业名称（字号名称）,登记状态（中文）,法定代表人(经营者姓名),核准日期（登记、吊销、注销日期）,住所（登记、个体户经营场所）,注册资本(资金数额),币种';
const code = (n: number): string => usccOf('91', '620300', n);
const daily = (n: number, name: string, status: string, day: string, who = '王一'): string =>
  `${code(n)},${name},${status},${who},${day},示例市新路1号,100.5,人民币`;

describe('registrations day by day', () => {
  let context: TestContext;
  let app: AppContext;
  let dir: string;
  let files = 0;

  before(async () => {
    context = await testContext({ clock: fixedClock('2026-11-25T02:00:00Z') });
    ({ app } = context);
    dir = await mkdtemp(join(tmpdir(), 'registrations-'));
  });
  after(async () => {
    await context.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function imported(header: string, lines: readonly string[], options = {}) {
    const path = join(dir, `${String((files += 1))}.csv`);
    await writeFile(path, [header, ...lines].join('\n'));
    return app.subjects.importFile(systemViewer, path, options);
  }
  const stored = () => collectionOf(app, 'subjects').find({}).sort({ _id: 1 }).toArray();
  const registered = () => collectionOf(app, 'subject_registrations').find({}).sort({ _id: 1 }).toArray();
  const wrong = async () => (await registrations.run(app, () => undefined))[0]?.faults;

  it('a firm is renamed: its records come in either name, and both lead to it', async () => {
    await imported(EXPORT, [
      `示例旧名商贸有限公司,${code(1)},2010-05-06,有限责任公司,N/A,零售,示例,示例,旧路1号`,
    ]);
    const day = [
      daily(1, '示例新名商贸有限公司', '存续（在营、开业、在册）', '2026-03-01 00:00:00'),
      daily(2, '示例第二商贸有限公司', '2', '2026/3/1'),
    ];
    const result = await imported(DAILY, day);
    expect(result.rows).to.include({ read: 2, inserted: 1, updated: 1, refused: 0 });
    expect(await app.subjects.get(anonymousViewer, code(1))).to.deep.include({
      name: '示例新名商贸有限公司',
      formerNames: [{ name: '示例旧名商贸有限公司', until: '2026-03-01' }],
      status: '存续',
      legalRepresentative: '王一',
      address: '示例市新路1号',
      scope: '零售',
      capital: { text: '100.5(万元人民币)', fen: 100_500_000n, currency: 'CNY' },
    });
    expect(await app.subjects.get(anonymousViewer, code(2))).to.deep.include({
      status: '吊销未注销',
      statusSince: '2026-03-01',
    });

    const rows = [
      rowOf('LICENSE', 1, { counterpartName: '示例旧名商贸有限公司' }),
      rowOf('LICENSE', 2, { counterpartName: '示例第二商贸有限公司' }),
    ];
    const batch = await bring(app, csvFile('LICENSE', rows));
    expect(batch.rows).to.include({ read: 2, inserted: 2, refused: 0 });
    const chunk = await collectionOf(app, 'feed_chunks').findOne({ batchId: batch._id });
    expect(chunk?.['warnings']).to.deep.equal([
      {
        seq: 1,
        faults: [
          {
            column: '行政相对人名称',
            code: 'FEED_FORMER_NAME',
            params: { name: '示例新名商贸有限公司' },
          },
        ],
      },
    ]);
    for (const text of ['旧名商贸', '新名商贸']) {
      const { nodes } = await app.subjects.search(anonymousViewer, text, { first: 5 });
      expect(nodes.map(({ uscc }) => uscc)).to.deep.equal([code(1)]);
    }
    expect(await wrong()).to.deep.equal([]);
  });

  it('the same file again changes nothing, also when two read it at once', async () => {
    const before = [await stored(), await registered()];
    const lines = [
      daily(1, '示例新名商贸有限公司', '存续', '2026-03-01'),
      daily(2, '示例第二商贸有限公司', '吊销未注销', '2026-03-01'),
    ];
    const results = await Promise.all([imported(DAILY, lines), imported(DAILY, lines)]);
    expect(results.map(({ rows }) => rows.unchanged)).to.deep.equal([2, 2]);
    expect([await stored(), await registered()]).to.deep.equal(before);

    const more = Array.from({ length: 30 }, (_, i) =>
      daily(100 + i, `示例第${String(i)}厂`, '存续', '2026-04-01'),
    );
    const twice = await Promise.all([imported(DAILY, more), imported(DAILY, more)]);
    const sum = (key: 'inserted' | 'unchanged'): number => twice.reduce((n, { rows }) => n + rows[key], 0);
    expect([sum('inserted'), sum('unchanged')]).to.deep.equal([30, 30]);
    expect(await wrong()).to.deep.equal([]);
  });

  it('files of many days that come at once, in any order, end where they would one by one', async () => {
    const days = ['05', '02', '07', '01', '06', '03', '04'];
    const firms = [201, 202, 203];
    const names = ['甲', '乙', '丙', '丁', '戊', '己', '庚'];
    const fileOf = (day: string): string[] =>
      firms.map((n) =>
        daily(n, `示例${names[Number(day) - 1] ?? ''}店`, day === '07' ? '注销' : '存续', `2026-05-${day}`),
      );
    const results = await Promise.all(days.map((day) => imported(DAILY, fileOf(day))));
    const sum = (key: 'inserted' | 'updated'): number => results.reduce((n, { rows }) => n + rows[key], 0);
    expect([sum('inserted'), sum('updated')]).to.deep.equal([3, 18]);
    for (const n of firms) {
      const subject = await app.subjects.get(systemViewer, code(n));
      expect(subject).to.include({ name: '示例庚店', status: '注销', statusSince: '2026-05-07' });
      expect(subject?.formerNames.map(({ until }) => until)).to.deep.equal(
        ['07', '06', '05', '04', '03', '02'].map((day) => `2026-05-${day}`),
      );
    }
    expect(await wrong()).to.deep.equal([]);
  });

  it('an old file that comes late is history only, and says so', async () => {
    const late = [daily(1, '示例中名商贸有限公司', '迁出', '2026-02-01', '李二')];
    const plan = await imported(DAILY, late, { dryRun: true });
    expect(plan.rows).to.include({ updated: 1 });
    const result = await imported(DAILY, late);
    expect(result.rows).to.include({ updated: 1 });
    expect(result.warnings).to.deep.equal({ SUBJECT_REGISTRATION_LATE: 1 });
    expect(await app.subjects.get(systemViewer, code(1))).to.deep.include({
      name: '示例新名商贸有限公司',
      status: '存续',
      legalRepresentative: '王一',
      formerNames: [
        { name: '示例中名商贸有限公司', until: '2026-03-01' },
        { name: '示例旧名商贸有限公司', until: '2026-02-01' },
      ],
    });
    expect(await wrong()).to.deep.equal([]);
  });

  it('everybody sees names, states and representatives change, in pages', async () => {
    const first = await app.subjects.changes(anonymousViewer, code(1), { first: 3 });
    expect(first.nodes.map(({ day, kind, before, after }) => [day, kind, before, after])).to.deep.equal([
      ['2026-03-01', 'NAME', '示例中名商贸有限公司', '示例新名商贸有限公司'],
      ['2026-03-01', 'STATUS', '迁出', '存续'],
      ['2026-03-01', 'REPRESENTATIVE', '李二', '王一'],
    ]);
    expect(first.hasNext).to.equal(true);
    const rest = await app.subjects.changes(anonymousViewer, code(1), {
      first: 3,
      after: first.cursors[2] ?? '',
    });
    expect(rest.nodes.map(({ kind }) => kind)).to.deep.equal(['NAME', 'STATUS']);
    expect(rest.hasNext).to.equal(false);
    const all = await app.subjects.changes(systemViewer, code(1), { first: 20 });
    expect(all.nodes.map(({ kind }) => kind)).to.include('ADDRESS');
  });

  it('a decision of a day after the firm was struck off is taken with a warning', async () => {
    await imported(DAILY, [daily(3, '示例第三商贸有限公司', '注销', '2020-01-01')]);
    const batch = await bring(
      app,
      csvFile('LICENSE', [rowOf('LICENSE', 3, { counterpartName: '示例第三商贸有限公司' })]),
    );
    expect(batch.rows).to.include({ inserted: 1, refused: 0 });
    const chunk = await collectionOf(app, 'feed_chunks').findOne({ batchId: batch._id });
    expect(chunk).to.have.nested.property('warnings[0].faults[0].code', 'FEED_SUBJECT_ENDED');
    expect(chunk?.['warnings'][0].faults[0].params).to.deep.equal({ status: '注销', day: '2020-01-01' });
  });

  it('refuses rows by column, days to come among them', async () => {
    const { rows, problems } = await imported(DAILY, [
      daily(1, '', '停业中', '2026-11-26'),
      daily(1, '示例新名商贸有限公司', '存续', ''),
      daily(1, '示例新名商贸有限公司', '存续', '2026-02-30'),
    ]);
    expect(rows).to.include({ read: 3, refused: 3 });
    expect(problems.map(({ row, column, code: fault }) => `${String(row)} ${column} ${fault}`)).to.deep.equal(
      [
        '2 企业名称 SUBJECT_NAME_EMPTY',
        '2 登记状态 SUBJECT_STATUS_UNKNOWN',
        '2 核准日期 SUBJECT_DAY_TO_COME',
        '3 核准日期 SUBJECT_DAY_MISSING',
        '4 核准日期 SUBJECT_DATE_INVALID',
      ],
    );
  });

  it('takes the day of the file where a row has none, and no day to come', async () => {
    const line = `示例第四商贸有限公司,${code(4)},2010-05-06,有限责任公司,N/A,零售,示例,示例,路1号`;
    await imported(EXPORT, [line], { day: civilDate('2026-06-01') });
    await imported(EXPORT, [line.replace('第四', '老四')], { day: civilDate('2026-05-01') });
    expect(await app.subjects.get(systemViewer, code(4))).to.deep.include({
      name: '示例第四商贸有限公司',
      formerNames: [{ name: '示例老四商贸有限公司', until: '2026-06-01' }],
    });
    const failed = await imported(EXPORT, [line], { day: civilDate('2026-11-26') }).catch((e: unknown) => e);
    expect((failed as DomainError).code).to.equal('SUBJECT_DAY_TO_COME');
  });

  it('credit verify sees a subject that is not what is registered of it', async () => {
    const subjects = collectionOf(app, 'subjects');
    const id = { _id: code(1) } as never;
    await subjects.updateOne(id, { $set: { legalRepresentative: '赵六' } });
    expect(await wrong()).to.deep.equal([`subject ${code(1)} is not what is registered of it`]);
    await subjects.updateOne(id, { $set: { legalRepresentative: '王一' }, $unset: { registeredOn: 1 } });
    expect(await wrong()).to.have.lengthOf(2);
    await subjects.updateOne(id, { $set: { registeredOn: '2026-03-01' } });
    expect(await wrong()).to.deep.equal([]);
  });

  it('former names stored as texts become dated ones that are found', async () => {
    const subjects = collectionOf(app, 'subjects');
    const id = { _id: code(2) } as never;
    await subjects.updateOne(id, { $set: { formerNames: ['示例最初店', '示例ａ号店'] } });
    await up(app.db);
    await up(app.db);
    expect((await app.subjects.get(systemViewer, code(2)))?.formerNames).to.deep.equal([
      { name: '示例ａ号店' },
      { name: '示例最初店' },
    ]);
    const { nodes } = await app.subjects.search(anonymousViewer, 'A号店', { first: 5 });
    expect(nodes.map(({ uscc }) => uscc)).to.deep.equal([code(2)]);
  });
});
