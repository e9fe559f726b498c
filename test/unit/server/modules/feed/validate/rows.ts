import { civilDate } from '../../../../../../server/lib/civil-date.ts';
import type { RawRow, RawValue, RowResult } from '../../../../../../server/modules/feed/feed.types.ts';
import { validateRow } from '../../../../../../server/modules/feed/validate/index.ts';
import {
  matchHeaderOf,
  sampleRow,
  templateOf,
  type CounterpartKind,
  type Generation,
  type RecordKind,
} from '../../../../../../server/modules/template/index.ts';

export const TODAY = civilDate('2026-11-20');
export const PERSON_ID = '620302199001010012';

export type Values = Readonly<Record<string, RawValue>>;

/** A row under the header of an edition, cells by field. */
export function rowOf(kind: RecordKind, values: Values, generation: Generation = 'g3'): RawRow {
  const columns = templateOf(kind, generation).columns;
  return rowUnder(
    kind,
    columns.map(({ name }) => name),
    columns.map(({ field }) => values[field]),
  );
}

/** A row under any header that the kind accepts. */
export function rowUnder(kind: RecordKind, header: readonly string[], cells: readonly RawValue[]): RawRow {
  const match = matchHeaderOf(kind)(header);
  if (!match) throw new Error('the header does not match');
  return { seq: 1, row: 2, header, match, cells };
}

export function check(row: RawRow, kind: RecordKind): RowResult {
  return validateRow(row, { kind, today: TODAY });
}

/** Checks the sample of the template with some fields changed. */
export function checkSample(
  kind: RecordKind,
  party: CounterpartKind,
  changes: Values = {},
  generation: Generation = 'g3',
): RowResult {
  return check(rowOf(kind, { ...sampleRow(kind, party), ...changes }, generation), kind);
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
