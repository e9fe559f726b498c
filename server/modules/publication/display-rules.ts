import { readFileSync } from 'node:fs';
import { addYears, LONG_TERM, type CivilDate } from '../../lib/civil-date.ts';
import {
  getFeed,
  kindOf,
  type CatalogueItem,
  type CounterpartKind,
  type DecisionState,
  type FeedDisclosure,
  type RecordKind,
} from '../template/index.ts';

/** `schema/feed/display-rules.json`. */
export interface DisplayRules {
  readonly periods: readonly { kind: RecordKind; decidedFrom: CivilDate; years: number }[];
  readonly neverPenaltyKinds: readonly string[];
  readonly neverNaturalPersons: readonly RecordKind[];
  /** Values of 使用范围 (template of 2016) that allow the public. */
  readonly publicUseScopes: readonly string[];
}

/** What of a record decides whether and how long it is shown. */
export interface Displayable {
  /** `<sector>/<feed>` */
  readonly feed: string;
  readonly kind: RecordKind;
  readonly counterpartKind: CounterpartKind;
  readonly penaltyKinds: readonly string[];
  readonly decidedOn: CivilDate;
  readonly publicUntil?: CivilDate;
  readonly state: DecisionState;
  /** Day since which a repair keeps it from the public. */
  readonly repairedOn?: CivilDate;
  /** Columns by field. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Why the public never sees a record. */
export type HiddenReason =
  'NATURAL_PERSON' | 'WARNING_ONLY' | 'NOT_FOR_PUBLIC' | 'REVOKED' | 'ENDED' | 'REPAIRED';

export type Display =
  | { readonly shown: true; readonly from: CivilDate; readonly until: CivilDate }
  | { readonly shown: false; readonly reason: HiddenReason };

const FILE = new URL('../../../schema/feed/display-rules.json', import.meta.url);
let loaded: DisplayRules | undefined;

export function loadDisplayRules(): DisplayRules {
  loaded ??= JSON.parse(readFileSync(FILE, 'utf8')) as DisplayRules;
  return loaded;
}

/** What catalogue entry and kind say of the public, before any rule about the decision. */
function hiddenByFeed(
  { kind, counterpartKind, fields }: Displayable,
  disclosure: FeedDisclosure | undefined,
): HiddenReason | undefined {
  const { naturalPersons, endedBy, when = {}, years } = kindOf(kind).display;
  if (disclosure !== 'PUBLIC' || years === 0) return 'NOT_FOR_PUBLIC';
  if (counterpartKind === 'NATURAL_PERSON' && !naturalPersons) return 'NATURAL_PERSON';
  if (endedBy !== undefined && (fields[endedBy] ?? '') !== '') return 'ENDED';
  const closed = Object.entries(when).some(([field, values]) => !values.includes(fields[field] ?? ''));
  return closed ? 'NOT_FOR_PUBLIC' : undefined;
}

/**
 * Whether and for how long a record may be shown. Pure.
 * Natural persons' penalties, and penalties that are nothing but a warning or 通报批评, are never shown; a revoked
 * decision is taken down (行政处罚法 Art. 48).
 * @param catalogue entry of the feed that counts for the record, null for none; that of its file when left out
 */
export function displayOf(
  record: Displayable,
  rules: DisplayRules,
  catalogue: Pick<CatalogueItem, 'disclosure'> | null = getFeed(record.feed).catalogue ?? null,
): Display {
  const hidden = hiddenByFeed(record, catalogue?.disclosure);
  if (hidden) return { shown: false, reason: hidden };
  const { kind, counterpartKind, penaltyKinds, decidedOn } = record;
  if (counterpartKind === 'NATURAL_PERSON' && rules.neverNaturalPersons.includes(kind)) {
    return { shown: false, reason: 'NATURAL_PERSON' };
  }
  if (penaltyKinds.length > 0 && penaltyKinds.every((name) => rules.neverPenaltyKinds.includes(name))) {
    return { shown: false, reason: 'WARNING_ONLY' };
  }
  const useScope = record.fields['useScope'];
  if (useScope !== undefined && !rules.publicUseScopes.includes(useScope)) {
    return { shown: false, reason: 'NOT_FOR_PUBLIC' };
  }
  if (record.state === 'REVOKED') return { shown: false, reason: 'REVOKED' };
  if (record.repairedOn !== undefined) return { shown: false, reason: 'REPAIRED' };
  const period = rules.periods
    .filter((entry) => entry.kind === kind && entry.decidedFrom <= decidedOn)
    .sort((a, b) => (a.decidedFrom < b.decidedFrom ? 1 : -1))[0];
  const { years, until: field = '' } = kindOf(kind).display;
  const stated = record.publicUntil ?? (record.fields[field] as CivilDate | undefined);
  const most = period?.years ?? years;
  const until = stated ?? (most === undefined ? LONG_TERM : addYears(decidedOn, most));
  return { shown: true, from: decidedOn, until };
}
