/** One record as one side holds it. */
export interface Entry {
  readonly agency: string;
  readonly kind: string;
  readonly key: string;
  readonly contentHash: string;
}

/** The same record on both sides, or on one. */
export interface Pair {
  readonly here?: Entry;
  readonly there?: Entry;
}

/** Order of a comparison: agency, kind, key, each by its characters. */
export function byPlace(a: Entry, b: Entry): number {
  for (const field of ['agency', 'kind', 'key'] as const) {
    if (a[field] !== b[field]) return a[field] < b[field] ? -1 : 1;
  }
  return 0;
}

/**
 * Puts any number of entries in order while it holds at most one and a half times `most` of them: it reads all, keeps those that come
 * first, hands them out, and reads again for what comes behind.
 * @param read every entry in any order; called again for each round
 */
export async function* inOrder(
  read: () => AsyncIterable<readonly Entry[]>,
  most: number,
): AsyncGenerator<Entry[]> {
  for (let last: Entry | undefined; ;) {
    let first: Entry[] = [];
    let more = false;
    for await (const entries of read()) {
      for (const entry of entries) if (!last || byPlace(entry, last) > 0) first.push(entry);
      if (first.length >= 1.5 * most) {
        first = first.sort(byPlace).slice(0, most);
        more = true;
      }
    }
    first.sort(byPlace);
    if (first.length > most) {
      first = first.slice(0, most);
      more = true;
    }
    if (first.length > 0) yield first;
    last = first.at(-1);
    if (!more) return;
  }
}

async function* singles(steps: AsyncIterable<readonly Entry[]>): AsyncGenerator<Entry> {
  for await (const entries of steps) yield* entries;
}

/** Walks two ordered sides as one. */
export async function* merged(
  here: AsyncIterable<readonly Entry[]>,
  there: AsyncIterable<readonly Entry[]>,
): AsyncGenerator<Pair> {
  const [left, right] = [singles(here), singles(there)];
  let [a, b] = [await left.next(), await right.next()];
  while (!a.done || !b.done) {
    const order = a.done ? 1 : b.done ? -1 : byPlace(a.value, b.value);
    yield {
      ...(order <= 0 ? { here: a.value as Entry } : {}),
      ...(order >= 0 ? { there: b.value as Entry } : {}),
    };
    if (order <= 0) a = await left.next();
    if (order >= 0) b = await right.next();
  }
}

/** Whether both sides hold the same. */
export function isEqual({ here, there }: Pair): boolean {
  return here !== undefined && there !== undefined && here.contentHash === there.contentHash;
}
