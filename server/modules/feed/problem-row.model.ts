import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { RecordKind } from '../template/index.ts';
import type { CellFault } from './feed.types.ts';

/**
 * OPEN waits for the agency, CORRECTED was put right by a later row, REPLACED came again and was refused again: the row
 * of that batch waits now. CONFLICT waits for the centre.
 */
export type ProblemStatus = 'OPEN' | 'CORRECTED' | 'REPLACED' | 'CONFLICT';

export const ALL_PROBLEMS: readonly ProblemStatus[] = ['OPEN', 'CORRECTED', 'REPLACED', 'CONFLICT'];

/** A row that did not become a record 疑问数据. */
export interface ProblemRowDoc {
  /** `<batchId>-<seq, 8 digits>`; refused upstream: `<platform>:<recordId>:<revision>`, and `seq` 0. */
  _id: string;
  batchId: Types.ObjectId;
  agencyId: Types.ObjectId;
  feed: string;
  kind: RecordKind;
  seq: number;
  row: number;
  part?: string;
  status: ProblemStatus;
  documentNumber?: string;
  /** Keyed hash of document number and counterpart name as they were read: finds the correction. Only with both. */
  rowKey?: string;
  faults: CellFault[];
  /** RawCells as JSON, encrypted for this row: may hold identity numbers. */
  sealed: Uint8Array;
  createdAt: Date;
  correctedAt?: Date;
  /** Batch with the row that put it right. */
  correctedBy?: Types.ObjectId;
}

/** A row as it stood in the file. */
export interface RawCells {
  readonly header: readonly string[];
  readonly fields: readonly (string | null)[];
  readonly cells: readonly (string | number | null)[];
}

export const problemRowSchema = new Schema<ProblemRowDoc>(
  {
    _id: { type: String, required: true },
    batchId: { type: Schema.Types.ObjectId, required: true },
    agencyId: { type: Schema.Types.ObjectId, required: true },
    feed: { type: String, required: true },
    kind: { type: String, required: true },
    seq: { type: Number, required: true },
    row: { type: Number, required: true },
    part: String,
    status: { type: String, required: true },
    documentNumber: String,
    rowKey: String,
    faults: { type: [Schema.Types.Mixed], required: true },
    sealed: { type: Buffer, required: true },
    createdAt: { type: Date, required: true },
    correctedAt: Date,
    correctedBy: Schema.Types.ObjectId,
  } as never,
  baseOptions,
);
problemRowSchema.index({ batchId: 1, status: 1, seq: 1, _id: 1 });
problemRowSchema.index({ agencyId: 1, feed: 1, status: 1, rowKey: 1 });
