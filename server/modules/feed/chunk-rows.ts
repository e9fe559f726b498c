import type { RowOutcome } from '../credit-record/index.ts';
import { OUTCOME_LETTERS } from './note-chunk.ts';
import type { FeedRepository } from './feed.repository.ts';
import type { CellFault } from './feed.types.ts';

export interface FeedRow {
  readonly seq: number;
  readonly row: number;
  readonly outcome: RowOutcome;
  readonly recordId?: string;
  readonly warnings: readonly Pick<CellFault, 'column' | 'code' | 'params'>[];
}

const OUTCOME_BY_LETTER = new Map(
  Object.entries(OUTCOME_LETTERS).map(([outcome, letter]) => [letter as string, outcome as RowOutcome]),
);

/** What became of the rows of a stored chunk. */
export function rowsOf(chunk: Awaited<ReturnType<FeedRepository['chunks']>>[number]): FeedRow[] {
  const warnings = new Map(chunk.warnings.map(({ seq, faults }) => [seq, faults]));
  return chunk.seqs.map((seq, i) => {
    const recordId = chunk.records[i]?.toHexString();
    return {
      seq,
      row: chunk.rows[i] ?? 0,
      outcome: OUTCOME_BY_LETTER.get(chunk.outcomes[i] ?? '') ?? 'REFUSED',
      ...(recordId === undefined ? {} : { recordId }),
      warnings: warnings.get(seq) ?? [],
    };
  });
}
