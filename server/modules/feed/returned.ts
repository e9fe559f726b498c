import type { ClientSession } from 'mongoose';
import { systemViewer } from '../../auth/viewer.ts';
import type { AuditService } from '../audit/index.ts';
import type { RecordContents } from '../credit-record/index.ts';
import { columnName } from '../template/index.ts';
import type { FeedBatchDoc } from './batch.model.ts';
import type { CellFault } from './feed.types.ts';

/** Tells that a row from above is a record we have, and what it says otherwise. */
export function returnedFault(feed: string, differing: readonly string[]): CellFault {
  const field = 'documentNumber';
  const base = { field, column: columnName(feed, field), severity: 'WARNING' as const };
  if (differing.length === 0) return { ...base, code: 'FEED_RETURNED_OWN' };
  const columns = differing.map((name) => columnName(feed, name)).join('、');
  return { ...base, code: 'FEED_RETURNED_DIFFERS', params: { columns } };
}

/** Rare: an event for each record, in the transaction. */
export async function noteRepairs(
  batch: FeedBatchDoc,
  records: readonly RecordContents[],
  audit: AuditService,
  tx: ClientSession,
): Promise<void> {
  for (const { change } of records) {
    const { recordId, repairedOn } = change;
    const detail = { batchId: batch._id.toHexString(), ...(repairedOn === undefined ? {} : { repairedOn }) };
    const action = repairedOn === undefined ? 'record:restore-display' : 'record:end-display';
    await audit.record(systemViewer, { action, object: `record:${recordId}`, result: 'OK', detail }, tx);
  }
}
