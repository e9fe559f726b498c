import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { loadCalendar } from '../../../../server/lib/calendar.ts';
import { addDays, civilDate } from '../../../../server/lib/civil-date.ts';
import { checkUscc } from '../../../../server/lib/uscc.ts';
import { columnName } from '../../../../server/modules/template/index.ts';
import { demoFiles, demoSubjectsCsv } from '../../../../server/demo/demo-records.ts';

const calendar = loadCalendar();
const records = (csv: string) => parse(csv, { columns: true }) as Record<string, string>[];

describe('the demo city', () => {
  for (const today of ['2026-11-25', '2026-01-05', '2026-10-08', '2031-03-01'].map(civilDate)) {
    const city = { today, cityName: '示例市', calendar };

    it(`on ${today} knows sixty firms and decisions of the last weeks on working days`, () => {
      const firms = records(demoSubjectsCsv(city));
      expect(new Set(firms.map((firm) => firm['统一社会信用代码'])).size).to.equal(60);
      const known = new Map(firms.map((firm) => [firm['统一社会信用代码'], firm['企业名称']]));
      const files = demoFiles(city);
      expect(files).to.have.lengthOf(21);
      const rows = files.flatMap(({ csv, feed }) => {
        const named = (field: string) => columnName(feed, field);
        return records(csv).map((row) => ({
          date: (row[named('decidedOn')] ?? '').replaceAll('/', '-'),
          code: row[named('uscc')] ?? '',
          name: row[named('counterpartName')],
        }));
      });
      expect(rows).to.have.lengthOf(267);
      let faulty = 0;
      for (const { date, code, name } of rows) {
        if (date > today || (code !== '' && !checkUscc(code).ok)) {
          faulty += 1;
          continue;
        }
        expect(date >= addDays(today, -45), date).to.equal(true);
        expect(calendar.isWorkingDay(civilDate(date))).to.equal(true);
        if (code !== '') expect(known.get(code)).to.equal(name);
      }
      expect(faulty).to.be.within(1, 20);
    });
  }

  it('is the same whenever it is made for the same day', () => {
    const city = { today: civilDate('2026-11-25'), cityName: '示例市', calendar };
    expect(demoFiles(city)).to.deep.equal(demoFiles(city));
  });
});
