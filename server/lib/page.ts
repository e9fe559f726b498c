import { InputError } from './errors.ts';

/** Which part of a list is asked for; `after` is a cursor that a page before it gave. */
export interface PageArgs {
  readonly first: number;
  readonly after?: string;
}

export interface Page<T> {
  readonly nodes: readonly T[];
  /** One per node; opaque. */
  readonly cursors: readonly string[];
  readonly hasNext: boolean;
}

export const MAX_PAGE = 100;

export type CursorKey = readonly (string | number)[];

export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws InputError CURSOR_INVALID when it is not a cursor of that many parts */
export function decodeCursor(cursor: string, parts: number): CursorKey {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    key = undefined;
  }
  const plain = (part: unknown): boolean => typeof part === 'string' || typeof part === 'number';
  if (!Array.isArray(key) || key.length !== parts || !key.every(plain)) {
    throw new InputError(['after'], 'CURSOR_INVALID');
  }
  return key as CursorKey;
}

/** @throws InputError PAGE_SIZE_INVALID outside 1 … 100 */
export function pageSize(page: PageArgs): number {
  if (!Number.isInteger(page.first) || page.first < 1 || page.first > MAX_PAGE) {
    throw new InputError(['first'], 'PAGE_SIZE_INVALID', { max: MAX_PAGE });
  }
  return page.first;
}

/** Makes a page of `first + 1` found rows: the one too many only tells that there are more. */
export function pageOf<D, T>(
  found: readonly D[],
  first: number,
  keyOf: (row: D) => CursorKey,
  present: (row: D) => T,
): Page<T> {
  const rows = found.slice(0, first);
  return {
    nodes: rows.map(present),
    cursors: rows.map((row) => encodeCursor(keyOf(row))),
    hasNext: found.length > first,
  };
}
