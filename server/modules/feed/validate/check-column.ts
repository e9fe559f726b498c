import { USCC_PLACEHOLDER } from '../../../lib/uscc.ts';
import { valueKey, type Requirement } from '../../template/index.ts';
import { checkCodeColumn } from './check-codes.ts';
import { checkValue } from './check-values.ts';
import { halfWidth } from './clean-text.ts';
import { findPersonalData } from './personal-data.ts';
import { readAmount, wanYuanText } from './read-amount.ts';
import { readDate } from './read-date.ts';
import { loadFeedRules } from './rules.ts';
import type { Slot } from './plan.ts';
import type { RowState } from './row-state.ts';

const LONGEST_PLACEHOLDER = 8;
/** In these 0 is a value. */
const NUMERIC: ReadonlySet<string> = new Set(['AMOUNT', 'INTEGER', 'DECIMAL']);

function requirementOf(row: RowState, slot: Slot): Requirement {
  const { require } = slot.column;
  if (row.counterpartKind) return require[row.counterpartKind];
  return Object.values(require).every((one) => one === 'R') ? 'R' : 'O';
}

/** Tables of one agency leave out who they are from. */
function ownOfAgency({ agency }: RowState, { column }: Slot): string | undefined {
  if (!agency || !column.agencyDefault) return undefined;
  return column.agencyDefault === 'NAME' ? agency.name : agency.uscc;
}

/** The text of a column, emptied where it only says "nothing"; what is missing or should not be there is noted. */
function present(row: RowState, index: number, slot: Slot, text: string): string {
  const { column } = slot;
  const requirement = requirementOf(row, slot);
  if (text.length > LONGEST_PLACEHOLDER && requirement !== '-') return text;
  const isPlaceholder =
    text.length <= LONGEST_PLACEHOLDER &&
    (text !== '0' || !NUMERIC.has(column.type)) &&
    slot.options?.has(text) !== true &&
    column.values !== 'states' &&
    loadFeedRules().placeholders.has(text.toLowerCase());
  if (isPlaceholder && column.allowedPlaceholders?.includes(text)) return text;
  if (text !== '' && !isPlaceholder) {
    if (requirement !== '-') return text;
    if (text !== USCC_PLACEHOLDER) {
      const kind = row.lists.counterpartKindNames[row.counterpartKind ?? 'LEGAL_PERSON'];
      row.fault(index, 'FEED_MUST_BE_EMPTY', { kind });
    }
    return '';
  }
  const own = ownOfAgency(row, slot);
  if (own !== undefined) return own;
  if (requirement !== 'R') return '';
  if (column.emptyValue?.fill) {
    // Of a table without the column every row would say the same.
    if (slot.cells.length > 0) row.fault(index, 'FEED_FILLED', { value: column.emptyValue.value }, 'WARNING');
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
  else if (slot.column.field === 'confiscated') row.confiscated = fen;
  else if (slot.column.positive && fen === 0n) row.fault(index, 'FEED_AMOUNT_NOT_POSITIVE');
  const limit = slot.column.confirmAbove;
  if (limit !== undefined && fen > (readAmount(limit) ?? fen)) {
    row.fault(index, 'CONFIRM_FINE_LARGE', { value: wanYuanText(fen), limit }, 'CONFIRM');
  }
  return wanYuanText(fen);
}

const PLAIN_NUMBER = /^-?\d{1,15}(?:\.\d{1,6})?$/;

/** Compares plain decimals without floats; both fit the pattern. */
function isLess(a: string, b: string): boolean {
  const scaled = (text: string): bigint => {
    const [whole = '0', part = ''] = text.replace('-', '').split('.');
    const value = BigInt(whole + part.padEnd(6, '0'));
    return text.startsWith('-') ? -value : value;
  };
  return scaled(a) < scaled(b);
}

function checkNumber(row: RowState, index: number, slot: Slot, text: string): string {
  const { type, least, most } = slot.column;
  const plain = halfWidth(text)
    .replace(/[,\s]/g, '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  const whole = type !== 'INTEGER' || !plain.includes('.');
  if (!PLAIN_NUMBER.test(plain) || !whole)
    row.fault(index, whole ? 'FEED_NUMBER_INVALID' : 'FEED_INTEGER_INVALID', { value: text });
  else if (least !== undefined && isLess(plain, least))
    row.fault(index, 'FEED_NUMBER_TOO_SMALL', { value: text, least });
  else if (most !== undefined && isLess(most, plain))
    row.fault(index, 'FEED_NUMBER_TOO_LARGE', { value: text, most });
  return plain;
}

function checkOption(row: RowState, index: number, slot: Slot, text: string): string {
  const option = slot.options?.get(valueKey(text));
  if (option !== undefined) return option;
  const expected = slot.column.options?.join('、') ?? '';
  row.fault(index, 'FEED_OPTION_UNKNOWN', { value: text, expected });
  return text;
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
  else if (slot.options) row.texts[index] = checkOption(row, index, slot, text);
  else if (column.check) row.texts[index] = checkCodeColumn(row, index, slot, text);
  else if (column.type === 'DATE') row.texts[index] = checkDate(row, index, slot, text);
  else if (column.type === 'AMOUNT') row.texts[index] = checkAmount(row, index, slot, text);
  else if (column.type === 'INTEGER' || column.type === 'DECIMAL')
    row.texts[index] = checkNumber(row, index, slot, text);
  else checkText(row, index, slot, text);
}
