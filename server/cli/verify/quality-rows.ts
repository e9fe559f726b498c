import type { AppContext } from '../../context.ts';
import { nativeCollection } from '../../db/native.ts';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { FeedBatchDoc, FeedChunkDoc, ProblemRowDoc } from '../../modules/feed/index.ts';
import type { Tally } from '../../modules/quality-counters/index.ts';
import { originOf } from '../../modules/template/index.ts';
import { byId, Walk } from './pages.ts';

type BatchHead = Pick<FeedBatchDoc, '_id' | 'agencyId' | 'sector' | 'feed' | 'receivedAt'>;
type Problem = Pick<ProblemRowDoc, '_id' | 'seq' | 'faults'>;

const OUTCOMES = { I: 'INSERTED', U: 'UPDATED', N: 'UNCHANGED', C: 'CONFLICT', R: 'REFUSED' } as const;

const HEAD = { agencyId: 1, sector: 1, feed: 1, receivedAt: 1 };
const CHUNK = { batchId: 1, outcomes: 1, seqs: 1, warnings: 1, days: 1 };

/** Walks on to the first document that is not before `id`. */
async function seek<T>(walk: Walk<T>, id: string, idOf: (document: T) => string): Promise<T | undefined> {
  let found = await walk.peek();
  while (found && idOf(found) < id) {
    walk.skip();
    found = await walk.peek();
  }
  return found && idOf(found) === id ? found : undefined;
}

/**
 * Counts every row that was ever received, from the chunks and the problem rows: three collections walked side by side,
 * all in the order of the batches. Calls `onChunk` after every chunk, `onStray` for one without batch.
 */
export async function countRows(
  { db }: AppContext,
  tally: Tally,
  onChunk: (rows: number) => void,
  onStray: (chunkId: string) => void,
): Promise<void> {
  const batches = new Walk<BatchHead>(
    byId(nativeCollection<FeedBatchDoc>(db, 'feed_batches'), { projection: HEAD }),
  );
  // A platform's refusals have ids of their own and are no rows of a file.
  const problems = new Walk<Problem>(
    byId(nativeCollection<ProblemRowDoc>(db, 'problem_rows'), { projection: { seq: 1, faults: 1 } }),
  );
  const chunks = byId(nativeCollection<FeedChunkDoc>(db, 'feed_chunks'), { projection: CHUNK });
  for await (const page of chunks) {
    for (const { _id, batchId, outcomes, seqs, warnings, days } of page) {
      const id = batchId.toHexString();
      const batch = await seek(batches, id, (found) => found._id.toHexString());
      if (!batch) {
        onStray(_id);
        continue;
      }
      // What comes down from above is no report of our agencies.
      if (originOf(batch.sector) !== undefined) continue;
      const own = { agencyId: batch.agencyId.toHexString(), feed: batch.feed };
      const warned = new Map(warnings.map(({ seq, faults }) => [seq, faults]));
      for (const [i, seq] of seqs.entries()) {
        const outcome = OUTCOMES[outcomes[i] as keyof typeof OUTCOMES];
        const refused = outcome === 'REFUSED' || outcome === 'CONFLICT';
        const problem = refused
          ? await seek(problems, `${id}-${String(seq).padStart(8, '0')}`, (found) => found._id)
          : undefined;
        const faults = problem?.faults ?? warned.get(seq) ?? [];
        tally.row({
          ...own,
          receivedOn: (days?.[i] ?? days?.[0] ?? civilDateOf(batch.receivedAt)) as CivilDate,
          outcome,
          faults: faults.map(({ code }) => code),
        });
      }
      onChunk(seqs.length);
    }
  }
}
