import { expect } from 'chai';
import fc from 'fast-check';
import { addDays, civilDate } from '../../../../../server/lib/civil-date.ts';
import {
  CADENCES,
  monthsOf,
  parsePeriod,
  periodOn,
  periodsBetween,
} from '../../../../../server/modules/quality/period.ts';

describe('periods', () => {
  const bounds: [string, string, string][] = [
    ['2023', '2023-01-01', '2023-12-31'],
    ['2023-Q1', '2023-01-01', '2023-03-31'],
    ['2023-Q4', '2023-10-01', '2023-12-31'],
    ['2023-05', '2023-05-01', '2023-05-31'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2023-12', '2023-12-01', '2023-12-31'],
    ['2023-W01', '2023-01-02', '2023-01-08'],
    // 2020 had 53 weeks; the last one ends in the year after.
    ['2020-W53', '2020-12-28', '2021-01-03'],
    ['2024-W01', '2024-01-01', '2024-01-07'],
    ['2025-W01', '2024-12-30', '2025-01-05'],
  ];
  for (const [name, first, last] of bounds) {
    it(`${name} is ${first} to ${last}`, () => {
      expect(parsePeriod(name)).to.include({ name, first, last });
    });
  }

  it('refuses what is no period', () => {
    for (const name of [
      '',
      '23',
      '2023-13',
      '2023-00',
      '2023-Q5',
      '2023-W00',
      '2023-W53',
      '2023-5',
      '2023-05-01',
      'x',
    ])
      expect(parsePeriod(name), name).to.equal(undefined);
  });

  it('has the months of a quarter and a year, and none of a week', () => {
    const monthsOfName = (name: string) => monthsOf(parsePeriod(name) ?? expect.fail(name));
    expect(monthsOfName('2023-Q2')).to.deep.equal(['2023-04', '2023-05', '2023-06']);
    expect(monthsOfName('2023')).to.have.length(12);
    expect(monthsOfName('2023-W19')).to.deep.equal([]);
  });

  it('lays the periods of a cadence end to end, each found again by its name and by its days (property)', () => {
    const day = fc.integer({ min: 0, max: 365 * 12 }).map((n) => addDays(civilDate('2019-01-01'), n));
    const cadence = fc.constantFrom(...CADENCES.filter((name) => name !== 'PER_EVENT'));
    fc.assert(
      fc.property(cadence, day, fc.integer({ min: 0, max: 500 }), (name, from, days) => {
        const periods = periodsBetween(name, from, addDays(from, days));
        expect(periods[0]?.first.localeCompare(from)).to.be.at.most(0);
        expect(periods.at(-1)?.last.localeCompare(addDays(from, days))).to.be.at.least(0);
        periods.forEach((period, i) => {
          expect(parsePeriod(period.name)).to.deep.equal(period);
          expect(periodOn(name, period.last)).to.deep.equal(period);
          if (i > 0) expect(periods[i - 1]?.last).to.equal(addDays(period.first, -1));
        });
      }),
      { numRuns: 200 },
    );
  });

  it('has none where each decision is reported for itself', () => {
    expect(periodsBetween('PER_EVENT', civilDate('2023-01-01'), civilDate('2023-12-31'))).to.deep.equal([]);
  });
});
