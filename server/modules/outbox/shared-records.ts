import type { PushableRecord } from '../credit-record/index.ts';
import { memberOf } from './enqueue.ts';

type Ids = readonly { readonly recordId: string; readonly revision: number }[];
type Load = (ids: Ids) => Promise<PushableRecord[]>;

interface Kept {
  readonly records: Promise<PushableRecord[]>;
  /** How many platforms have still to ask. */
  left: number;
}

/** Batches kept at once: as many as one platform may be ahead of another. */
const MOST = 8;
const KEEP_MS = 2000;

/**
 * Records go to several platforms at about the same time, in the same batches. What was read for one is kept for the
 * others, for a moment: the columns of a revision never change, and a newer revision waits for the older one anyway.
 */
export class SharedRecords {
  readonly #load: Load;
  readonly #platforms: () => Promise<number>;
  readonly #kept = new Map<string, Kept>();

  /** @param platforms how many are sent to */
  constructor(load: Load, platforms: () => Promise<number>) {
    this.#load = load;
    this.#platforms = platforms;
  }

  /** Answers as `load` does; platforms that ask at once get the same objects. */
  async get(ids: Ids): Promise<PushableRecord[]> {
    const platforms = await this.#platforms();
    if (platforms < 2) return this.#load(ids);
    const key = ids.map(memberOf).join(' ');
    const known = this.#kept.get(key);
    if (known) {
      known.left -= 1;
      if (known.left === 0) this.#kept.delete(key);
      return known.records;
    }
    const kept: Kept = { records: this.#load(ids), left: platforms - 1 };
    this.#kept.set(key, kept);
    const forget = (): void => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
    };
    setTimeout(forget, KEEP_MS).unref();
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
    kept.records.catch(forget);
    return kept.records;
  }
}
