import { Types, mongo } from 'mongoose';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import { contentHash } from '../../lib/content-hash.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { Deadline, WorkingCalendar } from '../../lib/working-day.ts';
import type { CountedDecision } from '../quality-counters/index.ts';
import { feedPathOf, kindOf, pathOfKind, type RecordKind } from '../template/index.ts';
import type { CreditRecordDoc, RecordContent } from './credit-record.model.ts';
import type { RecordChange, RecordDraft, RowOutcome } from './credit-record.types.ts';
import { naturalKeyOf } from './natural-key.ts';

export interface UpsertRow {
  readonly seq: number;
  readonly draft: RecordDraft;
  readonly receivedAt: Date;
}

export interface UpsertBatch {
  readonly batchId: string;
  readonly agencyId: string;
  readonly sector: string;
  readonly rows: readonly UpsertRow[];
}

export interface UpsertResult {
  readonly seq: number;
  /** REFUSED: another row of the same batch says something else of the same decision; `otherSeq` is that row. */
  readonly outcome: RowOutcome;
  readonly recordId: string;
  readonly revision: number;
  readonly otherSeq?: number;
}

/** A draft made ready before the transaction begins: everything that needs no store. */
export interface PreparedRow extends UpsertRow {
  readonly naturalKey: string;
  readonly contentHash: string;
}

export function prepareRows(rows: readonly UpsertRow[], cipher: FieldCipher): PreparedRow[] {
  return rows.map((row) => ({
    ...row,
    naturalKey: naturalKeyOf(row.draft, cipher),
    contentHash: contentHash([row.draft.fields, row.draft.personal, row.draft.state]),
  }));
}

export class Deadlines {
  readonly #calendar: WorkingCalendar;
  readonly #known = new Map<RecordKind, Map<CivilDate, Deadline>>();

  constructor(calendar: WorkingCalendar) {
    this.#calendar = calendar;
  }

  /** 424号: within seven working days of the decision; other kinds as `schema/kinds` says. */
  of(kind: RecordKind, decidedOn: CivilDate): Deadline {
    let known = this.#known.get(kind);
    if (!known) this.#known.set(kind, (known = new Map()));
    let deadline = known.get(decidedOn);
    if (!deadline) {
      deadline = this.#calendar.addWorkingDays(decidedOn, kindOf(kind).workingDays);
      known.set(decidedOn, deadline);
    }
    return deadline;
  }
}

function contentOf(row: PreparedRow, recordId: Types.ObjectId, batchId: Types.ObjectId, cipher: FieldCipher) {
  const { draft } = row;
  const sealed = Object.keys(draft.personal).length > 0;
  const content: RecordContent = {
    fields: { ...draft.fields },
    contentHash: row.contentHash,
    generation: draft.generation,
    batchId,
    seq: row.seq,
    revisedAt: row.receivedAt,
    ...(sealed
      ? { personal: cipher.encrypt(JSON.stringify(draft.personal), personalContext(recordId)) }
      : {}),
  };
  return content;
}

/** Ties the encrypted columns to their record. */
export function personalContext(recordId: Types.ObjectId | string): string {
  return `record:${String(recordId)}`;
}

function changing(draft: RecordDraft) {
  const { uscc, fineFen, confiscatedFen, validTo, publicUntil } = draft;
  return {
    counterpartKind: draft.counterpartKind,
    decidedOn: draft.decidedOn,
    state: draft.state,
    penaltyKinds: [...draft.penaltyKinds],
    ...(uscc === undefined ? {} : { uscc }),
    ...(fineFen === undefined ? {} : { fineFen: mongo.Long.fromBigInt(fineFen) }),
    ...(confiscatedFen === undefined ? {} : { confiscatedFen: mongo.Long.fromBigInt(confiscatedFen) }),
    ...(validTo === undefined ? {} : { validTo }),
    ...(publicUntil === undefined ? {} : { publicUntil }),
  };
}

const OPTIONAL = ['uscc', 'fineFen', 'confiscatedFen', 'validTo', 'publicUntil', 'personal'] as const;

export interface UpsertPlan {
  readonly results: readonly UpsertResult[];
  readonly changes: readonly RecordChange[];
  /** How the counts of timely and late decisions move. */
  readonly counted: readonly CountedDecision[];
  readonly inserts: readonly object[];
  /** Replaced content by record: what goes into the revisions. */
  readonly replaced: readonly CreditRecordDoc[];
  readonly updates: readonly {
    readonly id: Types.ObjectId;
    readonly update: mongo.UpdateFilter<mongo.Document>;
  }[];
}

/** As the quality figures count a stored decision: under the feed that brought it first. */
export function countedDecision(
  record: Pick<
    CreditRecordDoc,
    'agencyId' | 'sector' | 'kind' | 'feed' | 'receivedAt' | 'decidedOn' | 'late'
  >,
  by: 1 | -1,
): CountedDecision {
  const { agencyId, receivedAt, decidedOn, late } = record;
  return {
    agencyId: agencyId.toHexString(),
    feed: feedPathOf(record),
    receivedOn: civilDateOf(receivedAt),
    decidedOn,
    late,
    by,
  };
}

type Known = Pick<CreditRecordDoc, '_id' | 'revision' | 'contentHash' | 'agencyId' | 'batchId' | 'seq'>;

/**
 * Decides what each row does, given what is stored under the same keys. Pure but for new ids and encryption.
 * @param stored current records of the rows' natural keys
 */
export function planUpsert(
  batch: Omit<UpsertBatch, 'rows'> & { readonly rows: readonly PreparedRow[] },
  stored: ReadonlyMap<string, CreditRecordDoc>,
  deps: { cipher: FieldCipher; deadlines: Deadlines; now: Date },
): UpsertPlan {
  const { cipher, deadlines, now } = deps;
  const batchId = new Types.ObjectId(batch.batchId);
  const agencyId = new Types.ObjectId(batch.agencyId);
  const known = new Map<string, Known>(stored);
  const results: UpsertResult[] = [];
  const changes: RecordChange[] = [];
  const counted: CountedDecision[] = [];
  const inserts: object[] = [];
  const replaced: CreditRecordDoc[] = [];
  const updates: { id: Types.ObjectId; update: mongo.UpdateFilter<mongo.Document> }[] = [];

  const done = (row: PreparedRow, record: Known, outcome: RowOutcome, otherSeq?: number): void => {
    results.push({
      seq: row.seq,
      outcome,
      recordId: record._id.toHexString(),
      revision: record.revision,
      ...(otherSeq === undefined ? {} : { otherSeq }),
    });
    if (outcome !== 'INSERTED' && outcome !== 'UPDATED') return;
    known.set(row.naturalKey, record);
    changes.push({
      recordId: record._id.toHexString(),
      revision: record.revision,
      kind: row.draft.kind,
      sector: batch.sector,
      feed: row.draft.feed,
      counterpartKind: row.draft.counterpartKind,
      agencyId: batch.agencyId,
    });
  };

  for (const row of batch.rows) {
    const before = known.get(row.naturalKey);
    const { draft } = row;
    const _id = before?._id ?? new Types.ObjectId();
    const deadline = deadlines.of(draft.kind, draft.decidedOn);
    if (!before) {
      const late = civilDateOf(row.receivedAt) > deadline.date;
      const head = {
        kind: draft.kind,
        sector: batch.sector,
        // Most records are of a feed that is called as its kind.
        ...(draft.feed === `${batch.sector}/${pathOfKind(draft.kind)}` ? {} : { feed: draft.feed }),
        agencyId,
        receivedAt: row.receivedAt,
        late,
      };
      counted.push(countedDecision({ ...head, decidedOn: draft.decidedOn }, 1));
      inserts.push({
        _id,
        naturalKey: row.naturalKey,
        ...head,
        documentNumber: draft.documentNumber,
        authorityCode: draft.authorityCode,
        ...changing(draft),
        ...contentOf(row, _id, batchId, cipher),
        revision: 1,
        acceptedAt: now,
        dueOn: deadline.date,
        ...(deadline.provisional ? { dueProvisional: true } : {}),
      });
      done(
        row,
        { _id, revision: 1, contentHash: row.contentHash, agencyId, batchId, seq: row.seq },
        'INSERTED',
      );
    } else if (!before.agencyId.equals(agencyId)) done(row, before, 'CONFLICT');
    else if (before.contentHash === row.contentHash) {
      done(row, before, 'UNCHANGED');
      // As good as brought by this batch: a later row of it that says something else is refused like any other.
      if (!before.batchId.equals(batchId)) known.set(row.naturalKey, { ...before, batchId, seq: row.seq });
    } else if (before.batchId.equals(batchId)) done(row, before, 'REFUSED', before.seq);
    else {
      const old = stored.get(row.naturalKey) as CreditRecordDoc;
      const content = contentOf(row, _id, batchId, cipher);
      const set = { ...changing(draft), ...content, revision: before.revision + 1 };
      const unset = OPTIONAL.filter((name) => !(name in set)).map((name) => [name, 1] as const);
      const due = { dueOn: deadline.date, late: civilDateOf(old.receivedAt) > deadline.date };
      if (old.decidedOn !== draft.decidedOn || old.late !== due.late)
        counted.push(
          countedDecision(old, -1),
          countedDecision({ ...old, decidedOn: draft.decidedOn, late: due.late }, 1),
        );
      replaced.push(old);
      updates.push({
        id: _id,
        update: {
          $set: { ...set, ...due, ...(deadline.provisional ? { dueProvisional: true } : {}) },
          $unset: { ...Object.fromEntries(unset), ...(deadline.provisional ? {} : { dueProvisional: 1 }) },
        } as mongo.UpdateFilter<mongo.Document>,
      });
      const record = {
        ...before,
        revision: before.revision + 1,
        contentHash: row.contentHash,
        batchId,
        seq: row.seq,
      };
      done(row, record, 'UPDATED');
    }
  }
  return { results, changes, counted, inserts, replaced, updates };
}
