import type { CivilDate } from '../../../lib/civil-date.ts';
import type { PushableRecord } from '../../credit-record/index.ts';

/** What a platform said of one item. */
export interface Outcome {
  readonly result: 'accepted' | 'refused' | 'pending' | 'retry';
  /** Accepted: when the platform took it, ISO, where it says so. */
  readonly acceptedAt?: string;
  /** The platform's own words. */
  readonly code?: string;
  readonly message?: string;
}

/** By item name, `<recordId>:<revision>`; items that nothing was said of are missing. */
export type Outcomes = ReadonlyMap<string, Outcome>;

export interface PushItem {
  readonly record: PushableRecord;
  readonly operation: 'INSERT' | 'UPDATE';
}

export interface Encoded {
  readonly body: string;
  /** Items that fail the schema of the platform, with the place of the fault; they are not in the body. */
  readonly invalid: ReadonlyMap<string, string>;
  /** How many items are in the body. */
  readonly n: number;
}

/**
 * ANSWER: the platform spoke of the items. NOT_SENT: nothing can have reached it. TURNED_DOWN: it refused the request
 * as a whole; with `ours` because of what is in it, else for a reason that is not the batch's. UNKNOWN: no clear word.
 */
export type PushAnswer =
  | { readonly kind: 'ANSWER'; readonly outcomes: Outcomes; readonly raw: Buffer }
  | { readonly kind: 'NOT_SENT'; readonly code: string }
  | { readonly kind: 'TURNED_DOWN'; readonly code: string; readonly ours: boolean }
  | { readonly kind: 'UNKNOWN'; readonly code: string };

export type FateAnswer =
  | { readonly kind: 'KNOWN'; readonly outcomes: Outcomes; readonly raw: Buffer }
  | { readonly kind: 'NEVER_SEEN' }
  | { readonly kind: 'FAILED'; readonly code: string };

/** Where and how a platform is reached. */
export interface PlatformAddress {
  readonly url: string;
  readonly token: string;
  readonly callback?: string;
  readonly template: string;
}

/** Field name of a template to the column code of the platform; fields without one are not sent. */
export type ColumnCode = (kind: PushableRecord['kind'], field: string) => string | undefined;

/** A record a platform holds, as it last took it with effect. */
export interface HeldItem {
  readonly key: string;
  readonly contentHash: string;
  readonly itemId: string;
  readonly agency: string;
  readonly kind: string;
  /** ISO instant. */
  readonly acceptedAt: string;
}

/** Records of one day of acceptance, agency and kind. */
export interface HeldGroup {
  readonly agency: string;
  readonly kind: string;
  readonly n: number;
  /** SetHash over `heldText` of each record. */
  readonly hash: string;
}

/**
 * What a platform holds, each record under the Shanghai day of its last effective acceptance.
 * All throw UpstreamError: LISTING_NOT_OFFERED, LISTING_TURNED_DOWN, LISTING_INVALID, or a retryable one.
 */
export interface PlatformListing {
  days(address: PlatformAddress, signal: AbortSignal): Promise<{ day: CivilDate; n: number }[]>;
  groups(day: CivilDate, address: PlatformAddress, signal: AbortSignal): Promise<HeldGroup[]>;
  /** One page in the order of the keys, behind `after`; without `next` it is the last. */
  items(
    place: { day: CivilDate; agency: string; kind: string; after?: string },
    address: PlatformAddress,
    signal: AbortSignal,
  ): Promise<{ items: HeldItem[]; next?: string }>;
  /** Those of at most 500 keys that are held, under whatever day. */
  lookup(keys: readonly string[], address: PlatformAddress, signal: AbortSignal): Promise<HeldItem[]>;
}

/** One way of delivery. Everything else about it is shared. */
export interface PlatformAdapter {
  /** Pure. */
  encode(items: readonly PushItem[], batch: string, address: PlatformAddress): Encoded;
  send(body: string, batch: string, address: PlatformAddress, signal: AbortSignal): Promise<PushAnswer>;
  /** What became of a batch. */
  ask(batch: string, address: PlatformAddress, signal: AbortSignal): Promise<FateAnswer>;
  /** Reads an answer, a status or a callback; undefined when it is none. Pure. */
  decode(body: Uint8Array): { readonly batch: string; readonly outcomes: Outcomes } | undefined;
  readonly listing: PlatformListing;
}
