import { Types, type ClientSession } from 'mongoose';
import { bumpCounters } from '../../db/counters.ts';
import type { Db } from '../../db/connect.ts';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { ConflictError, InputError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { AuditService } from '../audit/index.ts';
import type { CreditRecordService, PreparedRow, RowOutcome, UpsertResult } from '../credit-record/index.ts';
import type { OutboxService } from '../outbox/index.ts';
import type { PublicationService } from '../publication/index.ts';
import { Tally, type CountedDecision } from '../quality-counters/index.ts';
import type { EffectiveReference } from '../reference/index.ts';
import type { SubjectService } from '../subject/index.ts';
import { columnName, HELPER_FIELDS, originOf } from '../template/index.ts';
import { NO_ROWS, type FeedBatchDoc, type RowCounts } from './batch.model.ts';
import { checkSubject } from './check-subject.ts';
import { chunkId, type FeedRepository } from './feed.repository.ts';
import type { CellFault, RawRow, RowEnd } from './feed.types.ts';
import type { ProblemRowRepository, Successors } from './problem-row.repository.ts';
import { problemRowOf, rowKeyOf } from './problem-row.ts';
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
interface CheckedRow {
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

/** So many open problems of a feed are read at once; of more, those that rows speak of are looked for. */
const FEW_PROBLEMS = 500;

export const OUTCOME_LETTERS = {
  INSERTED: 'I',
  UPDATED: 'U',
  UNCHANGED: 'N',
  CONFLICT: 'C',
  REFUSED: 'R',
} as const;

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

function count(ends: readonly RowEnd[]): RowCounts {
  const rows: RowCounts = { ...NO_ROWS, read: ends.length };
  for (const { outcome } of ends) rows[outcome.toLowerCase() as Lowercase<RowOutcome>] += 1;
  return rows;
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
