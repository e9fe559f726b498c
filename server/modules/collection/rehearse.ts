import { systemViewer } from '../../auth/viewer.ts';
import type { FeedService, RowCounts, RowEnd } from '../feed/index.ts';
import { NO_ROWS } from '../feed/index.ts';
import type { Cursor, Puller } from './pull.ts';
import { isRefusal, type Destination } from './source-run.ts';

/** What a run would take. */
export interface Rehearsal {
  readonly batches: number;
  readonly rows: RowCounts;
  /** Files that are no table of the feed. */
  readonly refused: readonly { readonly file: string; readonly code: string }[];
  /** Files that are not complete yet. */
  readonly waiting: number;
}

/** Reads a source to its end and works the rows without keeping anything; nothing is marked or moved there. */
export async function rehearse(
  feeds: FeedService,
  puller: Puller,
  { feed, agency }: Destination,
  { cursor, signal }: { readonly cursor: Cursor | undefined; readonly signal: AbortSignal },
): Promise<Rehearsal> {
  const rows = { ...NO_ROWS };
  const refused: { file: string; code: string }[] = [];
  let batches = 0;
  let candidates = 0;
  const note = (ends: readonly RowEnd[]): void => {
    for (const { outcome } of ends) {
      rows.read += 1;
      rows[outcome.toLowerCase() as 'inserted'] += 1;
    }
  };
  for await (const step of puller.steps(cursor, signal)) {
    signal.throwIfAborted();
    if ('cursor' in step) {
      candidates = Math.max(candidates, step.cursor.watched?.length ?? 0);
      continue;
    }
    try {
      await feeds.dryRun(systemViewer, { feed, agency, fileName: step.fileName, source: step.open() }, note);
      batches += 1;
    } catch (error) {
      if (!step.refused || !isRefusal(error)) throw error;
      refused.push({ file: step.fileName, code: error.code });
    }
  }
  const waiting = candidates - batches - refused.length;
  return { batches, rows, refused, waiting: Math.max(0, waiting) };
}
