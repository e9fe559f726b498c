import { expect } from 'chai';
import { MAX_ATTEMPTS, retryDelay } from '../../../../server/lib/retry-schedule.ts';

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;

describe('retryDelay', () => {
  const ladder = [5 * S, 5 * MIN, 30 * MIN, 2 * H, 5 * H, 10 * H, 10 * H];

  ladder.forEach((ms, i) => {
    it(`waits about ${String(ms / S)} s after attempt ${String(i + 1)}`, () => {
      expect(retryDelay(i + 1, () => 0.5)).to.equal(ms);
      expect(retryDelay(i + 1, () => 0)).to.equal(ms * 0.9);
      expect(retryDelay(i + 1, () => 0.999)).to.be.within(ms, ms * 1.1);
    });
  });

  it('gives up after the eighth attempt', () => {
    expect(MAX_ATTEMPTS).to.equal(8);
    expect(retryDelay(7)).not.to.equal(undefined);
    expect(retryDelay(8)).to.equal(undefined);
    expect(retryDelay(9)).to.equal(undefined);
  });
});
