import { setTimeout as sleep } from 'node:timers/promises';
import type { CivilDate } from '../../lib/civil-date.ts';
import { UpstreamError } from '../../lib/errors.ts';
import { withJitter } from '../../lib/retry-schedule.ts';
import type { HeldGroup, HeldItem, PlatformAddress, PlatformListing } from './platforms/types.ts';

/** What one platform holds; see PlatformListing. */
export interface Listing {
  /** The instant that answers about a day speak of, where it is not that of the question. */
  asOf(day: CivilDate): Promise<Date | undefined>;
  days(): Promise<{ day: CivilDate; n: number }[]>;
  groups(day: CivilDate): Promise<HeldGroup[]>;
  /** In the order of the keys, page by page. */
  items(day: CivilDate, group: Pick<HeldGroup, 'agency' | 'kind'>): AsyncGenerator<HeldItem[]>;
  lookup(keys: readonly string[]): Promise<HeldItem[]>;
}

export interface ListingOptions {
  /** The longest one request may take. */
  readonly requestMs: number;
  /** How long a request is tried again that the platform does not answer. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

const LONGEST_WAIT_MS = 2000;
/** Where nobody listens at all, waiting seldom helps. */
const UNCONNECTED_SHARE = 0.1;

/** Lists what a platform holds; a request that fails is made again while patience lasts. @throws UpstreamError */
export function listingOf(
  listing: PlatformListing,
  address: PlatformAddress,
  { requestMs, patienceMs, signal }: ListingOptions,
): Listing {
  const patiently = async <T>(ask: (until: AbortSignal) => Promise<T>): Promise<T> => {
    const began = performance.now();
    for (let wait = 100; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      signal.throwIfAborted();
      try {
        return await ask(AbortSignal.any([signal, AbortSignal.timeout(requestMs)]));
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof UpstreamError) || !error.retryable) throw error;
        const patience = error.code === 'NOT_CONNECTED' ? patienceMs * UNCONNECTED_SHARE : patienceMs;
        if (performance.now() - began + wait > patience) throw error;
      }
      await sleep(withJitter(wait), undefined, { signal });
    }
  };
  return {
    asOf: (day) => patiently(async (until) => listing.asOf?.(day, address, until)),
    days: () => patiently((until) => listing.days(address, until)),
    groups: (day) => patiently((until) => listing.groups(day, address, until)),
    async *items(day, { agency, kind }) {
      for (let after: string | undefined; ;) {
        const place = { day, agency, kind, ...(after === undefined ? {} : { after }) };
        const { items, next } = await patiently((until) => listing.items(place, address, until));
        yield items;
        if (next === undefined) return;
        after = next;
      }
    },
    lookup: (keys) => patiently((until) => listing.lookup(keys, address, until)),
  };
}
