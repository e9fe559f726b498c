import { Types } from 'mongoose';
import { expect } from 'chai';
import { chooseLots } from '../../../../../server/modules/outbox/claim.ts';

const AT = new Date('2026-03-02T00:00:00Z');
const lot = (n: number, most?: number) => ({
  _id: new Types.ObjectId(),
  n,
  at: AT,
  ...(most === undefined ? {} : { most }),
});
const sizes = (lots: Parameters<typeof chooseLots>[0], size = 500) => {
  const { chosen, size: limit } = chooseLots(lots, size);
  return { n: chosen.map(({ n }) => n), size: limit };
};

describe('chooseLots', () => {
  for (const [what, lots, wanted] of [
    ['nothing when nothing is due', [], { n: [], size: 500 }],
    ['a full lot alone', [lot(500), lot(3)], { n: [500], size: 500 }],
    ['small lots together', [lot(10), lot(20), lot(30)], { n: [10, 20, 30], size: 500 }],
    ['what fits and leaves the rest', [lot(400), lot(200), lot(100)], { n: [400, 100], size: 500 }],
    ['a lot that is too big, to be cut', [lot(800), lot(1)], { n: [800], size: 500 }],
    ['a halved lot for no more than its half', [lot(400, 200)], { n: [400], size: 200 }],
    ['no company that would break the half', [lot(150, 200), lot(100), lot(50)], { n: [150, 50], size: 200 }],
    ['a halved lot behind others only where it fits', [lot(300), lot(10, 200)], { n: [300], size: 500 }],
  ] as const) {
    it(`takes ${what}`, () => {
      expect(sizes(lots)).to.deep.equal(wanted);
    });
  }
});
