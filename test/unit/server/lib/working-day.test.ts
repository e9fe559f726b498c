import { expect } from 'chai';
import fc from 'fast-check';
import { loadCalendar } from '../../../../server/lib/calendar.ts';
import { addDays, civilDate } from '../../../../server/lib/civil-date.ts';

// Deadline vectors of the field: decision date → end of the seven working days.
const VECTORS = `
2023-01-18 2023-02-01   2025-09-26 2025-10-13
2023-04-21 2023-05-04   2025-12-30 2026-01-09
2023-09-27 2023-10-12   2026-02-11 2026-02-27
2024-02-02 2024-02-18   2026-02-13 2026-03-02
2024-02-08 2024-02-23   2026-04-29 2026-05-12
2024-09-12 2024-09-24   2026-09-18 2026-09-29
2024-09-14 2024-09-26   2026-09-24 2026-10-12
2024-09-27 2024-10-12   2026-09-30 2026-10-15
2025-01-24 2025-02-10   2026-11-20 2026-12-01
2025-04-25 2025-05-08   2026-11-21 2026-12-01`.match(/\d{4}-\d{2}-\d{2}/g) as string[];

describe('working days', () => {
  const calendar = loadCalendar();

  for (let i = 0; i < VECTORS.length; i += 2) {
    const [decided, due] = [civilDate(VECTORS[i] as string), civilDate(VECTORS[i + 1] as string)];
    it(`${decided} is due on ${due}`, () => {
      expect(calendar.addWorkingDays(decided, 7)).to.deep.equal({ date: due, provisional: false });
    });
  }

  it('counts the working days of a year as the notices give them', () => {
    const count = (year: number) =>
      calendar.workingDaysBetween(civilDate(`${year - 1}-12-31`), civilDate(`${year}-12-31`));
    expect([2023, 2024, 2025, 2026].map(count)).to.deep.equal([249, 251, 248, 248]);
  });

  it('marks a deadline provisional when it crosses into a year without a notice', () => {
    expect(calendar.addWorkingDays(civilDate('2026-12-30'), 7).provisional).to.equal(true);
    expect(calendar.addWorkingDays(civilDate('2026-12-01'), 7).provisional).to.equal(false);
  });

  it('refuses a count that is no number of days', () => {
    for (const n of [-1, 1.5, Number.NaN]) {
      expect(() => calendar.addWorkingDays(civilDate('2024-01-02'), n)).to.throw(RangeError);
    }
  });

  it('adding and counting agree on every day (property)', () => {
    const day = fc.integer({ min: 0, max: 365 * 7 }).map((n) => addDays(civilDate('2019-01-01'), n));
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 40 }), (from, n) => {
        const { date } = calendar.addWorkingDays(from, n);
        expect(calendar.isWorkingDay(date)).to.equal(true);
        expect(calendar.workingDaysBetween(from, date)).to.equal(n);
      }),
    );
  });
});
