import { expect } from 'chai';
import fc from 'fast-check';
import {
  FEN_PER_WAN_YUAN,
  FEN_PER_YUAN,
  formatYuan,
  parseMoney,
  type Fen,
} from '../../../../server/lib/money.ts';

describe('parseMoney', () => {
  for (const [text, unit, fen] of [
    ['0.2', FEN_PER_WAN_YUAN, 200_000n],
    ['0.012', FEN_PER_WAN_YUAN, 12_000n],
    ['2,260.5', FEN_PER_WAN_YUAN, 2_260_500_000n],
    ['0.000001', FEN_PER_WAN_YUAN, 1n],
    ['0.005', FEN_PER_YUAN, 1n],
    ['-0.004999', FEN_PER_YUAN, 0n],
    ['9007199254740993', FEN_PER_YUAN, undefined],
    ['1,23', FEN_PER_YUAN, undefined],
    ['0.0000001', FEN_PER_WAN_YUAN, undefined],
    ['1e3', FEN_PER_YUAN, undefined],
    ['', FEN_PER_YUAN, undefined],
  ] as const) {
    it(`reads ${text || 'an empty text'} in units of ${unit} fen as ${fen}`, () => {
      expect(parseMoney(text, unit)).to.equal(fen);
    });
  }

  it('reads back what formatYuan writes (property)', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n) + 1n, max: 10n ** 17n - 1n }), (fen) => {
        expect(parseMoney(formatYuan(fen as Fen), FEN_PER_YUAN)).to.equal(fen);
      }),
    );
  });
});
