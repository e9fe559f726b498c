import { expect } from 'chai';
import { noFigures } from '../../../../../server/modules/quality-counters/index.ts';
import { ranksOf } from '../../../../../server/modules/quality/ranking.ts';
import { ppm, ratesOf, type Volume } from '../../../../../server/modules/quality/rates.ts';
import { RULES } from '../../../../../server/modules/quality/rules.ts';

const volume = (own: Partial<Volume>): Volume => ({ ...noFigures(), duePeriods: 0, gaps: 0, ...own });

describe('rates', () => {
  const may = volume({
    received: 8,
    inserted: 3,
    updated: 1,
    unchanged: 1,
    refused: 2,
    conflict: 1,
    duplicate: 2,
    wrongCode: 1,
    onTime: 2,
    late: 1,
    decided: 4,
    decidedLate: 1,
    duePeriods: 4,
    gaps: 1,
  });

  it('are parts per million of what they are named after', () => {
    expect(ratesOf(may)).to.deep.equal({
      compliance: 625_000,
      timely: 666_667,
      late: 125_000,
      duplicate: 250_000,
      problem: 250_000,
      wrongCode: 125_000,
      missing: 250_000,
    });
  });

  it('count decisions of the period instead of first versions received in it, where the rules say so', () => {
    expect(ratesOf(may, { ...RULES, timeliness: { by: 'DECIDED' } }).timely).to.equal(750_000);
  });

  it('are absent where there is nothing to divide by', () => {
    expect(Object.values(ratesOf(volume({})))).to.deep.equal(Array.from({ length: 7 }, () => null));
    expect(ppm(0, 3)).to.equal(0);
    expect(ppm(1, 3)).to.equal(333_333);
  });
});

describe('ranking', () => {
  const row = (own: Partial<Volume>) => ({ received: own.received ?? 0, rates: ratesOf(volume(own)) });

  it('puts the timely first, then the complying, then those without gaps', () => {
    const slow = row({ received: 10, inserted: 10, onTime: 5, late: 5 });
    const sloppy = row({ received: 10, inserted: 5, refused: 5, onTime: 5 });
    const good = row({ received: 10, inserted: 10, onTime: 10 });
    const gappy = row({ received: 10, inserted: 10, onTime: 10, duePeriods: 4, gaps: 1 });
    expect(ranksOf([slow, sloppy, gappy, good])).to.deep.equal([4, 3, 2, 1]);
  });

  it('gives equals one place, and none to who brought nothing', () => {
    const good = row({ received: 10, inserted: 10, onTime: 10 });
    const slow = row({ received: 10, inserted: 10, onTime: 5, late: 5 });
    expect(ranksOf([good, row({}), good, slow])).to.deep.equal([1, null, 1, 3]);
  });
});
