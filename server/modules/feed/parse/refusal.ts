import { InputError, LimitError, type ErrorParams } from '../../../lib/errors.ts';

const FORMS = /[:：]$/;
const MIN_TABLE_COLUMNS = 3;

export type FileFault =
  | 'FILE_EMPTY'
  | 'FILE_NOT_TABLE'
  | 'FILE_OTHER_FEED'
  | 'FILE_UNREADABLE'
  | 'FILE_ROW_KEYS'
  | 'FILE_ENCRYPTED'
  | 'FILE_HAS_MACROS'
  | 'FILE_DOCTYPE'
  | 'FILE_ZIP_NESTED';

export type FileExcess =
  'FILE_TOO_MANY_ROWS' | 'FILE_TOO_MANY_COLUMNS' | 'FILE_TOO_MANY_MEMBERS' | 'FILE_TOO_COSTLY';

/** A file refused as a whole; `part` names the file, the sheet or the member of a zip. */
export function refused(code: FileFault, part: string, params: ErrorParams = {}): InputError {
  return new InputError(['file'], code, { part, ...params });
}

/** Damaged, or broken from this row on. */
export function unreadable(part: string, row = 1): InputError {
  return refused('FILE_UNREADABLE', part, { row });
}

export function exceeded(code: FileExcess, part: string, max: number): LimitError {
  return new LimitError(code, { part, max });
}

export function tooLarge(part: string, maxBytes: number): LimitError {
  return new LimitError('FILE_TOO_LARGE', { part, maxBytes });
}

/**
 * Why rows without a header of the feed are refused: nothing there, a form (labels that end in a colon) or running
 * text, or the table of something else.
 */
export function judgeRows(
  rows: readonly (readonly string[])[],
): 'FILE_EMPTY' | 'FILE_NOT_TABLE' | 'FILE_OTHER_FEED' {
  const filled = rows.map((cells) => cells.filter((cell) => cell !== '')).filter((cells) => cells.length > 0);
  if (filled.length === 0) return 'FILE_EMPTY';
  const labels = filled.flat().filter((cell) => FORMS.test(cell)).length;
  const isTable = filled.some((cells) => new Set(cells).size >= MIN_TABLE_COLUMNS);
  return isTable && labels < 2 ? 'FILE_OTHER_FEED' : 'FILE_NOT_TABLE';
}
