import type { CellObject } from 'write-excel-file/node';

/** What a cell of a table holds. */
type CellValue = string | number | undefined;

/** Excel refuses files with longer texts. */
const LONGEST_TEXT = 32_767;
/** The spreadsheet keeps 15 digits; from here on a number has lost some. */
const FIRST_LOSSY = 1e15;
const TEXT_FORMAT = '@';

const hex = (char: string): string => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;

/**
 * Spells a text so that it comes back as it was: `_xHHHH_` is Excel's escape for what XML cannot hold, and for what the
 * library would drop. The mark of a garbled text (U+FFFD) must not get lost: the row would pass the next time.
 */
function spelled(text: string): string {
  const safe = text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffd]/g, hex);
  // The library keeps texts as keys of a plain object, where these are taken.
  return safe in Object.prototype ? hex(safe) + safe.slice(1) : safe;
}

/** The text of a raw value. A number that has lost digits keeps the shape that tells so. */
export function plainText(value: CellValue): string {
  if (typeof value !== 'number') return value ?? '';
  return Math.abs(value) >= FIRST_LOSSY ? value.toExponential() : String(value);
}

/** A cell that is text and stays so when a person edits it: `=1+1` is no formula and `001` no number. */
export function textCell(value: CellValue, style: CellObject = {}): CellObject {
  const text = plainText(value).slice(0, LONGEST_TEXT);
  if (text === '') return { type: String, format: TEXT_FORMAT, ...style };
  return { value: spelled(text), type: String, format: TEXT_FORMAT, ...style };
}

export function headerCell(name: string, backgroundColor: string): CellObject {
  return textCell(name, { fontWeight: 'bold', backgroundColor, wrap: true, alignVertical: 'center' });
}

/** Sheet names have at most 31 characters and none of `[]:*?/\`. */
export function sheetNameOf(name: string): string {
  const clean = name.replace(/[[\]:*?/\\']/g, ' ').trim();
  return Array.from(clean).slice(0, 28).join('') || '数据';
}
