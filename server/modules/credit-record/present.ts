import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import { maskNumber, maskPersonName } from '../../lib/mask.ts';
import {
  columnName,
  feedPathOf,
  templateOf,
  type CounterpartKind,
  type DecisionState,
  type RecordKind,
  type RecordOrigin,
} from '../template/index.ts';
import type { CreditRecordDoc, RecordContent, Repair, RevisionDoc } from './credit-record.model.ts';

export interface RecordField {
  /** Field name of the template. */
  readonly field: string;
  /** Chinese. */
  readonly name: string;
  readonly value: string;
}

/** A record as the services show it: identity numbers and natural persons' names masked. */
export interface CreditRecord {
  readonly id: string;
  readonly kind: RecordKind;
  readonly sector: string;
  /** `<sector>/<feed>` */
  readonly feed: string;
  readonly agencyId: string;
  readonly documentNumber: string;
  readonly authorityCode: string;
  readonly authorityName: string;
  readonly counterpartKind: CounterpartKind;
  readonly counterpartName: string;
  readonly uscc?: string;
  readonly decidedOn: CivilDate;
  readonly state: DecisionState;
  readonly penaltyKinds: readonly string[];
  readonly publicUntil?: CivilDate;
  readonly revision: number;
  readonly fields: readonly RecordField[];
  readonly receivedAt: Date;
  /** Day the current revision was received. */
  readonly revisedOn: CivilDate;
  readonly dueOn: CivilDate;
  readonly late: boolean;
  /** Present where none of our agencies reported it. */
  readonly origin?: RecordOrigin;
  readonly repaired?: Repair;
  readonly batchId: string;
}

export interface CreditRecordRevision {
  readonly revision: number;
  readonly replacedAt: Date;
  readonly fields: readonly RecordField[];
}

function masked(field: string, value: string): string {
  if (field === 'counterpartName') return maskPersonName(value);
  return maskNumber(value, 3, 3);
}

function fieldsOf(feed: string, content: RecordContent, personal: Record<string, string>): RecordField[] {
  const all: Record<string, string> = { ...content.fields };
  for (const [field, value] of Object.entries(personal)) all[field] = masked(field, value);
  const order = templateOf(feed).columns.map(({ field }) => field);
  const rest = Object.keys(all).filter((field) => !order.includes(field));
  return [...order, ...rest].flatMap((field) => {
    const value = all[field];
    return value === undefined ? [] : [{ field, name: columnName(feed, field), value }];
  });
}

export function present(record: CreditRecordDoc, personal: Record<string, string>): CreditRecord {
  const name =
    record.fields['counterpartName'] ?? masked('counterpartName', personal['counterpartName'] ?? '');
  return {
    id: record._id.toHexString(),
    kind: record.kind,
    sector: record.sector,
    feed: feedPathOf(record),
    agencyId: record.agencyId.toHexString(),
    documentNumber: record.documentNumber,
    authorityCode: record.authorityCode,
    authorityName: record.fields['authorityName'] ?? '',
    counterpartKind: record.counterpartKind,
    counterpartName: name,
    ...(record.uscc === undefined ? {} : { uscc: record.uscc }),
    decidedOn: record.decidedOn,
    state: record.state,
    penaltyKinds: record.penaltyKinds,
    ...(record.publicUntil === undefined ? {} : { publicUntil: record.publicUntil }),
    revision: record.revision,
    fields: fieldsOf(feedPathOf(record), record, personal),
    receivedAt: record.receivedAt,
    revisedOn: civilDateOf(record.revisedAt),
    dueOn: record.dueOn,
    late: record.late,
    ...(record.origin === undefined ? {} : { origin: record.origin }),
    ...(record.repaired === undefined ? {} : { repaired: record.repaired }),
    batchId: record.batchId.toHexString(),
  };
}

export function presentRevision(
  record: CreditRecord,
  revision: RevisionDoc,
  personal: Record<string, string>,
): CreditRecordRevision {
  return {
    revision: revision.revision,
    replacedAt: revision.replacedAt,
    fields: fieldsOf(record.feed, revision, personal),
  };
}
