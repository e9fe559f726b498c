import { expect } from 'chai';
import fc from 'fast-check';
import { SetHash } from '../../../../server/lib/set-hash.ts';

function hashOf(texts: readonly string[]): string {
  const hash = new SetHash();
  for (const text of texts) hash.add(text);
  return hash.hex();
}

const sets = fc.uniqueArray(fc.string(), { maxLength: 30 });

describe('SetHash', () => {
  it('does not depend on the order', () => {
    fc.assert(
      fc.property(
        sets.chain((texts) =>
          fc.tuple(fc.constant(texts), fc.shuffledSubarray(texts, { minLength: texts.length })),
        ),
        ([texts, shuffled]) => hashOf(texts) === hashOf(shuffled),
      ),
    );
  });

  it('tells two sets apart', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const same = a.length === b.length && a.every((text) => b.includes(text));
        return same === (hashOf(a) === hashOf(b));
      }),
    );
  });

  it('forgets what is taken away', () => {
    fc.assert(
      fc.property(sets, sets, (kept, gone) => {
        const hash = new SetHash();
        for (const text of [...kept, ...gone]) hash.add(text);
        for (const text of gone) hash.remove(text);
        return hash.hex() === hashOf(kept);
      }),
    );
  });

  it('is all zeros for nothing, and counts a text that comes twice', () => {
    expect(hashOf([])).to.equal('0'.repeat(64));
    expect(hashOf(['a', 'a'])).to.not.be.oneOf([hashOf(['a']), hashOf([])]);
  });
});
