import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { REFERENCE_STATES, type ReferenceState } from './entry.states.ts';
import { REFERENCE_KINDS, type ReferenceKind, type ReferenceValue } from './reference.types.ts';

/** Who brought a version into a state, when, and what was said. */
export interface ReferenceStep {
  readonly state: ReferenceState;
  readonly at: Date;
  readonly by: string;
  /** Login name at that time. */
  readonly name: string;
  readonly reason?: string;
}

/** One version of one entry of reference data 基础数据. */
export interface ReferenceEntryDoc {
  _id: Types.ObjectId;
  kind: ReferenceKind;
  /** What it is an entry of: feed path, year, `<list>/<text>`, code of the agency. */
  key: string;
  /** From 1 within kind and key. */
  version: number;
  /** What people call it. */
  title: string;
  /** The agency whose list it is. */
  agencyId?: Types.ObjectId;
  value: ReferenceValue;
  /** Number of items of a list. */
  items?: number;
  /** First day it counts. */
  effectiveFrom: CivilDate;
  /** First day there is no such entry any more. */
  endedOn?: CivilDate;
  state: ReferenceState;
  /** Every change of state or content, oldest first. */
  steps: ReferenceStep[];
}

export const referenceEntrySchema = new Schema<ReferenceEntryDoc>(
  {
    kind: { type: String, enum: REFERENCE_KINDS, required: true },
    key: { type: String, required: true },
    version: { type: Number, required: true },
    title: { type: String, required: true },
    agencyId: Schema.Types.ObjectId,
    value: { type: Schema.Types.Mixed, required: true },
    items: Number,
    effectiveFrom: { type: String, required: true },
    endedOn: String,
    state: { type: String, enum: REFERENCE_STATES, required: true },
    steps: { type: [Schema.Types.Mixed], required: true },
  } as never,
  baseOptions,
);
referenceEntrySchema.index({ kind: 1, key: 1, version: -1 }, { unique: true });
referenceEntrySchema.index({ kind: 1, _id: -1 });
referenceEntrySchema.index({ agencyId: 1, kind: 1, _id: -1 }, { sparse: true });
referenceEntrySchema.index({ state: 1, kind: 1, _id: -1 });
