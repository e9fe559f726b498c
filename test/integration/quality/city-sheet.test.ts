import { read, utils } from '@e965/xlsx';
import { expect } from 'chai';
import type { AppContext } from '../../../server/context.ts';
import { CITY_MONITORING } from '../../../server/modules/quality/city-sheet.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { agencyViewer, bring, centre, csvFile, range, rowOf } from '../feed/feeds.ts';

describe('the indicators of the city monitoring', () => {
  it('add up: the second level to the first, the first to a hundred', () => {
    const of = (level: number) => CITY_MONITORING.indicators.filter((one) => one.level === level);
    const sum = (all: readonly { weight?: number }[]) => all.reduce((a, { weight = 0 }) => a + weight, 0);
    expect(of(1).map(({ name, weight }) => [name, weight])).to.deep.equal([
      ['信用制度和基础建设', 20],
      ['营商环境', 21],
      ['信用监管', 43],
      ['权益保护', 16],
    ]);
    for (const first of of(1))
      expect(sum(of(2).filter(({ code }) => code.startsWith(`${first.code}.`))), first.name).to.equal(
        first.weight,
      );
    expect(of(3).every(({ weight }) => weight === undefined)).to.equal(true);
  });
});

describe('the self-assessment sheet', function () {
  this.timeout(60_000);
  let context: TestContext;
  let app: AppContext;

  before(async () => {
    context = await testContext({ clock: movableClock('2026-03-02T02:00:00Z') });
    ({ app } = context);
    const rows = range(9).map((n) =>
      rowOf('LICENSE', n, { decidedOn: '2026-02-27', validFrom: '2026-02-27' }),
    );
    const wrong = { ...rows[0], documentNumber: '示字〔2026〕错号', uscc: '91620300MA7B2C3D91' };
    await bring(app, csvFile('LICENSE', [...rows, wrong]), { feed: 'tax/license' });
  });
  after(() => context.close());

  const enter = (code: string, score: number | null, note = '') =>
    app.quality.citySheets.enter(centre, { year: 2026, code, score, note });
  const fails = (work: Promise<unknown>, code: string) =>
    work.then(
      () => expect.fail('went through'),
      (error: Error) => expect(error.message).to.equal(code),
    );

  it('is filled from the figures where they tell something', async () => {
    const { rows, total } = await app.quality.citySheets.sheet(centre, 2026);
    const known = Object.fromEntries(rows.map(({ name, known: told }) => [name, told]));
    expect(known['双公示情况']).to.equal('行政许可归集10行、入库9行、合规率90.00%、及时率100.00%');
    expect(known['重错码率']).to.equal('错码率10.00%（1行）、重复率0.00%');
    expect(known['信易贷']).to.equal(undefined);
    expect(total).to.equal(undefined);
  });

  it('takes points and notes by hand, and sums the points up', async () => {
    await enter('1.1', 6.5, '见附件');
    await enter('1.2', 5.9);
    const { rows, total } = await enter('3.1', 7.7);
    const scores = Object.fromEntries(rows.map(({ code, score }) => [code, score]));
    expect([scores['1'], scores['2'], scores['3'], total]).to.deep.equal([12.4, undefined, 7.7, 20.1]);
    expect(rows.find(({ code }) => code === '1.1')?.note).to.equal('见附件');
    expect((await app.quality.citySheets.sheet(centre, 2025)).total).to.equal(undefined);
    expect((await enter('3.1', null, '待核')).total).to.equal(12.4);
    for (const [code, score] of [
      ['1.1', 7.1],
      ['1.1', -1],
      ['1.1', 1.25],
      ['1.1.1', 1],
    ] as const)
      await fails(enter(code, score), 'QUALITY_SCORE_INVALID');
    await fails(enter('1', 5), 'QUALITY_INDICATOR_UNKNOWN');
    await fails(enter('9.9', 5), 'QUALITY_INDICATOR_UNKNOWN');
    await fails(app.quality.citySheets.sheet(await agencyViewer(app, 'tax'), 2026), 'FORBIDDEN');
    await fails(app.quality.citySheets.sheet(centre, 20), 'QUALITY_PERIOD_INVALID');
  });

  it('comes as a workbook', async () => {
    const book = read(await app.quality.citySheets.workbook(centre, 2026));
    const lines = utils.sheet_to_json<unknown[]>(book.Sheets['自评表'] ?? {}, { header: 1 });
    expect(lines[1]).to.deep.equal(['编号', '指标', '分值', '自评得分', '平台数据', '说明']);
    expect(lines.length).to.equal(CITY_MONITORING.indicators.length + 3);
    expect(lines.find(([code]) => code === '1.1')?.slice(2)).to.deep.equal([7, 6.5, undefined, '见附件']);
    expect(lines.at(-1)?.slice(1, 4)).to.deep.equal(['合计', 100, 12.4]);
  });
});
