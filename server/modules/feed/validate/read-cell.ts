import type { ColumnType } from '../../template/index.ts';
import type { RawValue } from '../feed.types.ts';
import { cleanText, halfWidth, isGarbled } from './clean-text.ts';
import { decimalText } from './read-amount.ts';
import { serialDateText } from './read-date.ts';
import type { Slot } from './plan.ts';
import type { RowState } from './row-state.ts';

/** A spreadsheet keeps 15 digits; a longer number was changed when the cell was left. */
const FIRST_LOSSY = 1e15;
/** Values of columns up to this length are one line; a line feed there comes from wrapping. */
const ONE_LINE = 256;
const SHEET_ERROR = /^#(?:N\/A|VALUE!|REF!|DIV\/0!|NAME\?|NUM!|NULL!)$/;
const BREAK = /[\r\n\t]+/;
const PLAIN_CODE = /^[0-9A-Z]+$/;
const EXPONENT = /^\d(?:\.\d+)?E\+?\d{1,3}$/i;

function numberText(type: ColumnType, value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (type === 'DATE') return serialDateText(value);
  if (type === 'AMOUNT') return decimalText(value);
  return Math.abs(value) >= FIRST_LOSSY ? undefined : decimalText(value);
}

/** What the kind of column makes of a cleaned text; lengths, values and rules come later. */
function shapeText(slot: Slot, text: string): string {
  const { type, max, values, check } = slot.column;
  if (type === 'CODE') {
    if (PLAIN_CODE.test(text)) return text;
    const code = halfWidth(text).replace(/\s/g, '').replace(/^'/, '').toUpperCase();
    // Printed with a dash before the check character, stored without.
    return check === 'ORGANIZATION_CODE' ? code.replace('-', '') : code;
  }
  if (type === 'NUMBER') {
    return text.replace(/[\r\n\t]/g, '').replace(/[０-９Ａ-Ｚａ-ｚ]/g, (char) => halfWidth(char));
  }
  if (type !== 'TEXT' || max > ONE_LINE || values !== undefined || !BREAK.test(text)) return text;
  return text
    .split(BREAK)
    .map((line) => line.trim())
    .join('');
}

/**
 * Reads one cell into a trimmed text; empty where there is nothing. Faults of the cell itself (a number that lost
 * digits, a wrong encoding, an error of the spreadsheet) are noted at `index`.
 */
export function readCell(row: RowState, index: number, slot: Slot, value: RawValue): string {
  if (typeof value === 'number') {
    const text = numberText(slot.column.type, value);
    if (text === undefined) row.fault(index, 'FEED_NUMBER_DIGITS_LOST');
    return text ?? '';
  }
  if (typeof value !== 'string') return '';
  const clean = cleanText(value);
  if (clean === '') return '';
  if (isGarbled(clean)) row.fault(index, 'FEED_TEXT_GARBLED');
  if (clean.startsWith('#') && SHEET_ERROR.test(clean)) row.fault(index, 'FEED_CELL_ERROR', { value: clean });
  const text = shapeText(slot, clean);
  const { type } = slot.column;
  if ((type === 'CODE' || type === 'NUMBER') && EXPONENT.test(text))
    row.fault(index, 'FEED_NUMBER_DIGITS_LOST');
  return text;
}
