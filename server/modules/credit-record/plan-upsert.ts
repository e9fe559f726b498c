import { Types, mongo } from 'mongoose';
import { civilDateOf } from '../../lib/civil-date.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { CountedDecision } from '../quality-counters/index.ts';
import { feedPathOf, originOf, pathOfKind, type RecordOrigin } from '../template/index.ts';
import type { CreditRecordDoc, RecordContent } from './credit-record.model.ts';
import type { RecordChange, RecordDraft, RowOutcome } from './credit-record.types.ts';
import { differingFields, type ReturnedFinding } from './returned.ts';
import {
  countedDecision,
  personalContext,
  type Deadlines,
  type PreparedRow,
  type UpsertBatch,
  type UpsertResult,
} from './upsert.ts';

type PreparedBatch = Omit<UpsertBatch, 'rows'> & { readonly rows: readonly PreparedRow[] };
type Update = UpsertPlan['updates'][number];

interface PlanDeps {
  readonly cipher: FieldCipher;
  readonly deadlines: Deadlines;
  readonly now: Date;
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

const OPTIONAL = [
  'uscc',
  'fineFen',
  'confiscatedFen',
  'validTo',
  'publicUntil',
  'personal',
  'dueProvisional',
] as const;

export interface UpsertPlan {
  readonly results: readonly UpsertResult[];
  readonly changes: readonly RecordChange[];
  /** How the counts of timely and late decisions move. */
  readonly counted: readonly CountedDecision[];
  readonly inserts: readonly object[];
  /** What rows from above said of records we have. */
  readonly findings: readonly ReturnedFinding[];
  /** Replaced content by record: what goes into the revisions. */
  readonly replaced: readonly CreditRecordDoc[];
  readonly updates: readonly {
    readonly id: Types.ObjectId;
    readonly update: mongo.UpdateFilter<mongo.Document>;
  }[];
}

type Known = Pick<
  CreditRecordDoc,
  '_id' | 'naturalKey' | 'revision' | 'contentHash' | 'agencyId' | 'batchId' | 'seq' | 'origin'
>;

/** A row from above meets ours before what came down earlier; one of ours meets under other keys only the latter. */
function storedOf(
  { naturalKey, otherKeys }: PreparedRow,
  isReturned: boolean,
  known: ReadonlyMap<string, Known>,
): Known | undefined {
  const own = known.get(naturalKey);
  if (otherKeys.length === 0 || (own && (!isReturned || own.origin === undefined))) return own;
  const others = otherKeys.flatMap((key) => known.get(key) ?? []);
  if (!isReturned) return others.find(({ origin }) => origin !== undefined);
  return others.find(({ origin }) => origin === undefined) ?? own ?? others[0];
}

/** What rows of one batch do, one after the other. */
class Planning implements UpsertPlan {
  readonly results: UpsertResult[] = [];
  readonly changes: RecordChange[] = [];
  readonly counted: CountedDecision[] = [];
  readonly findings: ReturnedFinding[] = [];
  readonly inserts: object[] = [];
  readonly replaced: CreditRecordDoc[] = [];
  readonly updates: Update[] = [];
  readonly #batch: PreparedBatch;
  readonly #batchId: Types.ObjectId;
  readonly #agencyId: Types.ObjectId;
  readonly #origin: RecordOrigin | undefined;
  readonly #stored: ReadonlyMap<string, CreditRecordDoc>;
  /** As it will be after the rows so far. */
  readonly #known: Map<string, Known>;
  readonly #deps: PlanDeps;

  constructor(batch: PreparedBatch, stored: ReadonlyMap<string, CreditRecordDoc>, deps: PlanDeps) {
    this.#batch = batch;
    this.#batchId = new Types.ObjectId(batch.batchId);
    this.#agencyId = new Types.ObjectId(batch.agencyId);
    this.#origin = originOf(batch.sector);
    this.#stored = stored;
    this.#known = new Map<string, Known>(stored);
    this.#deps = deps;
  }

  add(row: PreparedRow): void {
    const isReturned = this.#origin !== undefined;
    const before = storedOf(row, isReturned, this.#known);
    if (!before) return this.#insert(row);
    const isOwn = before.agencyId.equals(this.#agencyId);
    if (isReturned && (before.origin === undefined || !isOwn)) return this.#recognise(row, before);
    if (!isReturned && before.origin !== undefined) return this.#takeOver(row, before);
    if (!isOwn) return this.#done(row, before, 'CONFLICT');
    const isOfBatch = before.batchId.equals(this.#batchId);
    if (before.contentHash === row.contentHash) {
      this.#done(row, before, 'UNCHANGED');
      // As good as brought by this batch: a later row of it that says something else is refused like any other.
      if (!isOfBatch) this.#known.set(before.naturalKey, { ...before, batchId: this.#batchId, seq: row.seq });
    } else if (isOfBatch) this.#done(row, before, 'REFUSED', { otherSeq: before.seq });
    else this.#update(row, before);
  }

  #insert(row: PreparedRow): void {
    const _id = new Types.ObjectId();
    const head = { kind: row.draft.kind, ...this.#head(row) };
    const { provisional, ...due } = this.#due(row, row.receivedAt);
    this.#count({ ...head, ...due, decidedOn: row.draft.decidedOn });
    this.inserts.push({
      _id,
      ...head,
      ...due,
      ...this.#content(row, _id),
      revision: 1,
      ...(provisional ? { dueProvisional: true } : {}),
      ...(this.#origin === undefined ? {} : { origin: this.#origin }),
    });
    this.#done(row, this.#knownOf(row, _id, 1), 'INSERTED');
  }

  /** One of ours comes back, or what another level has sent before. */
  #recognise(row: PreparedRow, before: Known): void {
    const record = this.#recordOf(before);
    const there = differingFields(record, row.draft);
    this.findings.push({
      recordId: record._id,
      agencyId: record.agencyId,
      kind: record.kind,
      feed: feedPathOf(record),
      returnedBy: row.draft.feed,
      origin: this.#origin as RecordOrigin,
      batchId: this.#batchId,
      seq: row.seq,
      there,
    });
    this.#done(row, before, 'UNCHANGED', { returned: Object.keys(there) });
  }

  /** Known from above so far; from now on it is the agency's that reports it, and measured by its own receipt. */
  #takeOver(row: PreparedRow, before: Known): void {
    const head = this.#head(row);
    const { provisional, ...due } = this.#due(row, row.receivedAt);
    this.#count({ ...head, ...due, kind: row.draft.kind, decidedOn: row.draft.decidedOn });
    this.#replace(
      before,
      {
        ...head,
        ...due,
        ...this.#content(row, before._id),
        revision: before.revision + 1,
        ...(provisional ? { dueProvisional: true } : {}),
      },
      ['origin', 'feed'],
    );
    this.#known.delete(before.naturalKey);
    this.#done(row, this.#knownOf(row, before._id, before.revision + 1), 'UPDATED');
  }

  #update(row: PreparedRow, before: Known): void {
    const old = this.#recordOf(before);
    const { decidedOn } = row.draft;
    const { provisional, ...due } = this.#due(row, old.receivedAt);
    if (this.#origin === undefined && (old.decidedOn !== decidedOn || old.late !== due.late))
      this.counted.push(countedDecision(old, -1), countedDecision({ ...old, decidedOn, late: due.late }, 1));
    const { documentNumber: _number, authorityCode: _code, ...content } = this.#content(row, before._id);
    const revision = before.revision + 1;
    this.#replace(
      before,
      { ...content, ...due, revision, ...(provisional ? { dueProvisional: true } : {}) },
      [],
    );
    const { contentHash, seq } = row;
    this.#done(row, { ...before, revision, contentHash, batchId: this.#batchId, seq }, 'UPDATED');
  }

  #recordOf({ naturalKey }: Known): CreditRecordDoc {
    return this.#stored.get(naturalKey) as CreditRecordDoc;
  }

  /** What came down from above met no deadline of ours. */
  #due({ draft }: PreparedRow, receivedAt: Date) {
    const { date: dueOn, provisional } = this.#deps.deadlines.of(draft.kind, draft.decidedOn);
    const isOurs = this.#origin === undefined;
    return {
      dueOn,
      late: isOurs && civilDateOf(receivedAt) > dueOn,
      provisional: isOurs && provisional,
    };
  }

  #head({ draft, naturalKey, receivedAt }: PreparedRow) {
    const { sector } = this.#batch;
    return {
      naturalKey,
      sector,
      // Most records are of a feed that is called as its kind.
      ...(draft.feed === `${sector}/${pathOfKind(draft.kind)}` ? {} : { feed: draft.feed }),
      agencyId: this.#agencyId,
      receivedAt,
      acceptedAt: this.#deps.now,
    };
  }

  #content(row: PreparedRow, recordId: Types.ObjectId) {
    const { draft, repairs } = row;
    return {
      documentNumber: draft.documentNumber,
      authorityCode: draft.authorityCode,
      ...changing(draft),
      ...contentOf(row, recordId, this.#batchId, this.#deps.cipher),
      ...(repairs === undefined ? {} : { repairs }),
    };
  }

  #knownOf({ naturalKey, contentHash, seq }: PreparedRow, _id: Types.ObjectId, revision: number): Known {
    const [agencyId, batchId, origin] = [this.#agencyId, this.#batchId, this.#origin];
    const known = { _id, naturalKey, revision, contentHash, agencyId, batchId, seq };
    return origin === undefined ? known : { ...known, origin };
  }

  #count(record: Parameters<typeof countedDecision>[0]): void {
    if (this.#origin === undefined) this.counted.push(countedDecision(record, 1));
  }

  #replace(before: Known, set: object, unset: readonly string[]): void {
    const gone = [...unset, ...OPTIONAL].filter((name) => !(name in set));
    this.replaced.push(this.#recordOf(before));
    this.updates.push({
      id: before._id,
      update: { $set: set, $unset: Object.fromEntries(gone.map((name) => [name, 1])) } as never,
    });
  }

  #done(
    { seq, draft }: PreparedRow,
    record: Known,
    outcome: RowOutcome,
    more: Pick<UpsertResult, 'otherSeq' | 'returned'> = {},
  ): void {
    const { naturalKey, revision } = record;
    const recordId = record._id.toHexString();
    this.results.push({ seq, outcome, recordId, revision, ...more });
    if (outcome !== 'INSERTED' && outcome !== 'UPDATED') return;
    this.#known.set(naturalKey, record);
    const repairedOn = this.#stored.get(naturalKey)?.repaired?.on;
    const { sector, agencyId } = this.#batch;
    this.changes.push({
      recordId,
      revision,
      kind: draft.kind,
      sector,
      feed: draft.feed,
      counterpartKind: draft.counterpartKind,
      agencyId,
      ...(this.#origin === undefined ? {} : { origin: this.#origin }),
      ...(repairedOn === undefined ? {} : { repairedOn }),
    });
  }
}

/**
 * Decides what each row does, given what is stored under the same keys. Pure but for new ids and encryption.
 * @param stored current records of the rows' natural and other keys
 */
export function planUpsert(
  batch: PreparedBatch,
  stored: ReadonlyMap<string, CreditRecordDoc>,
  deps: PlanDeps,
): UpsertPlan {
  const planning = new Planning(batch, stored, deps);
  for (const row of batch.rows) planning.add(row);
  return planning;
}
