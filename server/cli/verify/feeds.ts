import type { AppContext } from '../../context.ts';
import { nativeCollection } from '../../db/native.ts';
import type { FeedBatchDoc } from '../../modules/feed/index.ts';
import { differences, Faults, type Check, type CheckRun } from './check.ts';
import { byId } from './pages.ts';

interface ProblemHead {
  _id: string;
  batchId: FeedBatchDoc['_id'];
  seq: number;
}

/** Refused rows by batch; those that a platform refused have no place in the file. */
async function refusedRows({ db }: AppContext): Promise<{ byBatch: Map<string, number>; checked: number }> {
  const byBatch = new Map<string, number>();
  let checked = 0;
  const rows = nativeCollection<ProblemHead>(db, 'problem_rows');
  for await (const page of byId(rows, { projection: { batchId: 1, seq: 1 } })) {
    checked += page.length;
    for (const { batchId, seq } of page) {
      const id = batchId.toHexString();
      byBatch.set(id, (byBatch.get(id) ?? 0) + (seq > 0 ? 1 : 0));
    }
  }
  return { byBatch, checked };
}

/** Every batch has its file and as many problem rows as it says; no problem row is without batch. */
export const feeds: CheckRun = {
  name: 'feeds',
  async run(app, onProgress) {
    const { byBatch, checked } = await refusedRows(app);
    const rowFaults = new Faults();
    const fileFaults = new Faults();
    const files = new Set<string>();
    let batches = 0;
    const collection = nativeCollection<FeedBatchDoc>(app.db, 'feed_batches');
    for await (const page of byId(collection, { projection: { blobKey: 1, rows: 1, status: 1 } })) {
      for (const { _id, blobKey, rows, status } of page) {
        const id = _id.toHexString();
        const kept = byBatch.get(id) ?? 0;
        byBatch.delete(id);
        if (status !== 'INGESTING' && kept !== rows.refused + rows.conflict)
          rowFaults.add(`batch ${id}: refused ${String(rows.refused + rows.conflict)}, kept ${String(kept)}`);
        if (!files.has(blobKey) && !(await app.blobs.has(blobKey)))
          fileFaults.add(`batch ${id}: its file is not there`);
        files.add(blobKey);
      }
      batches += page.length;
      onProgress(batches);
    }
    for (const id of byBatch.keys()) rowFaults.add(`problem rows of a batch that is not there: ${id}`);
    for (const fault of differences(
      { open: await app.feeds.problems.open() },
      { open: await app.feeds.problems.recount() },
    ))
      rowFaults.add(fault);
    return [
      { name: 'problem-rows', checked, faults: rowFaults.list() },
      await storedFiles(app, files, fileFaults),
    ];
  },
};

/** Files that no batch names are no fault: the weekly sweep takes them away. */
async function storedFiles(
  { blobs }: AppContext,
  named: ReadonlySet<string>,
  faults: Faults,
): Promise<Check> {
  let unreferenced = 0;
  for await (const key of blobs.keys()) if (!named.has(key)) unreferenced += 1;
  return { name: 'files', checked: named.size, faults: faults.list(), unreferenced };
}
