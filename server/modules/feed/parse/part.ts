import type { MatchHeader } from '../../template/index.ts';
import type { RawRow } from '../feed.types.ts';
import type { FeedLimits } from './limits.ts';

export type FileFormat = 'csv' | 'xlsx' | 'xls' | 'spreadsheetml' | 'xml' | 'json' | 'ndjson' | 'zip';

export type PartRow = Omit<RawRow, 'seq' | 'part'>;

/** A table of the file whose header fits the feed. */
export interface Part {
  /** Sheet or member; undefined where the file is one table. */
  readonly name?: string;
  rows(): AsyncGenerator<PartRow>;
}

/** A file whose tables have all been found and verified. */
export interface OpenedFile {
  readonly format: FileFormat;
  readonly parts: readonly Part[];
  close(): Promise<void>;
}

export interface OpenContext {
  readonly match: MatchHeader;
  readonly limits: FeedLimits;
}
