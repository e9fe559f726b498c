import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';

/** 相符; 错报: a column says something else at the source; 瞒报: found at the source and not here. */
export const FINDING_RESULTS = ['MATCH', 'WRONG', 'CONCEALED'] as const;
export type FindingResult = (typeof FINDING_RESULTS)[number];

/** A random sample of an agency's decisions, to be held against its own site and registers 抽查. */
export interface SpotCheckDoc {
  _id: Types.ObjectId;
  agencyId: Types.ObjectId;
  /** One feed only. */
  feed?: string;
  /** Of the decisions: week, month, quarter or year. */
  period: string;
  /** With it the same sample can be drawn again, as long as the same decisions are stored. */
  seed: string;
  /** Decisions it was drawn from. */
  population: number;
  records: Types.ObjectId[];
  at: Date;
  by: string;
}

export const spotCheckSchema = new Schema<SpotCheckDoc>(
  {
    agencyId: { type: Schema.Types.ObjectId, required: true },
    feed: String,
    period: { type: String, required: true },
    seed: { type: String, required: true },
    population: { type: Number, required: true },
    records: { type: [Schema.Types.ObjectId], required: true },
    at: { type: Date, required: true },
    by: { type: String, required: true },
  } as never,
  baseOptions,
);

/** A column that says something else at the source. */
export interface WrongColumn {
  readonly field: string;
  /** As the source has it. */
  readonly there: string;
}

/** What was found of one decision. */
export interface FindingDoc {
  /** `<check>|<record>`, or for a decision that is not stored `<check>|<feed>|<number>`. */
  _id: string;
  checkId: Types.ObjectId;
  result: FindingResult;
  recordId?: Types.ObjectId;
  feed?: string;
  documentNumber: string;
  decidedOn?: CivilDate;
  columns: WrongColumn[];
  note: string;
  at: Date;
  by: string;
}

export const findingSchema = new Schema<FindingDoc>(
  {
    _id: { type: String, required: true },
    checkId: { type: Schema.Types.ObjectId, required: true },
    result: { type: String, enum: FINDING_RESULTS, required: true },
    recordId: Schema.Types.ObjectId,
    feed: String,
    documentNumber: { type: String, required: true },
    decidedOn: String,
    columns: { type: [Schema.Types.Mixed], required: true },
    note: { type: String },
    at: { type: Date, required: true },
    by: { type: String, required: true },
  } as never,
  baseOptions,
);
findingSchema.index({ checkId: 1, _id: 1 });
