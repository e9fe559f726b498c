import { expect } from 'chai';
import { FaultDraw, FaultSpecError, parseFaults } from '../../../../server/upstream-sim/faults.ts';

describe('parseFaults', () => {
  it('reads every fault', () => {
    const spec =
      'refuse=0.01,timeout-after-accept=0.01,duplicate-answer=0.01,late=0.02,lose-receipt=0.01,http-500=0.02,slow=0.05,down=30s@120s';
    expect(parseFaults(spec)).to.deep.equal({
      rates: {
        refuse: 0.01,
        'timeout-after-accept': 0.01,
        'duplicate-answer': 0.01,
        late: 0.02,
        'lose-receipt': 0.01,
        'http-500': 0.02,
        slow: 0.05,
      },
      down: { forMs: 30_000, everyMs: 120_000 },
    });
    expect(parseFaults('')).to.deep.equal({ rates: {} });
  });

  for (const spec of [
    'refuse',
    'refuse=',
    'refuse=2',
    'refuse=-1',
    'refuse=x',
    'fly=0.1',
    'down=30s',
    'down=3@4',
    'down=5s@5s',
    'constructor=0.1',
  ]) {
    it(`refuses ${spec}`, () => {
      expect(() => parseFaults(spec)).to.throw(FaultSpecError);
    });
  }
});

describe('FaultDraw', () => {
  it('meets its rate, and draws alike for the same seed only', () => {
    const draw = new FaultDraw(parseFaults('late=0.2'), '1');
    const drawn = (of: FaultDraw) =>
      Array.from({ length: 5000 }, (_, i) => of.happens('late', `item-${String(i)}`));
    const first = drawn(draw);
    expect(first.filter(Boolean).length).to.be.within(850, 1150);
    expect(drawn(new FaultDraw(parseFaults('late=0.2'), '1'))).to.deep.equal(first);
    expect(drawn(new FaultDraw(parseFaults('late=0.2'), '2'))).not.to.deep.equal(first);
  });

  it('is down for a while in every turn, after the first', () => {
    const draw = new FaultDraw(parseFaults('down=30s@120s'), '1');
    const down = [0, 29_000, 119_999, 120_000, 149_999, 150_000, 240_000].map((ms) => draw.isDown(ms));
    expect(down).to.deep.equal([false, false, false, true, true, false, true]);
  });
});
