import type { mongo } from 'mongoose';

/** So many documents are in memory at once, twice: the next page is read while one is looked at. */
export const PAGE = 2000;

/** Reads page after page; each `next` gets the page before. An empty page is the end. */
export async function* pagesOf<T>(next: (before: T | undefined) => Promise<T[]>): AsyncGenerator<T[]> {
  let reading = next(undefined);
  for (;;) {
    const page = await reading;
    if (page.length === 0) return;
    reading = next(page.at(-1));
    // Its error is thrown by the await above; until then it must not count as unhandled.
    reading.catch(() => undefined);
    yield page;
  }
}

/** All documents of a range of ids, in their order. */
export function byId<T extends mongo.Document & { _id: mongo.InferIdType<T> }>(
  collection: mongo.Collection<T>,
  options: { readonly within?: Record<string, unknown>; readonly projection?: mongo.Document } = {},
): AsyncGenerator<mongo.WithId<T>[]> {
  const { within = {}, projection } = options;
  return pagesOf<mongo.WithId<T>>((before) => {
    const id = { ...within, ...(before ? { $gt: before._id } : {}) };
    const filter = (Object.keys(id).length === 0 ? {} : { _id: id }) as mongo.Filter<T>;
    return collection
      .find(filter, { batchSize: PAGE, ...(projection ? { projection } : {}) })
      .sort({ _id: 1 })
      .limit(PAGE)
      .toArray();
  });
}

/** One document after the other, with a look at the next: for walking two ordered collections side by side. */
export class Walk<T> {
  readonly #pages: AsyncIterator<T[]>;
  #page: readonly T[] = [];
  #at = 0;

  constructor(pages: AsyncIterable<T[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** The document at hand; undefined behind the last one. A promise only where a page has to be fetched. */
  peek(): T | undefined | Promise<T | undefined> {
    return this.#at < this.#page.length ? this.#page[this.#at] : this.#fetch();
  }

  skip(): void {
    this.#at += 1;
  }

  async #fetch(): Promise<T | undefined> {
    const step = await this.#pages.next();
    if (step.done === true) return undefined;
    this.#page = step.value;
    this.#at = 0;
    return this.#page[0];
  }
}
