import type { FieldCipher } from '../../lib/field-cipher.ts';
import {
  feedsOfKind,
  getFeed,
  keyFieldsOf,
  kindOf,
  templateOf,
  type FeedDefinition,
  type RecordKind,
} from '../template/index.ts';
import type { RecordDraft } from './credit-record.types.ts';

/**
 * Who a decision is addressed to: the code, a natural person's number, and the name only where there is neither (an
 * individual business without a code).
 */
function counterpartOf(draft: RecordDraft): string {
  if (draft.uscc !== undefined) return draft.uscc;
  const idNumber = draft.personal['idNumber'];
  return idNumber === undefined ? `name:${draft.counterpartName}` : `person:${idNumber}`;
}

/** The template of 2016 has no code of the authority. */
function authorityOf(draft: RecordDraft): string {
  return draft.authorityCode === '' ? `name:${draft.authorityName}` : draft.authorityCode;
}

/** Decisions of the national template are told apart over all sectors; other records within their feed. */
function identityOf(draft: RecordDraft): readonly string[] {
  if (kindOf(draft.kind).generations) return [draft.kind, draft.documentNumber];
  return [draft.feed, ...keyFieldsOf(draft.feed).map((field) => draft.fields[field] ?? '')];
}

/**
 * Keyed hash of kind, document number, counterpart and authority (domain notes 8.3), where there is no number of what
 * the feed has in its place; tells nothing without the key.
 */
export function naturalKeyOf(draft: RecordDraft, cipher: FieldCipher): string {
  const parts = [...identityOf(draft), counterpartOf(draft), authorityOf(draft)];
  return cipher.hash(`record:${JSON.stringify(parts)}`);
}

function isOfAgency({ sector }: FeedDefinition, draft: RecordDraft): boolean {
  return sector.agencyUscc === draft.authorityCode || sector.agencyUscc === draft.fields['sourceCode'];
}

interface OtherFeed {
  readonly feed: FeedDefinition;
  readonly key: readonly string[];
}

const otherFeeds = new WeakMap<readonly FeedDefinition[], Map<string, readonly OtherFeed[]>>();

/** Feeds of a kind, but for one, of which that one's template has the whole key. */
function otherFeedsOf(kind: RecordKind, path: string): readonly OtherFeed[] {
  const feeds = feedsOfKind(kind);
  let known = otherFeeds.get(feeds);
  if (!known) otherFeeds.set(feeds, (known = new Map()));
  let others = known.get(path);
  if (!others) {
    const columns = new Set(templateOf(path).columns.map(({ field }) => field));
    others = feeds
      .filter((feed) => feed.path !== path)
      .map((feed) => ({ feed, key: keyFieldsOf(feed.path) }))
      .filter(({ key }) => key.every((field) => columns.has(field)));
    known.set(path, others);
  }
  return others;
}

/**
 * Keys under which the record of a draft may be stored, the one that it gets itself first. What came down from above is
 * kept under the key that our own feed would give it, so that the record meets ours whichever comes first; where the
 * agency has several feeds of the kind, under that of the first one.
 */
export function naturalKeysOf(draft: RecordDraft, cipher: FieldCipher): readonly string[] {
  const own = naturalKeyOf(draft, cipher);
  if (kindOf(draft.kind).generations) return [own];
  const keysOf = (feeds: readonly FeedDefinition[]): string[] =>
    feeds.map(({ path }) => naturalKeyOf({ ...draft, feed: path }, cipher));
  const others = otherFeedsOf(draft.kind, draft.feed).flatMap(({ feed, key }) =>
    key.some((field) => (draft.fields[field] ?? '') !== '') ? [feed] : [],
  );
  const ours = others.filter(({ sector }) => sector.origin === undefined);
  const ofAgency = ours.filter((feed) => isOfAgency(feed, draft));
  const returned = others.filter(({ sector }) => sector.origin !== undefined);
  if (getFeed(draft.feed).sector.origin === undefined) return [own, ...keysOf(ofAgency), ...keysOf(returned)];
  const elsewhere = ours.filter((feed) => !ofAgency.includes(feed));
  return [...keysOf(ofAgency), own, ...keysOf(elsewhere), ...keysOf(returned)];
}

/** Natural key of the record that a repair speaks of; undefined for records that are none. */
export function repairedKeyOf(draft: RecordDraft, cipher: FieldCipher): string | undefined {
  const { repairs } = kindOf(draft.kind);
  if (!repairs) return undefined;
  const documentNumber = draft.fields[repairs.documentNumber] ?? '';
  const authorityCode = draft.fields[repairs.authorityCode] ?? '';
  return naturalKeyOf({ ...draft, kind: repairs.kind, documentNumber, authorityCode }, cipher);
}
