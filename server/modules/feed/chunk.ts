import type { ClientSession } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { AuditService } from '../audit/index.ts';
import type { CreditRecordService, PreparedRow, UpsertResult } from '../credit-record/index.ts';
import type { OutboxService } from '../outbox/index.ts';
import type { PublicationService } from '../publication/index.ts';
import type { CountedDecision } from '../quality-counters/index.ts';
import type { EffectiveReference } from '../reference/index.ts';
import type { SubjectService } from '../subject/index.ts';
import { columnName } from '../template/index.ts';
import type { FeedBatchDoc } from './batch.model.ts';
import { checkSubject } from './check-subject.ts';
import type { FeedRepository } from './feed.repository.ts';
import type { CellFault, RawRow, RowEnd } from './feed.types.ts';
import type { ProblemRowRepository } from './problem-row.repository.ts';
import { noteRepairs, returnedFault } from './returned.ts';
import { subjectRuleOf, validateRow, type ReportingAgency, type RowRules } from './validate/index.ts';

export interface ChunkDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly subjects: SubjectService;
  readonly records: CreditRecordService;
  readonly publications: PublicationService;
  readonly outbox: OutboxService;
  readonly batches: FeedRepository;
  readonly problems: ProblemRowRepository;
  readonly reference: EffectiveReference;
  readonly audit: AuditService;
}

/** A validated row; `prepared` where no fault refuses it. */
export interface CheckedRow {
  readonly raw: RawRow;
  readonly receivedOn: CivilDate;
  readonly faults: readonly CellFault[];
  readonly prepared?: PreparedRow;
}

export interface CheckedChunk {
  readonly rows: readonly CheckedRow[];
}

export interface StoredChunk {
  /** What became of every row, in order. */
  readonly ends: readonly RowEnd[];
  /** Decisions that count as timely or late from now on, or no longer. */
  readonly counted: readonly CountedDecision[];
}

/** Receipt instants of history lie in a column of the file; everything else came with the batch. */
function receivedAtOf(batch: FeedBatchDoc, raw: RawRow): Date {
  if (batch.receivedAtColumn === undefined) return batch.receivedAt;
  const at = raw.header.findIndex((name) => name.trim() === batch.receivedAtColumn);
  const text = String(raw.cells[at] ?? '').trim();
  const instant = new Date(
    /^\d{4}[-/]\d{2}[-/]\d{2}$/.test(text) ? `${text.replaceAll('/', '-')}T00:00:00+08:00` : text,
  );
  if (at < 0)
    throw new InputError(['receivedAtColumn'], 'FEED_RECEIVED_AT_COLUMN', { column: batch.receivedAtColumn });
  if (Number.isNaN(instant.getTime()))
    throw new InputError(['receivedAtColumn'], 'FEED_RECEIVED_AT_INVALID', { value: text });
  return instant;
}

/** What rows of a day are judged by; nearly all of a batch are of one day. */
function termsFor(feed: string, reference: EffectiveReference, agency: ReportingAgency | undefined) {
  let terms: RowRules | undefined;
  return (today: CivilDate): RowRules => {
    if (terms?.today !== today) {
      const { subjects } = reference.catalogueOf(feed, today) ?? {};
      terms = { feed, agency, today, lists: reference.listsOf(today), subjects };
    }
    return terms;
  };
}

/** Stations 3 and 4, validate and normalise: pure, so it runs while the chunk before is being written. */
export function checkChunk(
  batch: FeedBatchDoc,
  rows: readonly RawRow[],
  deps: Pick<ChunkDeps, 'records' | 'reference'>,
  agency: ReportingAgency | undefined,
): CheckedChunk {
  const termsOf = termsFor(batch.feed, deps.reference, agency);
  const checked = rows.map((raw) => {
    const receivedAt = receivedAtOf(batch, raw);
    const receivedOn = civilDateOf(receivedAt);
    const { draft, faults } = validateRow(raw, termsOf(receivedOn));
    return { raw, receivedOn, faults, ...(draft ? { upsert: { seq: raw.seq, draft, receivedAt } } : {}) };
  });
  const prepared = deps.records.prepare(checked.flatMap(({ upsert }) => (upsert ? [upsert] : [])));
  const bySeq = new Map(prepared.map((row) => [row.seq, row]));
  return {
    rows: checked.map(({ raw, receivedOn, faults }) => {
      const ready = bySeq.get(raw.seq);
      return { raw, receivedOn, faults, ...(ready ? { prepared: ready } : {}) };
    }),
  };
}

function endOf(row: CheckedRow, result: UpsertResult | undefined, feed: string): RowEnd {
  const { raw, faults } = row;
  const base = { seq: raw.seq, row: raw.row };
  if (!result) return { ...base, outcome: 'REFUSED', faults };
  const extra = (code: string, params = {}): CellFault => ({
    field: 'documentNumber',
    column: columnName(feed, 'documentNumber'),
    code,
    params,
    severity: 'ERROR',
  });
  if (result.outcome === 'CONFLICT')
    return { ...base, outcome: 'CONFLICT', faults: [extra('FEED_CONFLICT'), ...faults] };
  if (result.outcome === 'REFUSED') {
    const seq = result.otherSeq ?? 0;
    return { ...base, outcome: 'REFUSED', faults: [extra('FEED_DUPLICATE_IN_FILE', { seq }), ...faults] };
  }
  const more = result.returned ? [returnedFault(feed, result.returned)] : [];
  return { ...base, outcome: result.outcome, recordId: result.recordId, faults: [...faults, ...more] };
}

/**
 * Stations 5 to 7 for one chunk, in the caller's transaction: subjects, records, public copies, outbox items. May
 * run again from the start.
 */
export async function storeChunk(
  batch: FeedBatchDoc,
  chunk: CheckedChunk,
  deps: ChunkDeps,
  tx: ClientSession,
): Promise<StoredChunk> {
  const usccs = chunk.rows.flatMap(({ prepared }) => prepared?.draft.uscc ?? []);
  const subjects = await deps.subjects.findByUsccs(usccs, tx);
  const rule = subjectRuleOf(batch.feed);
  const rows = chunk.rows.map((row): CheckedRow => {
    const uscc = row.prepared?.draft.uscc;
    if (!row.prepared || uscc === undefined) return row;
    const found = checkSubject(row.prepared.draft, subjects.get(uscc), rule);
    if (found.length === 0) return row;
    const faults = [...row.faults, ...found];
    const { prepared: _refused, ...rest } = row;
    return { ...(found.some(({ severity }) => severity === 'ERROR') ? rest : row), faults };
  });
  const accepted = rows.flatMap(({ prepared }) => (prepared ? [prepared] : []));
  const { results, changes, counted, repaired } = await deps.records.upsertMany(
    {
      batchId: batch._id.toHexString(),
      agencyId: batch.agencyId.toHexString(),
      sector: batch.sector,
      rows: accepted,
    },
    tx,
  );
  const resultBySeq = new Map(results.map((result) => [result.seq, result]));
  const ends = rows.map((row) => endOf(row, resultBySeq.get(row.raw.seq), batch.feed));

  const drafts = new Map(accepted.map(({ seq, draft }) => [seq, draft]));
  const days = new Map(rows.map(({ raw, receivedOn }) => [raw.seq, receivedOn]));
  const changed = results.filter(({ outcome }) => outcome === 'INSERTED' || outcome === 'UPDATED');
  const unknown = changed.flatMap(({ seq }) => {
    const draft = drafts.get(seq);
    if (draft?.uscc === undefined || subjects.has(draft.uscc)) return [];
    return [{ uscc: draft.uscc, name: draft.counterpartName }];
  });
  if (unknown.length > 0) await deps.subjects.ensureProvisional(unknown, tx);
  const published = changes.flatMap((change, i) => {
    const { seq = 0 } = changed[i] ?? {};
    const draft = drafts.get(seq);
    const receivedOn = days.get(seq);
    return draft && receivedOn ? [{ change, draft, receivedOn }] : [];
  });
  await deps.publications.refreshMany(published, tx);
  await deps.publications.refreshStored(repaired, tx);
  await noteRepairs(batch, repaired, deps.audit, tx);
  await deps.outbox.enqueueMany(changes, tx);
  return { ends, counted };
}
