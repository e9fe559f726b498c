import { readFileSync } from 'node:fs';
import { civilDate } from '../../../../../../server/lib/civil-date.ts';
import type { RawRow, RawValue, RowResult } from '../../../../../../server/modules/feed/feed.types.ts';
import { validateRow } from '../../../../../../server/modules/feed/validate/index.ts';
import {
  matchHeaderOf,
  templateOf,
  type CounterpartKind,
  type Generation,
} from '../../../../../../server/modules/template/index.ts';
import { feedOf, type NationalKind } from '../../../../../support/feeds.ts';

export const TODAY = civilDate('2026-11-20');
export const PERSON_ID = '620302199001010012';

export type Values = Readonly<Record<string, RawValue>>;

type Texts = Readonly<Record<string, string>>;

const SAMPLES = JSON.parse(
  readFileSync(new URL('../../../../../../schema/feed/samples.json', import.meta.url), 'utf8'),
) as { parties: Record<CounterpartKind, Texts>; decisions: Record<NationalKind, Texts> };

/** The rows of the field notes. */
export function sampleOf(kind: NationalKind, party: CounterpartKind): Texts {
  return { ...SAMPLES.parties[party], ...SAMPLES.decisions[kind] };
}

/** A row under the header of an edition, cells by field. */
export function rowOf(kind: NationalKind, values: Values, generation: Generation = 'g3'): RawRow {
  const columns = templateOf(feedOf(kind), generation).columns;
  return rowUnder(
    kind,
    columns.map(({ name }) => name),
    columns.map(({ field }) => values[field]),
  );
}

/** A row under any header that the kind accepts. */
export function rowUnder(kind: NationalKind, header: readonly string[], cells: readonly RawValue[]): RawRow {
  const match = matchHeaderOf(feedOf(kind))(header);
  if (!match) throw new Error('the header does not match');
  return { seq: 1, row: 2, header, match, cells };
}

export function check(row: RawRow, kind: NationalKind): RowResult {
  return validateRow(row, { feed: feedOf(kind), today: TODAY });
}

/** Checks the sample of the template with some fields changed. */
export function checkSample(
  kind: NationalKind,
  party: CounterpartKind,
  changes: Values = {},
  generation: Generation = 'g3',
): RowResult {
  return check(rowOf(kind, { ...sampleOf(kind, party), ...changes }, generation), kind);
}

export const license = (changes: Values = {}, party: CounterpartKind = 'LEGAL_PERSON'): RowResult =>
  checkSample('LICENSE', party, changes);
export const penalty = (changes: Values = {}, party: CounterpartKind = 'INDIVIDUAL_BUSINESS'): RowResult =>
  checkSample('PENALTY', party, changes);

/** `field CODE` of the faults that refuse, `field CODE WARNING` or `CONFIRM` of the others. */
export function faultsOf(result: RowResult): string[] {
  return result.faults.map(({ field, code, severity }) =>
    severity === 'ERROR' ? `${field} ${code}` : `${field} ${code} ${severity}`,
  );
}
