import type { Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../lib/clock.ts';

const KEEP_MS = 3_000;
const MAX_ENTRIES = 10_000;

/**
 * Spares the store a look-up per request. What was switched off elsewhere is noticed when an entry is over, three
 * seconds at most; what was not found is not kept.
 */
export class ViewerCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { until: number; viewer: Promise<Viewer | undefined> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string, load: () => Promise<Viewer | undefined>): Promise<Viewer | undefined> {
    const now = this.#clock.now().getTime();
    const kept = this.#entries.get(key);
    if (kept && kept.until > now) return kept.viewer;
    if (this.#entries.size >= MAX_ENTRIES) this.clear();
    const viewer = load();
    const entry = { until: now + KEEP_MS, viewer };
    this.#entries.set(key, entry);
    const drop = (): void => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
    viewer.then((found) => {
      if (!found) drop();
    }, drop);
    return viewer;
  }

  clear(): void {
    this.#entries.clear();
  }
}
