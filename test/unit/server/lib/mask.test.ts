import { expect } from 'chai';
import fc from 'fast-check';
import { maskNumber, maskPersonName } from '../../../../server/lib/mask.ts';

describe('mask', () => {
  for (const [name, masked] of [
    ['张三', '张*'],
    ['张三丰', '张*'],
    ['欧阳修', '欧阳*'],
    ['欧阳', '欧*'],
    ['𠮷田', '𠮷*'],
    ['', ''],
  ] as const) {
    it(`shows ${name || 'no name'} as ${masked || 'nothing'}`, () => {
      expect(maskPersonName(name)).to.equal(masked);
    });
  }

  it('keeps both ends of a number', () => {
    expect(maskNumber('620302199001010012', 3, 4)).to.equal('620***********0012');
  });

  it('never shows more than half of a number, nor changes its length (property)', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{0,20}$/), fc.nat(20), fc.nat(20), (text, front, back) => {
        const masked = maskNumber(text, front, back);
        expect(masked).to.have.lengthOf(text.length);
        expect(masked.replaceAll('*', '').length * 2).to.be.at.most(text.length);
      }),
    );
  });
});
