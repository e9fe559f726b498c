import { checkPersonId } from '../../../lib/person-id.ts';
import { checkUscc, isOrganizationCode, USCC_PLACEHOLDER } from '../../../lib/uscc.ts';
import { getFeed, valueKey } from '../../template/index.ts';
import { INDIVIDUAL_BUSINESS_PAIR } from './counterpart.ts';
import { memo } from './memo.ts';
import { loadFeedRules } from './rules.ts';
import type { Slot } from './plan.ts';
import type { RowState } from './row-state.ts';

/** Authorities repeat from row to row. */
const checkKnown = memo(checkUscc);
const CITIZEN_SHAPE = /^(?:\d{15}|\d{17}[\dX])$/;

/** Notes what is wrong with a code. @returns whether it is a code, not the placeholder */
function checkCode(row: RowState, index: number, slot: Slot, code: string): boolean {
  if (code === USCC_PLACEHOLDER) {
    const kind = row.counterpartKind;
    const allowed = kind !== undefined && slot.column.codePlaceholder?.includes(kind);
    if (!allowed) row.fault(index, 'FEED_USCC_PLACEHOLDER');
    return false;
  }
  const result = slot.column.check === 'ORGAN_CODE' ? checkKnown(code) : checkUscc(code);
  if (!result.ok) {
    row.fault(index, `FEED_${result.fault}`, { value: code, length: code.length });
    return false;
  }
  for (const warning of result.warnings) row.fault(index, `FEED_${warning}`, undefined, 'WARNING');
  return true;
}

function checkSubjectCode(row: RowState, index: number, slot: Slot, code: string): void {
  if (!checkCode(row, index, slot, code)) return;
  const individual = row.counterpartKind === 'INDIVIDUAL_BUSINESS';
  if (row.counterpartKind && code.startsWith(INDIVIDUAL_BUSINESS_PAIR) !== individual) {
    const kind = row.lists.counterpartKindNames[row.counterpartKind];
    row.fault(index, 'FEED_USCC_KIND_MISMATCH', { kind, pair: code.slice(0, 2) });
  }
}

function checkOrganCode(row: RowState, index: number, slot: Slot, code: string): void {
  if (!checkCode(row, index, slot, code)) return;
  // Suppliers such as waterworks are enterprises and name themselves.
  if (code === (row.agency?.uscc ?? getFeed(row.plan.feed).sector.agencyUscc)) return;
  const pairs = loadFeedRules().organPairs;
  if (!pairs.includes(code.slice(0, 2))) {
    row.fault(index, 'FEED_ORGAN_CODE_PAIR', { pair: code.slice(0, 2), expected: pairs.join('、') });
  }
}

/** @returns the number to keep: of 15 digits made 18 */
function checkIdNumber(row: RowState, index: number, slot: Slot, number: string): string {
  const typeField = slot.column.idTypeField as string;
  const stated = row.text(typeField);
  if (row.failed(typeField)) return number;
  const isCitizenId = stated === '' ? slot.citizenId : row.lists.idTypes.get(valueKey(stated))?.check;
  // A column called 身份证号 without a type beside it is where older files put passports, too.
  if (!isCitizenId || (stated === '' && slot.column.field !== 'idNumber' && !CITIZEN_SHAPE.test(number))) {
    return number;
  }
  const result = checkPersonId(number, row.today);
  if (result.ok) return result.id;
  row.fault(index, `FEED_${result.fault}`, { length: number.length });
  return number;
}

function checkOrganizationCode(row: RowState, index: number, code: string): void {
  // Some codes were issued with another check character; the code inside the counterpart's own is right by definition.
  if (isOrganizationCode(code) || code === row.text('uscc').slice(8, 17)) return;
  row.fault(index, 'FEED_ORGANIZATION_CODE_CHECK', { value: code });
}

/** Checks a column that holds a code or identity number. @returns the text to keep */
export function checkCodeColumn(row: RowState, index: number, slot: Slot, text: string): string {
  switch (slot.column.check) {
    case 'SUBJECT_CODE':
      checkSubjectCode(row, index, slot, text);
      return text;
    case 'ORGAN_CODE':
      checkOrganCode(row, index, slot, text);
      return text;
    case 'ORGANIZATION_CODE':
      checkOrganizationCode(row, index, text);
      return text;
    case 'ID_NUMBER':
      return checkIdNumber(row, index, slot, text);
    default:
      return text;
  }
}
