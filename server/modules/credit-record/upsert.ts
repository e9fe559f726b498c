import type { Types } from 'mongoose';
import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import { contentHash } from '../../lib/content-hash.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { Deadline, WorkingCalendar } from '../../lib/working-day.ts';
import type { CountedDecision } from '../quality-counters/index.ts';
import { feedPathOf, kindOf, type RecordKind } from '../template/index.ts';
import type { CreditRecordDoc } from './credit-record.model.ts';
import type { RecordDraft, RowOutcome } from './credit-record.types.ts';
import { naturalKeysOf, repairedKeyOf } from './natural-key.ts';

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
  /** Of a row from above that is a record we have: the fields it says otherwise. */
  readonly returned?: readonly string[];
}

/** A draft made ready before the transaction begins: everything that needs no store. */
export interface PreparedRow extends UpsertRow {
  readonly naturalKey: string;
  /** Further keys under which the same record may be stored when it went the other way, up or down. */
  readonly otherKeys: readonly string[];
  readonly contentHash: string;
  /** Of a repair: key of the record it is about. */
  readonly repairs?: string;
}

export function prepareRows(rows: readonly UpsertRow[], cipher: FieldCipher): PreparedRow[] {
  return rows.map((row) => {
    const [naturalKey = '', ...otherKeys] = naturalKeysOf(row.draft, cipher);
    const repairs = repairedKeyOf(row.draft, cipher);
    return {
      ...row,
      naturalKey,
      otherKeys,
      contentHash: contentHash([row.draft.fields, row.draft.personal, row.draft.state]),
      ...(repairs === undefined ? {} : { repairs }),
    };
  });
}

export class Deadlines {
  readonly #calendar: WorkingCalendar;
  readonly #known = new Map<RecordKind, Map<CivilDate, Deadline>>();
  #edition = 0;

  constructor(calendar: WorkingCalendar) {
    this.#calendar = calendar;
  }

  /** 424号: within seven working days of the decision; other kinds as `schema/kinds` says. */
  of(kind: RecordKind, decidedOn: CivilDate): Deadline {
    if (this.#edition !== this.#calendar.edition) {
      this.#edition = this.#calendar.edition;
      this.#known.clear();
    }
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

/** Ties the encrypted columns to their record. */
export function personalContext(recordId: Types.ObjectId | string): string {
  return `record:${String(recordId)}`;
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
