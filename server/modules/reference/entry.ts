import { addDays, isCivilDate, type CivilDate } from '../../lib/civil-date.ts';
import { InputError } from '../../lib/errors.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import type { ReferenceEntryDoc } from './entry.model.ts';
import type { ReferenceKind, ReferenceValue, ValueByKind } from './reference.types.ts';

const LONGEST_REASON = 500;
const ENDING: readonly ReferenceKind[] = ['CATALOGUE', 'CODE'];

export interface ReferenceEntry extends Omit<ReferenceEntryDoc, '_id' | 'agencyId' | 'value'> {
  readonly id: string;
  readonly agencyId?: string;
  /** Missing in pages of agencies' lists. */
  readonly value?: ReferenceValue;
}

/** A version of an agency's list, with its items. */
export interface AgencyList extends Omit<ReferenceEntry, 'kind' | 'value'> {
  readonly kind: 'DIRECTORY' | 'POWER';
  readonly value: ValueByKind['POWER'];
}

/** What an entry says, and from when on. */
export interface EntryContent {
  readonly value: unknown;
  readonly effectiveFrom: string;
  /** First day there is no such entry any more; catalogue items and codes only. */
  readonly endedOn?: string;
  readonly reason?: string;
}

export interface NewEntry extends EntryContent {
  readonly kind: ReferenceKind;
  /** Feed path or year; a code and an agency's list are filed by what they say. */
  readonly key?: string;
  readonly agencyId?: string;
  /** Hand it to the checker at once. */
  readonly submit?: boolean;
  /** The same caller and key answer the same entry again. */
  readonly mutationKey?: string;
}

export function present(
  { _id, agencyId, value, ...entry }: ReferenceEntryDoc,
  whole: boolean,
): ReferenceEntry {
  return {
    ...entry,
    id: _id.toHexString(),
    ...(agencyId ? { agencyId: agencyId.toHexString() } : {}),
    ...(whole || entry.items === undefined ? { value } : {}),
  };
}

/** @throws InputError REFERENCE_REASON_INVALID when it is too long, or missing and needed */
export function checkedReason(reason: string | undefined, needed: boolean): { reason?: string } {
  const clean = scrubPersonal((reason ?? '').trim());
  if ((needed && clean === '') || clean.length > LONGEST_REASON)
    throw new InputError(['reason'], 'REFERENCE_REASON_INVALID', { max: LONGEST_REASON });
  return clean === '' ? {} : { reason: clean };
}

/**
 * The past is not changed: an entry counts from today at the earliest, after the version before it. Rows of a day are
 * shown by the catalogue of that day, so an item of it counts from tomorrow.
 */
export function daysOf(
  kind: ReferenceKind,
  { effectiveFrom, endedOn }: Pick<EntryContent, 'effectiveFrom' | 'endedOn'>,
  approved: Pick<ReferenceEntryDoc, 'effectiveFrom'> | undefined,
  today: CivilDate,
): { effectiveFrom: CivilDate; endedOn?: CivilDate } {
  if (!isCivilDate(effectiveFrom)) throw new InputError(['effectiveFrom'], 'REFERENCE_DAY_INVALID');
  const earliest = kind === 'CATALOGUE' ? addDays(today, 1) : today;
  if (effectiveFrom < earliest) throw new InputError(['effectiveFrom'], 'REFERENCE_DAY_PASSED', { earliest });
  if (approved && effectiveFrom <= approved.effectiveFrom)
    throw new InputError(['effectiveFrom'], 'REFERENCE_DAY_BEFORE', { day: approved.effectiveFrom });
  if (endedOn === undefined) return { effectiveFrom };
  if (!ENDING.includes(kind)) throw new InputError(['endedOn'], 'REFERENCE_ENDLESS');
  if (!isCivilDate(endedOn) || endedOn < effectiveFrom)
    throw new InputError(['endedOn'], 'REFERENCE_END_INVALID');
  return { effectiveFrom, endedOn };
}
