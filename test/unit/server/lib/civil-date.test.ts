import { expect } from 'chai';
import fc from 'fast-check';
import { civilDateOf, isCivilDate } from '../../../../server/lib/civil-date.ts';

const two = (n: number): string => String(n).padStart(2, '0');

describe('civil dates', () => {
  it('are the days of the calendar and nothing else', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9999 }),
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
        (year, month, day) => {
          const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
          const at = new Date(`${text}T00:00:00Z`);
          const real = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
          expect(isCivilDate(text), text).to.equal(real);
        },
      ),
    );
    for (const text of ['2023-02-29', '2024-02-30', '2023-04-31', '2023-00-10', '2023-13-01', '2023-01-00'])
      expect(isCivilDate(text), text).to.equal(false);
    for (const text of ['2024-02-29', '2023-12-31', '2023-02-28'])
      expect(isCivilDate(text), text).to.equal(true);
  });

  it('change at midnight of Shanghai, whatever was asked before', () => {
    const last = new Date('2026-03-01T15:59:59.999Z');
    const first = new Date('2026-03-01T16:00:00.000Z');
    expect([last, first, last, first].map(civilDateOf)).to.deep.equal([
      '2026-03-01',
      '2026-03-02',
      '2026-03-01',
      '2026-03-02',
    ]);
  });
});
