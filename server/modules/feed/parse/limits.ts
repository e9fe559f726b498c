/** What one file may cost; whatever exceeds it is refused. */
export interface FeedLimits {
  /** Size of a file, or of everything in a zip. */
  readonly bytes: number;
  readonly rows: number;
  /** Columns with content in a table, keys of a JSON or XML row. */
  readonly columns: number;
  /** Characters of one csv record, JSON line or XML value. */
  readonly recordChars: number;
  readonly zipMembers: number;
  /** Workbooks are read as a whole. */
  readonly workbookBytes: number;
  /** Parts of an .xlsx together, unpacked. */
  readonly workbookUnpackedBytes: number;
  readonly workbookRows: number;
  readonly workbookMs: number;
  readonly workbookHeapMb: number;
}

const MB = 1024 * 1024;

export const DEFAULT_LIMITS: FeedLimits = {
  bytes: 1024 * MB,
  rows: 2_000_000,
  columns: 300,
  recordChars: 4_000_000,
  zipMembers: 1000,
  workbookBytes: 100 * MB,
  workbookUnpackedBytes: 500 * MB,
  workbookRows: 200_000,
  workbookMs: 60_000,
  workbookHeapMb: 2048,
};
