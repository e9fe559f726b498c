import { expect } from 'chai';
import fc from 'fast-check';
import {
  byPlace,
  inOrder,
  isEqual,
  merged,
  type Entry,
} from '../../../../../server/modules/reconciliation/compare.ts';

const entry = fc.record({
  agency: fc.constantFrom('', 'a', 'b'),
  kind: fc.constantFrom('LICENSE', 'PENALTY'),
  key: fc.string({ minLength: 1, maxLength: 3 }),
  contentHash: fc.constantFrom('x', 'y'),
});
const placeOf = ({ agency, kind, key }: Entry): string => JSON.stringify([agency, kind, key]);
const side = fc.uniqueArray(entry, { selector: placeOf, maxLength: 60 });

async function* steps(entries: readonly Entry[], size: number): AsyncGenerator<Entry[]> {
  for (let i = 0; i < entries.length; i += size) yield entries.slice(i, i + size);
}

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of from) found.push(one);
  return found;
}

describe('comparison of two sides', () => {
  it('puts one side in order, however little of it is held at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        side,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 9 }),
        async (entries, most, size) => {
          const chunks = await all(inOrder(() => steps(entries, size), most));
          expect(chunks.flat()).to.deep.equal([...entries].sort(byPlace));
          for (const chunk of chunks) expect(chunk.length).to.be.at.most(most);
        },
      ),
    );
  });

  it('pairs what is on both sides and leaves nothing out', async () => {
    await fc.assert(
      fc.asyncProperty(side, side, fc.integer({ min: 1, max: 9 }), async (here, there, size) => {
        const pairs = await all(
          merged(steps([...here].sort(byPlace), size), steps([...there].sort(byPlace), size)),
        );
        const theirs = new Map(there.map((one) => [placeOf(one), one]));
        const equal = here.filter((one) => theirs.get(placeOf(one))?.contentHash === one.contentHash);
        expect(pairs.filter(isEqual).map((pair) => pair.here)).to.have.deep.members(equal);
        expect(pairs.flatMap((pair) => pair.here ?? [])).to.have.deep.members(here);
        expect(pairs.flatMap((pair) => pair.there ?? [])).to.have.deep.members(there);
        for (const pair of pairs) {
          if (pair.here && pair.there) expect(byPlace(pair.here, pair.there)).to.equal(0);
        }
      }),
    );
  });
});
