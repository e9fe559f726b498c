import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { RowCounts } from '../feed/index.ts';
import type { Cursor } from './pull.ts';
import type { RunFault } from './source.model.ts';

const RUN_STATES = ['RUNNING', 'DONE', 'FAILED'] as const;
export type CollectionState = (typeof RUN_STATES)[number];

const TRIGGERS = ['SCHEDULE', 'MANUAL'] as const;
export type CollectionTrigger = (typeof TRIGGERS)[number];

/** What a run took. */
export interface Taken {
  /** Files, answers or parts of a table that became batches, or were recognised as one. */
  batches: number;
  /** Of these, those that had come before. */
  duplicates: number;
  /** Files that were no table of the feed. */
  refusedFiles: number;
  rows: RowCounts;
}

/** One run over one source 采集记录. */
export interface RunDoc extends Taken {
  _id: Types.ObjectId;
  source: string;
  feed: string;
  state: CollectionState;
  trigger: CollectionTrigger;
  startedAt: Date;
  endedAt?: Date;
  expiresAt: Date;
  cursorBefore?: Cursor;
  cursorAfter?: Cursor;
  error?: RunFault;
}

const count = { type: Number, required: true } as const;
const DAY_MS = 86_400_000;

/** A run that found nothing is of no interest for long, and there are many of them. */
export function expiryOf(now: Date, foundNothing: boolean): Date {
  return new Date(now.getTime() + (foundNothing ? 7 : 366) * DAY_MS);
}

export const runSchema = new Schema<RunDoc>(
  {
    source: { type: String, required: true },
    feed: { type: String, required: true },
    state: { type: String, enum: RUN_STATES, required: true },
    trigger: { type: String, enum: TRIGGERS, required: true },
    startedAt: { type: Date, required: true },
    endedAt: Date,
    expiresAt: { type: Date, required: true },
    batches: count,
    duplicates: count,
    refusedFiles: count,
    rows: { type: Schema.Types.Mixed, required: true },
    cursorBefore: Schema.Types.Mixed,
    cursorAfter: Schema.Types.Mixed,
    error: Schema.Types.Mixed,
  } as never,
  baseOptions,
);
runSchema.index({ startedAt: -1, _id: -1 });
runSchema.index({ source: 1, startedAt: -1, _id: -1 });
runSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
