import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';

export type JobRunStatus = 'RUNNING' | 'DONE' | 'FAILED';

export interface JobRunDoc {
  _id: Types.ObjectId;
  name: string;
  /** The process that runs it. */
  owner: string;
  status: JobRunStatus;
  startedAt: Date;
  endedAt?: Date;
  tookMs?: number;
  counts?: Record<string, number>;
  /** Code of the fault, or an error id that leads to the log; never its text. */
  error?: string;
}

export const jobRunSchema = new Schema<JobRunDoc>(
  {
    name: { type: String, required: true },
    owner: { type: String, required: true },
    status: { type: String, enum: ['RUNNING', 'DONE', 'FAILED'], required: true },
    startedAt: { type: Date, required: true },
    endedAt: Date,
    tookMs: Number,
    counts: Schema.Types.Mixed,
    error: String,
  },
  baseOptions,
);
jobRunSchema.index({ name: 1, startedAt: -1, _id: -1 });
jobRunSchema.index({ startedAt: -1, _id: -1 });
