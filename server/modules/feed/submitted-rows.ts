import { stringify } from 'csv-stringify/sync';
import { InputError } from '../../lib/errors.ts';

/** The most rows of one list. */
export const LIST_ROWS = 500;

/** A submitted row: column code or Chinese name, and its text. */
export interface SubmittedRow {
  readonly cells: readonly { readonly column: string; readonly value: string }[];
}

/**
 * A list of rows as the file it could have been.
 * @throws InputError FEED_ROWS_EMPTY, FEED_ROW_EMPTY, FEED_ROW_COLUMN_TWICE
 */
export function csvOfRows(rows: readonly SubmittedRow[]): string {
  if (rows.length < 1 || rows.length > LIST_ROWS)
    throw new InputError(['rows'], 'FEED_ROWS_EMPTY', { max: LIST_ROWS });
  const columns = [...new Set(rows.flatMap(({ cells }) => cells.map(({ column }) => column)))];
  const lines = rows.map(({ cells }, i) => {
    const path = ['rows', String(i)];
    const seq = i + 1;
    const values = new Map<string, string>();
    for (const { column, value: given } of cells) {
      // As the reader of files takes it out: a row must not be empty there and not here.
      const value = given.replaceAll('\0', '');
      if (values.has(column)) throw new InputError(path, 'FEED_ROW_COLUMN_TWICE', { seq, column });
      values.set(column, value);
    }
    if (![...values.values()].some((value) => value.trim() !== ''))
      throw new InputError(path, 'FEED_ROW_EMPTY', { seq });
    return columns.map((column) => values.get(column) ?? '');
  });
  return stringify([columns, ...lines]);
}
