import type { HeaderMatch, MatchHeader } from '../../template/index.ts';
import type { RawValue } from '../feed.types.ts';

/** Rows from the top among which the header is looked for; notices may stand above it. */
export const HEAD_ROWS = 30;

export interface SheetRow {
  /** Line or sheet row as a person counts it, from 1. */
  readonly row: number;
  readonly cells: readonly RawValue[];
}

export interface Header {
  readonly row: number;
  readonly names: readonly string[];
  /** Cells of the row, with the empty ones at its end. */
  readonly width: number;
  readonly match: HeaderMatch;
}

/** Without white space around it, full-width space and line breaks included. */
export function headerText(cell: RawValue): string {
  return cell === undefined ? '' : String(cell).replaceAll('\0', '').trim();
}

/** The names of a row, without the empty ones at its end. */
export function headerTexts(cells: readonly RawValue[]): string[] {
  const names = Array.from(cells, headerText);
  return names.slice(0, names.findLastIndex((name) => name !== '') + 1);
}

/** Of the rows that read as a header of the feed the one with the highest score, the upper one among equals. */
export function findHeader(rows: readonly SheetRow[], match: MatchHeader): Header | undefined {
  let best: Header | undefined;
  for (const { row, cells } of rows) {
    const names = headerTexts(cells);
    const found = names.length === 0 ? undefined : match(names);
    if (found && found.score > (best?.match.score ?? -1))
      best = { row, names, width: cells.length, match: found };
  }
  return best;
}

/** Cells under a header: NUL is taken out, an empty text is no value; undefined when the row holds nothing. */
export function dataCells(cells: readonly RawValue[], columns: number): RawValue[] | undefined {
  let filled = false;
  const out = new Array<RawValue>(columns).fill(undefined);
  for (let index = 0; index < cells.length; index += 1) {
    let value = cells[index];
    if (typeof value === 'string') {
      if (value.includes('\0')) value = value.replaceAll('\0', '');
      if (value === '') continue;
      filled ||= value.trim() !== '';
    } else if (value === undefined) continue;
    else filled = true;
    if (index < columns) out[index] = value;
  }
  return filled ? out : undefined;
}
