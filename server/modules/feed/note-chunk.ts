import { Types, type ClientSession } from 'mongoose';
import { bumpCounters } from '../../db/counters.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { ConflictError } from '../../lib/errors.ts';
import type { RowOutcome } from '../credit-record/index.ts';
import { Tally } from '../quality-counters/index.ts';
import { HELPER_FIELDS, originOf } from '../template/index.ts';
import { NO_ROWS, type FeedBatchDoc, type RowCounts } from './batch.model.ts';
import type { CheckedChunk, ChunkDeps, StoredChunk } from './chunk.ts';
import { chunkId } from './feed.repository.ts';
import type { RawRow, RowEnd } from './feed.types.ts';
import type { Successors } from './problem-row.repository.ts';
import { problemRowOf, rowKeyOf } from './problem-row.ts';

/** So many open problems of a feed are read at once; of more, those that rows speak of are looked for. */
const FEW_PROBLEMS = 500;

export const OUTCOME_LETTERS = {
  INSERTED: 'I',
  UPDATED: 'U',
  UNCHANGED: 'N',
  CONFLICT: 'C',
  REFUSED: 'R',
} as const;

function count(ends: readonly RowEnd[]): RowCounts {
  const rows: RowCounts = { ...NO_ROWS, read: ends.length };
  for (const { outcome } of ends) rows[outcome.toLowerCase() as Lowercase<RowOutcome>] += 1;
  return rows;
}

/**
 * Notes what became of the rows and moves the cursor of the batch, in the transaction of `storeChunk`.
 * @throws ConflictError FEED_BATCH_BUSY when another process moved the cursor first
 */
export async function noteChunk(
  batch: FeedBatchDoc,
  chunk: CheckedChunk,
  { ends, counted }: StoredChunk,
  deps: ChunkDeps,
  tx: ClientSession,
): Promise<RowCounts> {
  const rows = count(ends);
  const first = chunk.rows[0]?.raw.seq ?? 0;
  const last = chunk.rows.at(-1)?.raw.seq ?? first;
  // First, so that whoever comes second to this place learns it here and not from a duplicate key.
  if (!(await deps.batches.advance(batch._id, batch.cursor, last, rows, tx)))
    throw new ConflictError('FEED_BATCH_BUSY');
  const now = deps.clock.now();
  const problems = ends.flatMap((end, i) => {
    const row = chunk.rows[i];
    if (!row || (end.outcome !== 'REFUSED' && end.outcome !== 'CONFLICT')) return [];
    return [problemRowOf(batch, row.raw, end, deps.cipher, now)];
  });
  // Before its own problems are there: of two rows of a chunk on one decision the good one does not excuse the other.
  const closed = await endProblems(batch, chunk, ends, deps, tx);
  await deps.problems.insert(problems, tx);
  await deps.batches.insertChunk({ ...chunkDocOf(batch._id, first, ends), days: daysOf(chunk) }, tx);
  const opened = problems.filter(({ status }) => status === 'OPEN').length;
  const counts = Object.entries(rows).map(([name, n]) => [`rows:${name}`, n] as const);
  await bumpCounters(deps.db, new Map([...counts, ['problems:open', opened - closed]]), tx);
  await tallyOf(batch, chunk, { ends, counted }).write(deps.db, tx);
  return rows;
}

/** One where all rows have the same. */
function daysOf({ rows }: CheckedChunk): CivilDate[] {
  const days = rows.map(({ receivedOn }) => receivedOn);
  return days.every((day) => day === days[0]) ? days.slice(0, 1) : days;
}

function tallyOf(batch: FeedBatchDoc, chunk: CheckedChunk, { ends, counted }: StoredChunk): Tally {
  const tally = new Tally();
  for (const decision of counted) tally.decision(decision);
  // Quality is that of our agencies' reports.
  if (originOf(batch.sector) !== undefined) return tally;
  const own = { agencyId: batch.agencyId.toHexString(), feed: batch.feed };
  ends.forEach(({ outcome, faults }, i) => {
    const row = chunk.rows[i];
    if (row)
      tally.row({ ...own, receivedOn: row.receivedOn, outcome, faults: faults.map(({ code }) => code) });
  });
  return tally;
}

/**
 * Ends the open problems that the rows of a chunk speak of. A row that changed nothing does not answer a platform's
 * refusal, and one that is refused again takes the place of the earlier one. @returns how many
 */
async function endProblems(
  batch: FeedBatchDoc,
  chunk: CheckedChunk,
  ends: readonly RowEnd[],
  { problems, cipher, clock }: ChunkDeps,
  tx: ClientSession,
): Promise<number> {
  const open = await problems.openOf(batch, FEW_PROBLEMS, tx);
  if (open?.size === 0) return 0;
  const isOpen = (name: string): boolean => open?.has(name) ?? true;
  const of = (...outcomes: readonly RowOutcome[]): Pick<Successors, 'ids' | 'rowKeys'> => {
    const rows = chunk.rows.filter((_, i) => outcomes.includes(ends[i]?.outcome ?? 'REFUSED'));
    return {
      ids: rows.flatMap(({ raw }) => problemIdIn(raw)).filter(isOpen),
      rowKeys: rows.flatMap(({ raw }) => rowKeyOf(raw, cipher) ?? []).filter(isOpen),
    };
  };
  const corrected = { status: 'CORRECTED', correctedAt: clock.now(), correctedBy: batch._id } as const;
  const others = { notOf: batch._id };
  return (
    (await problems.end(batch, of('INSERTED', 'UPDATED'), corrected, tx)) +
    (await problems.end(batch, { ...of('UNCHANGED'), ...others }, corrected, tx)) +
    (await problems.end(batch, { ...of('REFUSED', 'CONFLICT'), ...others }, { status: 'REPLACED' }, tx))
  );
}

function problemIdIn(raw: RawRow): string[] {
  const at = raw.match.fields.indexOf(HELPER_FIELDS.problemId);
  const cell = at < 0 ? undefined : raw.cells[at];
  return typeof cell === 'string' && cell.trim() !== '' ? [cell.trim()] : [];
}

function chunkDocOf(batchId: Types.ObjectId, firstSeq: number, ends: readonly RowEnd[]) {
  return {
    _id: chunkId(batchId.toHexString(), firstSeq),
    batchId,
    firstSeq,
    outcomes: ends.map(({ outcome }) => OUTCOME_LETTERS[outcome]).join(''),
    seqs: ends.map(({ seq }) => seq),
    rows: ends.map(({ row }) => row),
    records: ends.map(({ recordId }) => (recordId === undefined ? null : new Types.ObjectId(recordId))),
    warnings: ends.flatMap(({ seq, outcome, faults }) =>
      outcome === 'REFUSED' || outcome === 'CONFLICT' || faults.length === 0
        ? []
        : [
            {
              seq,
              faults: faults.map(({ column, code, params }) => ({
                column,
                code,
                ...(params ? { params } : {}),
              })),
            },
          ],
    ),
  };
}
