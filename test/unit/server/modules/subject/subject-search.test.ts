import { expect } from 'chai';
import fc from 'fast-check';
import { gramsOf, normaliseName } from '../../../../../server/modules/subject/subject-name.ts';
import { searchNames, type ReadGram } from '../../../../../server/modules/subject/subject-search.ts';

interface Named {
  readonly _id: string;
  readonly name: string;
}

/** An index in memory that counts what is read from it. */
function indexOf(names: readonly Named[]): { read: ReadGram; reads: () => number } {
  const lists = new Map<string, Named[]>();
  for (const named of [...names].sort((a, b) => (a._id < b._id ? -1 : 1))) {
    for (const gram of gramsOf(normaliseName(named.name))) {
      lists.set(gram, lists.get(gram) ?? []);
      lists.get(gram)?.push(named);
    }
  }
  let reads = 0;
  return {
    reads: () => reads,
    read: async (gram, after, limit) => {
      const list = lists.get(gram) ?? [];
      const from = list.findIndex(({ _id }) => _id > after);
      const found = from < 0 ? [] : list.slice(from, from + limit);
      reads += found.length;
      return found.map((named) => ({ ...named, formerNames: [] }));
    },
  };
}

const id = (n: number): string => String(n).padStart(6, '0');

describe('name search', () => {
  it('finds what a look at every name finds, page by page', async () => {
    const character = fc.constantFrom('示', '例', '商', '贸', '公', '司', '𠀀', 'A', 'ａ');
    const name = fc.string({ unit: character, minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { maxLength: 120 }),
        fc.string({ unit: character, minLength: 2, maxLength: 4 }),
        fc.integer({ min: 1, max: 7 }),
        async (names, text, wanted) => {
          const fragment = normaliseName(text);
          const all = names.map((value, i) => ({ _id: id(i), name: value }));
          const { read } = indexOf(all);
          const found: string[] = [];
          let after = '';
          for (;;) {
            const hits = await searchNames(read, fragment, after, wanted);
            found.push(...hits.usccs);
            if (hits.ended) break;
            after = hits.position;
          }
          expect(found).to.deep.equal(
            all.filter((one) => normaliseName(one.name).includes(fragment)).map(({ _id }) => _id),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('lets the rarest pair lead, also where another one is the rarest', async () => {
    // 甲乙 is frequent in the first half, 乙丙 in the second; both stand in one name at the end of each.
    const names = Array.from({ length: 4000 }, (_, i) => ({
      _id: id(i),
      name: i === 1990 || i === 3990 ? '甲乙丙' : i < 2000 ? '甲乙' : '乙丙',
    }));
    const { read, reads } = indexOf(names);
    const hits = await searchNames(read, '甲乙丙', '', 5);
    expect(hits.usccs).to.deep.equal([id(1990), id(3990)]);
    expect(hits.ended).to.equal(true);
    expect(reads()).to.be.below(600);
  });

  it('stops after a bounded number of reads and says from where to go on', async () => {
    const names = Array.from({ length: 30_000 }, (_, i) => ({ _id: id(i), name: '乙丙甲乙' }));
    const { read, reads } = indexOf(names);
    const hits = await searchNames(read, '甲乙丙', '', 5);
    expect(hits).to.include({ ended: false });
    expect(hits.usccs).to.deep.equal([]);
    expect(hits.position > id(1000)).to.equal(true);
    expect(reads()).to.be.below(15_000);
  });
});
