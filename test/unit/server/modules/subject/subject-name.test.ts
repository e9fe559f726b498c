import { expect } from 'chai';
import fc from 'fast-check';
import { gramsOf, normaliseName } from '../../../../../server/modules/subject/subject-name.ts';

const character = fc.constantFrom(...'示例商贸Aａß㎡ΐ（( 　①𠀀𪚥');

describe('names of subjects', () => {
  it('are compared without blanks, full-width forms and small letters', () => {
    expect(normaliseName(' 示例　ａｂｃ（东岭） 有限公司\n')).to.equal('示例ABC(东岭)有限公司');
  });

  it('give each pair of neighbours once, a rare character beyond 16 bits being one', () => {
    expect(gramsOf('商贸商贸')).to.deep.equal(['商贸', '贸商']);
    expect(gramsOf('𠀀示例')).to.deep.equal(['𠀀示', '示例']);
    expect(gramsOf('𠀀')).to.deep.equal([]);
    expect(gramsOf('')).to.deep.equal([]);
  });

  it('normalise to what stays the same when normalised again', () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), (name) => {
        const once = normaliseName(name);
        expect(normaliseName(once)).to.equal(once);
      }),
    );
  });

  it('hold every pair of any fragment of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: character, minLength: 2 }), fc.nat(), fc.nat(), (name, from, length) => {
        const characters = [...normaliseName(name)];
        const start = from % (characters.length + 1);
        const fragment = characters.slice(start, start + length).join('');
        expect(gramsOf(normaliseName(name))).to.include.members(gramsOf(fragment));
      }),
    );
  });
});
