import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import type { RecordKind } from '../template/index.ts';

export const BATCH_STATUSES = ['RECEIVED', 'INGESTING', 'INGESTED', 'PARTLY_INGESTED', 'FAILED'] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** Rows by outcome; the five always add up to `read`. */
export interface RowCounts {
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  conflict: number;
  refused: number;
}

export const NO_ROWS: Readonly<RowCounts> = {
  read: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  conflict: 0,
  refused: 0,
};

/** One uploaded file or list 报送批次. */
export interface FeedBatchDoc {
  _id: Types.ObjectId;
  agencyId: Types.ObjectId;
  /** `<sector>/<kind>` */
  feed: string;
  sector: string;
  kind: RecordKind;
  fileName: string;
  /** What makes a repeat: the hash of the file, with a number behind it for a deliberate replay. */
  dedupeKey: string;
  /** The file, encrypted. */
  blobKey: string;
  size: number;
  status: BatchStatus;
  /** Ordinal of the last row that is committed. */
  cursor: number;
  rows: RowCounts;
  receivedAt: Date;
  /** History brought over from an older system: receipt instant per row in this column. */
  receivedAtColumn?: string;
  migrated?: boolean;
  uploadedBy: string;
  /** Runs since the cursor last moved. */
  attempts: number;
  failure?: { code: string; params: Record<string, string | number> };
  finishedAt?: Date;
}

export const feedBatchSchema = new Schema<FeedBatchDoc>(
  {
    agencyId: { type: Schema.Types.ObjectId, required: true },
    feed: { type: String, required: true },
    sector: { type: String, required: true },
    kind: { type: String, required: true },
    fileName: { type: String, required: true },
    dedupeKey: { type: String, required: true },
    blobKey: { type: String, required: true },
    size: { type: Number, required: true },
    status: { type: String, enum: BATCH_STATUSES, required: true },
    cursor: { type: Number, required: true },
    rows: { type: Schema.Types.Mixed, required: true },
    receivedAt: { type: Date, required: true },
    receivedAtColumn: String,
    migrated: Boolean,
    uploadedBy: { type: String, required: true },
    attempts: { type: Number, required: true },
    failure: Schema.Types.Mixed,
    finishedAt: Date,
  } as never,
  baseOptions,
);
feedBatchSchema.index({ agencyId: 1, feed: 1, dedupeKey: 1 }, { unique: true });
feedBatchSchema.index({ agencyId: 1, _id: -1 });
feedBatchSchema.index({ status: 1, _id: 1 });
feedBatchSchema.index({ blobKey: 1 });

/** Outcomes of up to 1,000 rows that were committed together. */
export interface FeedChunkDoc {
  /** `<batchId>-<first seq, 8 digits>` */
  _id: string;
  batchId: Types.ObjectId;
  firstSeq: number;
  /** One letter a row, see OUTCOME_LETTERS. */
  outcomes: string;
  /** Ordinal and row number in the file, per row. */
  seqs: number[];
  rows: number[];
  records: (Types.ObjectId | null)[];
  /** Day of receipt per row; one where all have the same, absent in chunks from before it was kept. */
  days?: CivilDate[];
  /** Codes of warnings by ordinal; only rows that have any. */
  warnings: {
    seq: number;
    faults: { column: string; code: string; params?: Record<string, string | number> }[];
  }[];
}

export const feedChunkSchema = new Schema<FeedChunkDoc>(
  {
    _id: { type: String, required: true },
    batchId: { type: Schema.Types.ObjectId, required: true },
    firstSeq: { type: Number, required: true },
    outcomes: { type: String, required: true },
    seqs: { type: [Number], required: true },
    rows: { type: [Number], required: true },
    records: { type: [Schema.Types.ObjectId], required: true },
    days: { type: [String], default: undefined },
    warnings: { type: [Schema.Types.Mixed], required: true },
  } as never,
  baseOptions,
);
