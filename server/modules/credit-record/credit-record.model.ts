import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import type {
  CounterpartKind,
  DecisionState,
  Generation,
  RecordKind,
  RecordOrigin,
} from '../template/index.ts';

/** What a revision says; the part that moves to `credit_record_revisions` when a newer one takes its place. */
export interface RecordContent {
  /** Columns by field name, without anything personal. */
  fields: Record<string, string>;
  /** Personal columns, JSON, encrypted for this record. */
  personal?: Uint8Array;
  contentHash: string;
  generation: Generation;
  /** Batch and place in it that brought this revision. */
  batchId: Types.ObjectId;
  seq: number;
  /** When that batch was received. */
  revisedAt: Date;
}

export interface CreditRecordDoc extends RecordContent {
  _id: Types.ObjectId;
  /** Keyed hash of kind, document number, counterpart and authority. */
  naturalKey: string;
  kind: RecordKind;
  sector: string;
  /** Path of the feed; left out where `feedPathOf` tells it from sector and kind. */
  feed?: string;
  agencyId: Types.ObjectId;
  counterpartKind: CounterpartKind;
  uscc?: string;
  documentNumber: string;
  authorityCode: string;
  decidedOn: CivilDate;
  state: DecisionState;
  penaltyKinds: string[];
  /** BSON Long, fen. */
  fineFen?: bigint;
  confiscatedFen?: bigint;
  validTo?: CivilDate;
  publicUntil?: CivilDate;
  revision: number;
  /** Receipt of the first version that was accepted: what the seven working days are measured by. */
  receivedAt: Date;
  acceptedAt: Date;
  dueOn: CivilDate;
  /** Only while true: the deadline crosses a year whose calendar was not there. */
  dueProvisional?: boolean;
  /** Always false for what came down from above: no duty of ours was missed. */
  late: boolean;
  /** Where it came from when none of our agencies reported it; never pushed then. */
  origin?: RecordOrigin;
  /** Of a repair: natural key of the record that it ends the display of. */
  repairs?: string;
  /** Of a record whose display a repair ended. */
  repaired?: Repair;
}

export interface Repair {
  readonly on: CivilDate;
  /** Name of the authority that decided it. */
  readonly authority: string;
  /** The record that says so. */
  readonly recordId: Types.ObjectId;
}

const content = {
  fields: { type: Schema.Types.Mixed, required: true },
  personal: Buffer,
  contentHash: { type: String, required: true },
  generation: { type: String, required: true },
  batchId: { type: Schema.Types.ObjectId, required: true },
  seq: { type: Number, required: true },
  revisedAt: { type: Date, required: true },
};

export const creditRecordSchema = new Schema<CreditRecordDoc>(
  {
    ...content,
    naturalKey: { type: String, required: true },
    kind: { type: String, required: true },
    sector: { type: String, required: true },
    feed: String,
    agencyId: { type: Schema.Types.ObjectId, required: true },
    counterpartKind: { type: String, required: true },
    uscc: String,
    documentNumber: { type: String, required: true },
    authorityCode: { type: String, required: true },
    decidedOn: { type: String, required: true },
    state: { type: String, required: true },
    penaltyKinds: { type: [String], required: true },
    fineFen: BigInt,
    confiscatedFen: BigInt,
    validTo: String,
    publicUntil: String,
    revision: { type: Number, required: true },
    receivedAt: { type: Date, required: true },
    acceptedAt: { type: Date, required: true },
    dueOn: { type: String, required: true },
    dueProvisional: Boolean,
    late: { type: Boolean, required: true },
    origin: String,
    repairs: String,
    repaired: Schema.Types.Mixed,
  } as never,
  baseOptions,
);
creditRecordSchema.index({ naturalKey: 1 }, { unique: true });
creditRecordSchema.index({ agencyId: 1, decidedOn: -1, _id: -1 });
creditRecordSchema.index({ decidedOn: -1, _id: -1 });
creditRecordSchema.index({ uscc: 1, decidedOn: -1, _id: -1 }, { sparse: true });
creditRecordSchema.index({ documentNumber: 1 });
creditRecordSchema.index({ dueProvisional: 1 }, { sparse: true });
creditRecordSchema.index({ repairs: 1 }, { sparse: true });

export interface RevisionDoc extends RecordContent {
  /** `<recordId>-<revision>` */
  _id: string;
  recordId: Types.ObjectId;
  revision: number;
  replacedAt: Date;
}

export const revisionSchema = new Schema<RevisionDoc>(
  {
    ...content,
    _id: { type: String, required: true },
    recordId: { type: Schema.Types.ObjectId, required: true },
    revision: { type: Number, required: true },
    replacedAt: { type: Date, required: true },
  } as never,
  baseOptions,
);
revisionSchema.index({ recordId: 1, revision: -1 });
