import type { Readable } from 'node:stream';
import type { DomainError } from '../../lib/errors.ts';
import type { FeedBatchDoc } from '../feed/index.ts';
import type { WatchedFile } from './folder/complete.ts';

/** How far a source has been read. What each kind keeps of it is its own. */
export interface Cursor {
  /** FOLDER: files that wait to be complete. */
  readonly watched?: readonly WatchedFile[];
  /** HTTP by cursor: the other side's word. */
  readonly next?: string;
  /** HTTP by window: everything before this instant was read; the window at work and its page. */
  readonly high?: string;
  readonly from?: string;
  readonly to?: string;
  readonly page?: number;
  readonly pass?: number;
  /** Whether this pass of the window brought anything new. */
  readonly fresh?: boolean;
  /** TABLE: the last row's key, and time of change. */
  readonly key?: string;
  readonly at?: string;
}

/** What became of a piece: its batch as it ended, and whether it had come before. */
export interface PieceEnd {
  readonly batch: FeedBatchDoc;
  readonly duplicate: boolean;
}

/** Rows that are stored together: a file, an answer, some rows of a table. */
export interface Piece {
  readonly fileName: string;
  /** The bytes, the same each time. */
  open(): Readable;
  /** Time of change of the newest row, where the source tells it. */
  readonly newest?: Date;
  /**
   * The same bytes may mean something new: their rows came back to an older content. They are worked again then, and
   * found unchanged where nothing is new.
   */
  readonly again?: boolean;
  /**
   * The rows are stored and worked: marks them, moves the file.
   * @returns the cursor to keep from now on
   */
  taken(end: PieceEnd): Promise<Cursor | undefined>;
  /** The piece is no table of the feed. Without this the run ends there. */
  refused?(error: DomainError): Promise<void>;
}

/** One step through a source: a piece, or a cursor to keep where there was nothing; `kept` is called once it is. */
export type Step = Piece | { readonly cursor: Cursor; kept?(): Promise<void> };

/** Reads one source. Nothing is changed there but by `taken`, `refused` and `kept`. */
export interface Puller {
  /** @throws DomainError COLLECT_… */
  steps(cursor: Cursor | undefined, signal: AbortSignal): AsyncGenerator<Step>;
  close(): Promise<void>;
}
