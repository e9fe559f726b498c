import { USCC_PLACEHOLDER } from '../../../lib/uscc.ts';
import { loadValueLists, type Requirement } from '../../template/index.ts';
import { checkCodeColumn } from './check-codes.ts';
import { checkValue } from './check-values.ts';
import { findPersonalData } from './personal-data.ts';
import { readAmount, wanYuanText } from './read-amount.ts';
import { readDate } from './read-date.ts';
import { loadFeedRules } from './rules.ts';
import type { Slot } from './plan.ts';
import type { RowState } from './row-state.ts';

const LONGEST_PLACEHOLDER = 8;

function requirementOf(row: RowState, slot: Slot): Requirement {
  const { require } = slot.column;
  if (row.counterpartKind) return require[row.counterpartKind];
  return Object.values(require).every((one) => one === 'R') ? 'R' : 'O';
}

/** The text of a column, emptied where it only says "nothing"; what is missing or should not be there is noted. */
function present(row: RowState, index: number, slot: Slot, text: string): string {
  const { column } = slot;
  const requirement = requirementOf(row, slot);
  if (text.length > LONGEST_PLACEHOLDER && requirement !== '-') return text;
  const isPlaceholder =
    text.length <= LONGEST_PLACEHOLDER &&
    (column.type !== 'AMOUNT' || text !== '0') &&
    column.values !== 'states' &&
    loadFeedRules().placeholders.has(text.toLowerCase());
  if (isPlaceholder && column.allowedPlaceholders?.includes(text)) return text;
  if (text !== '' && !isPlaceholder) {
    if (requirement !== '-') return text;
    if (text !== USCC_PLACEHOLDER) {
      const kind = loadValueLists().counterpartKindNames[row.counterpartKind ?? 'LEGAL_PERSON'];
      row.fault(index, 'FEED_MUST_BE_EMPTY', { kind });
    }
    return '';
  }
  if (requirement !== 'R') return '';
  if (column.emptyValue?.fill) {
    row.fault(index, 'FEED_FILLED', { value: column.emptyValue.value }, 'WARNING');
    return column.emptyValue.value;
  }
  if (slot.cells.length === 0) row.missingColumn(index);
  else if (isPlaceholder) row.fault(index, 'FEED_PLACEHOLDER', { value: text });
  else noteEmpty(row, index, slot);
  return '';
}

function noteEmpty(row: RowState, index: number, { column }: Slot): void {
  const codeless =
    column.check === 'SUBJECT_CODE' &&
    column.codePlaceholder?.includes(row.counterpartKind ?? 'LEGAL_PERSON');
  const instead = column.emptyValue?.value ?? (codeless ? USCC_PLACEHOLDER : undefined);
  if (instead === undefined) row.fault(index, 'FEED_REQUIRED');
  else row.fault(index, 'FEED_REQUIRED_OR', { value: instead });
}

function checkLength(row: RowState, index: number, slot: Slot, text: string): void {
  const { max } = slot.column;
  if (text.length <= max) return;
  const length = [...text].length;
  if (length > max) row.fault(index, 'FEED_TOO_LONG', { max, length });
}

function checkDate(row: RowState, index: number, slot: Slot, text: string): string {
  const { column } = slot;
  const date = readDate(text, column.endDate === true);
  if (date === undefined) {
    row.fault(index, 'FEED_DATE_INVALID', { value: text });
    return '';
  }
  if (date === '') {
    if (requirementOf(row, slot) === 'R') row.fault(index, 'FEED_REQUIRED');
    return '';
  }
  const { dateFloor } = loadFeedRules();
  if (date < dateFloor) row.fault(index, 'FEED_DATE_TOO_EARLY', { value: date, floor: dateFloor });
  if (column.notAfterToday && date > row.today) {
    row.fault(index, 'FEED_DATE_FUTURE', { value: date, today: row.today });
  }
  return date;
}

function checkAmount(row: RowState, index: number, slot: Slot, text: string): string {
  const fen = readAmount(text);
  if (fen === undefined) {
    row.fault(index, 'FEED_AMOUNT_INVALID', { value: text });
    return '';
  }
  if (slot.column.field === 'fine') row.fine = fen;
  else row.confiscated = fen;
  const limit = slot.column.confirmAbove;
  if (limit !== undefined && fen > (readAmount(limit) ?? fen)) {
    row.fault(index, 'CONFIRM_FINE_LARGE', { value: wanYuanText(fen), limit }, 'CONFIRM');
  }
  return wanYuanText(fen);
}

function checkFreeText(row: RowState, index: number, text: string): void {
  const found = findPersonalData(text);
  if (found) row.fault(index, 'FEED_PERSONAL_DATA', { kind: found.kind, value: found.masked });
}

function checkText(row: RowState, index: number, slot: Slot, text: string): void {
  if (slot.column.freeText) checkFreeText(row, index, text);
  for (const { kind, pattern, code } of loadFeedRules().refusedTexts) {
    if (kind === row.plan.kind && pattern.test(text)) row.fault(index, code);
  }
}

/**
 * Checks one column by itself and puts it into the form of the current template. Columns are checked in the order of
 * the template, so a column may look at those before it.
 */
export function checkColumn(row: RowState, index: number, slot: Slot): void {
  const text = present(row, index, slot, row.texts[index] as string);
  row.texts[index] = text;
  if (text === '' || row.failedAt(index)) return;
  const { column, pattern } = slot;
  checkLength(row, index, slot, text);
  // Longer texts are not looked at: nobody should be able to keep the checks busy with one cell.
  if (row.failedAt(index)) return;
  if (pattern && !pattern.test(text))
    row.fault(index, 'FEED_PATTERN', { expected: column.patternHint ?? '' });
  if (column.values) row.texts[index] = checkValue(row, index, column.values, text);
  else if (column.check) row.texts[index] = checkCodeColumn(row, index, slot, text);
  else if (column.type === 'DATE') row.texts[index] = checkDate(row, index, slot, text);
  else if (column.type === 'AMOUNT') row.texts[index] = checkAmount(row, index, slot, text);
  else checkText(row, index, slot, text);
}
