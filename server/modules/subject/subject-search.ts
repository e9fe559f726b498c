import type { NamedSubject } from './subject.repository.ts';
import { gramsOf, normaliseName } from './subject-name.ts';

/** Reads names that hold a gram, in the order of their codes, behind `after`: at most `limit`, fewer at the end. */
export type ReadGram = (gram: string, after: string, limit: number) => Promise<readonly NamedSubject[]>;

export interface NameHits {
  readonly usccs: readonly string[];
  /** Everything up to here was looked at. */
  readonly position: string;
  /** Nothing follows. */
  readonly ended: boolean;
}

/** More grams than this make no fragment rarer, but every one is a read. */
const MOST_GRAMS = 8;
const FIRST_SLICE = 32;
const LARGEST_SLICE = 512;
/** Index entries that one call may read: about a second on a small machine, in slices that let others in between. */
const MOST_READ = 10_000;

/** Some of the grams, spread over the whole fragment. */
function spread(grams: readonly string[]): readonly string[] {
  if (grams.length <= MOST_GRAMS) return grams;
  const step = (grams.length - 1) / (MOST_GRAMS - 1);
  return Array.from({ length: MOST_GRAMS }, (_, i) => grams[Math.floor(i * step)] as string);
}

/** Slices are compared by how far in the order of codes they reach; one that is not full reaches the end. */
interface Slice {
  readonly gram: string;
  readonly names: readonly NamedSubject[];
  readonly reach: string | undefined;
}

function further(a: Slice, b: Slice): number {
  if (a.reach === undefined || b.reach === undefined)
    return Number(b.reach === undefined) - Number(a.reach === undefined);
  return a.reach > b.reach ? -1 : 1;
}

/**
 * Finds the first `wanted` subjects behind `after` of which a name holds a fragment. A name with the fragment stands in the list of
 * each of its grams, so one slice of any list shows every hit as far as the slice reaches. Each round reads a slice of
 * several lists and goes on from where the furthest one ended: the rarest gram leads, wherever it is the rarest,
 * and nobody has to count. A frequent fragment fills its page in the first round, a rare one comes to the end of a list.
 * @param fragment normalised, two characters or more
 * @returns fewer than wanted and not ended when the bound on reading was met
 */
export async function searchNames(
  read: ReadGram,
  fragment: string,
  after: string,
  wanted: number,
): Promise<NameHits> {
  const usccs: string[] = [];
  let grams = spread(gramsOf(fragment));
  let position = after;
  let limit = FIRST_SLICE;
  for (let done = 0; done < MOST_READ; limit = Math.min(limit * 4, LARGEST_SLICE)) {
    const slices = await Promise.all(
      grams.map(async (gram): Promise<Slice> => {
        const names = await read(gram, position, limit);
        return { gram, names, reach: names.length < limit ? undefined : names.at(-1)?._id };
      }),
    );
    slices.sort(further);
    const [best] = slices as [Slice, ...Slice[]];
    for (const { _id, name, formerNames } of best.names) {
      const names = [name, ...formerNames.map((former) => former.name)];
      if (!names.some((each) => normaliseName(each).includes(fragment))) continue;
      usccs.push(_id);
      if (usccs.length === wanted) return { usccs, position: _id, ended: false };
    }
    if (best.reach === undefined) return { usccs, position, ended: true };
    position = best.reach;
    done += slices.reduce((sum, { names }) => sum + names.length, 0);
    grams = slices.slice(0, 2).map(({ gram }) => gram);
  }
  return { usccs, position, ended: false };
}
