import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';

export type JobRunStatus = 'RUNNING' | 'DONE' | 'FAILED';

export interface JobRunDoc {
  _id: Types.ObjectId;
  name: string;
  /** The process that runs it. */
  owner: string;
  status: JobRunStatus;
  /** The moment of the schedule it was run for; one process takes each. Absent when it was started by hand. */
  dueAt?: Date;
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
    dueAt: Date,
    startedAt: { type: Date, required: true },
    endedAt: Date,
    tookMs: Number,
    counts: Schema.Types.Mixed,
    error: String,
  },
  baseOptions,
);
jobRunSchema.index({ name: 1, startedAt: -1, _id: -1 });
jobRunSchema.index(
  { name: 1, dueAt: 1 },
  { unique: true, partialFilterExpression: { dueAt: { $exists: true } } },
);
jobRunSchema.index({ startedAt: -1, _id: -1 });
