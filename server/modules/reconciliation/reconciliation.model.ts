import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { DIFFERENCE_KINDS, type DifferenceKind } from './judge.ts';

export const RUN_STATES = ['RUNNING', 'DONE', 'FAILED'] as const;
export type ReconciliationState = (typeof RUN_STATES)[number];

/** Numbers of records. What is in flight is in neither side. */
export interface Counts {
  here: number;
  there: number;
  missingThere: number;
  missingHere: number;
  different: number;
  inFlight: number;
  /** Items the platform refused on that day. */
  refused: number;
  /** Items that were put in again. */
  repaired: number;
}

export const NO_COUNTS: Readonly<Counts> = {
  here: 0,
  there: 0,
  missingThere: 0,
  missingHere: 0,
  different: 0,
  inFlight: 0,
  refused: 0,
  repaired: 0,
};

/** An agency and kind with a difference. */
export interface GroupResult {
  agency: string;
  kind: string;
  missingThere: number;
  missingHere: number;
  different: number;
}

/** One comparison with one platform over one day of acceptance. */
export interface RunDoc extends Counts {
  _id: Types.ObjectId;
  platform: string;
  day: CivilDate;
  state: ReconciliationState;
  repair: boolean;
  startedAt: Date;
  /** While it runs: the last sign of life. */
  beatAt: Date;
  endedAt?: Date;
  /** The first of the groups with a difference. */
  groups: GroupResult[];
  groupsInAll: number;
  /** Code of what ended it, and the platform's part in it: a status or a fault of the connection. */
  error?: string;
  errorReason?: string;
}

const count = { type: Number, required: true } as const;
const YEAR_S = 366 * 86_400;

export const runSchema = new Schema<RunDoc>(
  {
    platform: { type: String, required: true },
    day: { type: String, required: true },
    state: { type: String, enum: RUN_STATES, required: true },
    repair: { type: Boolean, required: true },
    startedAt: { type: Date, required: true },
    beatAt: { type: Date, required: true },
    endedAt: Date,
    here: count,
    there: count,
    missingThere: count,
    missingHere: count,
    different: count,
    inFlight: count,
    refused: count,
    repaired: count,
    groups: { type: [Schema.Types.Mixed], required: true } as never,
    groupsInAll: count,
    error: String,
    errorReason: String,
  },
  baseOptions,
);
runSchema.index({ startedAt: -1, _id: -1 });
runSchema.index({ platform: 1, day: 1, startedAt: -1, _id: -1 });
runSchema.index({ beatAt: 1 }, { expireAfterSeconds: 3 * YEAR_S });

/** One record that differs, for a person. */
export interface DifferenceDoc {
  _id: Types.ObjectId;
  run: Types.ObjectId;
  kind: DifferenceKind;
  agency: string;
  recordKind: string;
  /** The key it is known by on both sides: a keyed hash, nothing personal. */
  key: string;
  /** Only where we have the record. */
  recordId?: string;
  revision?: number;
  hashHere?: string;
  hashThere?: string;
  /** Day under which the platform holds it. */
  dayThere?: CivilDate;
  /** Sending our revision again would mend it. */
  repairable: boolean;
  /** Put in again by this run. */
  repaired: boolean;
  at: Date;
}

export const differenceSchema = new Schema<DifferenceDoc>(
  {
    run: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, enum: DIFFERENCE_KINDS, required: true },
    agency: { type: String },
    recordKind: { type: String },
    key: { type: String, required: true },
    recordId: String,
    revision: Number,
    hashHere: String,
    hashThere: String,
    dayThere: String,
    repairable: { type: Boolean, required: true },
    repaired: { type: Boolean, required: true },
    at: { type: Date, required: true },
  },
  baseOptions,
);
differenceSchema.index({ run: 1, _id: 1 });
differenceSchema.index({ recordId: 1, _id: -1 }, { sparse: true });
differenceSchema.index({ at: 1 }, { expireAfterSeconds: YEAR_S });
