import type { RecordDraft, RowOutcome } from '../credit-record/index.ts';
import type { HeaderMatch } from '../template/index.ts';

/** A number comes only from workbooks and JSON; what it means depends on the column. */
export type RawValue = string | number | undefined;

/** One data row as it stands in the file. Rows without any value are left out and not counted. */
export interface RawRow {
  /** Ordinal over the whole file from 1: the same file gives the same ordinals. */
  readonly seq: number;
  /** Where a person finds it: line or sheet row from 1, and the sheet or member of a zip where there are several. */
  readonly row: number;
  readonly part?: string;
  readonly header: readonly string[];
  readonly match: HeaderMatch;
  readonly cells: readonly RawValue[];
}

/** CONFIRM refuses a row until 确认 says 是; WARNING is kept beside the accepted row. */
export type Severity = 'ERROR' | 'CONFIRM' | 'WARNING';

/** What is wrong with one column of one row; the text a person reads is made from code and params. */
export interface CellFault {
  /** Field name of `schema/feed/g3`. */
  readonly field: string;
  /** Column as a clerk knows it (Chinese). */
  readonly column: string;
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly severity: Severity;
}

export interface RowResult {
  /** Present when no fault is an ERROR or an unconfirmed CONFIRM. */
  readonly draft?: RecordDraft;
  readonly faults: readonly CellFault[];
}

/** What became of one row. */
export interface RowEnd {
  readonly seq: number;
  readonly row: number;
  readonly outcome: RowOutcome;
  readonly recordId?: string;
  readonly faults: readonly CellFault[];
}
