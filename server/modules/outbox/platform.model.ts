import { Schema } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { Hours } from './hours.ts';

/** Settings and health of one platform of `schema/upstream/routing.json`. */
export interface PlatformDoc {
  /** The code. */
  _id: string;
  url: string;
  /** Encrypted. */
  token: Buffer;
  /** Where the platform sends receipts; absent: it is asked for them. */
  callback?: string;
  /** Key of the signed receipts, encrypted; absent: the token. */
  callbackKey?: Buffer;
  enabled: boolean;
  batchSize: number;
  /** When it takes anything; absent: always. */
  hours?: Hours;
  /** Requests that failed in a row. */
  faults: number;
  pausedUntil?: Date;
  pauseMs?: number;
  /** Taking in what was stored before it was enabled: next pass, not before `at`, behind this record. */
  backlog?: { id: string; pass: number; at: Date; after?: string };
  updatedAt: Date;
}

export const platformSchema = new Schema<PlatformDoc>(
  {
    _id: { type: String, required: true },
    url: { type: String, required: true },
    token: { type: Buffer, required: true },
    callback: String,
    callbackKey: Buffer,
    enabled: { type: Boolean, required: true },
    batchSize: { type: Number, required: true },
    hours: Schema.Types.Mixed,
    faults: { type: Number, required: true },
    pausedUntil: Date,
    pauseMs: Number,
    backlog: Schema.Types.Mixed,
    updatedAt: { type: Date, required: true },
  },
  baseOptions,
);
