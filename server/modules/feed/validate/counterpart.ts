import { USCC_PLACEHOLDER } from '../../../lib/uscc.ts';
import { valueKey, type CounterpartKind } from '../../template/index.ts';
import { loadFeedRules } from './rules.ts';
import type { RowState } from './row-state.ts';

/** First two characters of the codes of individual businesses. */
export const INDIVIDUAL_BUSINESS_PAIR = '92';

function given(row: RowState, field: string): string {
  const text = row.text(field);
  return text.length <= 8 && loadFeedRules().placeholders.has(text.toLowerCase()) ? '' : text;
}

function kindByCodes(row: RowState): CounterpartKind | undefined {
  const code = given(row, 'uscc');
  if (code === USCC_PLACEHOLDER)
    return given(row, 'idNumber') === '' ? 'INDIVIDUAL_BUSINESS' : 'NATURAL_PERSON';
  if (code !== '') return code.startsWith(INDIVIDUAL_BUSINESS_PAIR) ? 'INDIVIDUAL_BUSINESS' : 'LEGAL_PERSON';
  if (given(row, 'idNumber') !== '') return 'NATURAL_PERSON';
  // The edition of 2016 asks for any one of the codes of an organisation (R5).
  const other = given(row, 'organizationCode') !== '' || given(row, 'registrationNumber') !== '';
  return row.plan.generation === 'g1' && other ? 'LEGAL_PERSON' : undefined;
}

/** Data of subjects that the catalogue entry does not name may not be collected (国办发〔2020〕49号). */
function checkCatalogue(row: RowState): void {
  const { subjects } = row;
  if (!row.counterpartKind || !subjects || subjects.includes(row.counterpartKind)) return;
  const names = row.lists.counterpartKindNames;
  row.faultOf('counterpartName', 'FEED_SUBJECT_NOT_ALLOWED', {
    kind: names[row.counterpartKind],
    expected: subjects.map((one) => names[one]).join('、'),
  });
}

/**
 * Settles who the counterpart is: as 行政相对人类别 says, or by the codes where the edition has no such column or
 * its value cannot be read. Without either the row is refused and only what holds for all kinds is checked.
 */
export function settleCounterpartKind(row: RowState): void {
  const stated = given(row, 'counterpartKind');
  const lists = row.lists;
  const kind = stated === '' ? undefined : lists.counterpartKinds.get(valueKey(stated));
  if (stated !== '' && !kind) {
    const expected = Object.values(lists.counterpartKindNames).join('、');
    row.faultOf('counterpartKind', 'FEED_COUNTERPART_KIND_INVALID', { value: stated, expected });
  }
  row.counterpartKind = kind ?? kindByCodes(row);
  checkCatalogue(row);
  if (
    row.counterpartKind === undefined &&
    !row.plan.kindStated &&
    !row.failed('uscc') &&
    !row.failed('idNumber')
  ) {
    row.faultOf('uscc', 'FEED_COUNTERPART_UNKNOWN');
  }
}
