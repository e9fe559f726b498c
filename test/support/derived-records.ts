import type { CivilDate } from '../../server/lib/civil-date.ts';
import type { PushableRecord, RecordChange } from '../../server/modules/credit-record/index.ts';
import type { RecordSource } from '../../server/modules/outbox/index.ts';

const KINDS = ['LICENSE', 'PENALTY'] as const;

/** Changes of new records that every process can make up from their ids alone. */
export function derivedChanges(from: number, n: number): RecordChange[] {
  return Array.from({ length: n }, (_, i) => changeOf((from + i).toString(16).padStart(24, '0')));
}

function changeOf(recordId: string): RecordChange {
  const kind = KINDS[Number.parseInt(recordId.slice(-1), 16) % KINDS.length] ?? 'LICENSE';
  return {
    recordId,
    revision: 1,
    kind,
    sector: 'market',
    feed: `market/${kind.toLowerCase()}`,
    counterpartKind: 'LEGAL_PERSON',
    agencyId: 'a',
  };
}

function recordOf({ recordId }: { recordId: string }): PushableRecord {
  return {
    ...changeOf(recordId),
    currentRevision: 1,
    naturalKey: `key-${recordId}`,
    contentHash: recordId,
    fields: { documentNumber: `许可〔2026〕${recordId}号` },
    decidedOn: '2026-03-01' as CivilDate,
  };
}

export const derivedRecords: RecordSource = {
  pushable: (ids) => Promise.resolve(ids.map(recordOf)),
  async *allChanges(): AsyncGenerator<RecordChange[]> {
    // None are stored: they exist once they are enqueued.
  },
};
