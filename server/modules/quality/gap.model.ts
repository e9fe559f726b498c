import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';

/** SILENT: neither rows nor a zero report; SHORT: the agency's own system counts more decisions than are stored. */
export type GapReason = 'SILENT' | 'SHORT';

/** A period that an agency did not report, or not in full 漏报. */
export interface GapDoc {
  /** `<agency>|<feed>|<period>` */
  _id: string;
  agencyId: Types.ObjectId;
  feed: string;
  period: string;
  /** Last day of the period. */
  last: CivilDate;
  dueOn: CivilDate;
  reason: GapReason;
  /** What the other system counts, and what is stored. Only SHORT. */
  expected?: number;
  found?: number;
  open: boolean;
  openedAt: Date;
  closedAt?: Date;
}

export const gapSchema = new Schema<GapDoc>(
  {
    _id: { type: String, required: true },
    agencyId: { type: Schema.Types.ObjectId, required: true },
    feed: { type: String, required: true },
    period: { type: String, required: true },
    last: { type: String, required: true },
    dueOn: { type: String, required: true },
    reason: { type: String, required: true },
    expected: Number,
    found: Number,
    open: { type: Boolean, required: true },
    openedAt: { type: Date, required: true },
    closedAt: Date,
  } as never,
  baseOptions,
);
gapSchema.index({ open: 1, last: -1, _id: 1 });
gapSchema.index({ agencyId: 1, open: 1, last: -1, _id: 1 });

/** That nothing was decided in a period 零报告. */
export interface ZeroReportDoc {
  /** `<agency>|<feed>|<period>` */
  _id: string;
  agencyId: Types.ObjectId;
  last: CivilDate;
  at: Date;
  by: string;
}

export const zeroReportSchema = new Schema<ZeroReportDoc>(
  {
    _id: { type: String, required: true },
    agencyId: { type: Schema.Types.ObjectId, required: true },
    last: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: String, required: true },
  } as never,
  baseOptions,
);
zeroReportSchema.index({ last: 1 });

/** How many decisions the approval or enforcement system of an agency counts for a period. */
export interface DecisionCountDoc {
  /** `<agency>|<feed>|<period>` */
  _id: string;
  agencyId: Types.ObjectId;
  feed: string;
  period: string;
  last: CivilDate;
  count: number;
  /** How many of them the agency shows on a site of its own, and why some were not reported: of its own statement. */
  published?: number;
  reason?: string;
  /** Name of the system. */
  source: string;
  at: Date;
}

export const decisionCountSchema = new Schema<DecisionCountDoc>(
  {
    _id: { type: String, required: true },
    agencyId: { type: Schema.Types.ObjectId, required: true },
    feed: { type: String, required: true },
    period: { type: String, required: true },
    last: { type: String, required: true },
    count: { type: Number, required: true },
    published: Number,
    reason: String,
    source: { type: String, required: true },
    at: { type: Date, required: true },
  } as never,
  baseOptions,
);
decisionCountSchema.index({ last: 1 });
