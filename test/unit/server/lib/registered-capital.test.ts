import { expect } from 'chai';
import fc from 'fast-check';
import { parseRegisteredCapital } from '../../../../server/lib/registered-capital.ts';

describe('parseRegisteredCapital', () => {
  for (const [text, amount, currency] of [
    ['30(万元人民币)', 30_000_000n, 'CNY'],
    ['2,260.5(万元人民币)', 2_260_500_000n, 'CNY'],
    ['36700万人民币', 36_700_000_000n, 'CNY'],
    ['50万人民币元', 50_000_000n, 'CNY'],
    ['0.5元人民币', 50n, 'CNY'],
    ['500(万元美元)', 500_000_000n, 'USD'],
    ['500（万美元）', 500_000_000n, 'USD'],
    ['1,000(万香港元)', 1_000_000_000n, 'HKD'],
    ['100(万)', 100_000_000n, 'CNY'],
    ['0(万元人民币)', 0n, 'CNY'],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseRegisteredCapital(text)).to.deep.equal({ text, amount, currency });
    });
  }

  it('reads a number without a unit as 万元 and says so', () => {
    for (const text of ['500()', '500']) {
      const warning = 'CAPITAL_UNIT_ASSUMED';
      expect(parseRegisteredCapital(text)).to.deep.equal({
        text,
        amount: 500_000_000n,
        currency: 'CNY',
        warning,
      });
    }
  });

  it('takes an empty field for none', () => {
    for (const text of ['', ' ', 'N/A', 'n/a']) expect(parseRegisteredCapital(text)).to.equal(undefined);
  });

  it('keeps every other text, with a warning (property)', () => {
    expect(parseRegisteredCapital('30万两白银')).to.deep.equal({
      text: '30万两白银',
      warning: 'CAPITAL_UNREADABLE',
    });
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (raw) => {
        const read = parseRegisteredCapital(raw);
        if (read === undefined) return;
        expect(read.text).to.equal(raw.trim());
        expect(read.amount !== undefined || read.warning === 'CAPITAL_UNREADABLE').to.equal(true);
      }),
    );
  });
});
