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

/** Why an item cannot be put in the platform's words; the message is the place of the fault, or what has no word there. */
export interface LocalFault {
  readonly code: 'PUSH_SCHEMA' | 'PUSH_CODE_UNMAPPED' | 'PUSH_TABLE_UNKNOWN' | 'PUSH_CHARACTER';
  readonly message: string;
}

export interface Encoded {
  readonly body: string | Uint8Array;
  /** Items that cannot be said to the platform; they are not in the body. */
  readonly invalid: ReadonlyMap<string, LocalFault>;
  /** How many items are in the body. */
  readonly n: number;
}

/**
 * ANSWER: the platform spoke of the items. PLACED: they are where the platform fetches them, its word comes later.
 * NOT_SENT: nothing can have reached it. TURNED_DOWN: it refused the request as a whole; with `ours` because of what is
 * in it, else for a reason that is not the batch's. UNKNOWN: no clear word.
 */
export type PushAnswer =
  | { readonly kind: 'ANSWER'; readonly outcomes: Outcomes; readonly raw: Buffer }
  | { readonly kind: 'PLACED' }
  | { readonly kind: 'NOT_SENT'; readonly code: string }
  | { readonly kind: 'TURNED_DOWN'; readonly code: string; readonly ours: boolean }
  | { readonly kind: 'UNKNOWN'; readonly code: string };

/** PLACED: there, and no word on it yet; `code` is what was wrong with a word that could not be read. */
export type FateAnswer =
  | { readonly kind: 'KNOWN'; readonly outcomes: Outcomes; readonly raw: Buffer }
  | { readonly kind: 'PLACED'; readonly code?: string }
  | { readonly kind: 'NEVER_SEEN' }
  | { readonly kind: 'FAILED'; readonly code: string };

/** Where and how a platform is reached. */
export interface PlatformAddress {
  readonly url: string;
  readonly token: string;
  readonly callback?: string;
  /** Edition of the national template it speaks. */
  readonly template: string;
  /** Names of the files of `schema/upstream` that say its own codes. */
  readonly codeMaps?: readonly string[];
  /** For platforms that take files. */
  readonly files?: FileNaming;
}

/** What names the files of a platform: `<department><table>_YYYYMMDD_<5 digits>.xml`. */
export interface FileNaming {
  /** Four letters or digits. */
  readonly department: string;
  /** Two digits by kind of record; a kind without them cannot be sent. */
  readonly tables: Readonly<Record<string, string>>;
}

/** A file of a batch; its number was taken with the batch. */
export interface NumberedFile {
  readonly kind: string;
  readonly name: string;
}

/** A platform as one batch is brought to it. */
export interface BatchAddress extends PlatformAddress {
  /** Only for a batch that goes in files. */
  readonly batchFiles?: readonly NumberedFile[];
}

/** Field name to the column code of a feed in an edition of the template; fields without one are not sent. */
export type ColumnCode = (feed: string, field: string, template: string) => string | undefined;

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
  /** The instant that an answer about a day speaks of; absent: that of the question. */
  asOf?(day: CivilDate, address: PlatformAddress, signal: AbortSignal): Promise<Date>;
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
  /**
   * Whether a batch goes in numbered files: then what is in them is kept until its fate is known, and a batch that the
   * platform has not seen goes again as it was, so that no number is left out or used twice.
   */
  readonly numbered: boolean;
  /** Whether the platform can be asked outside its hours. */
  readonly alwaysOpen: boolean;
  /** Pure. */
  encode(items: readonly PushItem[], batch: string, address: BatchAddress): Encoded;
  /** Sending the same under the same token again changes nothing. */
  send(
    body: string | Uint8Array,
    batch: string,
    address: BatchAddress,
    signal: AbortSignal,
  ): Promise<PushAnswer>;
  /** What became of a batch. */
  ask(batch: string, address: BatchAddress, signal: AbortSignal): Promise<FateAnswer>;
  /** Reads an answer, a status or a callback; undefined when it is none. Pure. */
  decode(body: Uint8Array): { readonly batch: string; readonly outcomes: Outcomes } | undefined;
  readonly listing: PlatformListing;
}
