import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { ORDER_STATES, type OrderState } from './order.states.ts';

/** What was done to an order, and what was said with it. */
export interface OrderStep {
  readonly state: OrderState;
  readonly at: Date;
  readonly by: string;
  readonly text: string;
}

/** A supervision order to an agency 督办单. */
export interface OrderDoc {
  _id: Types.ObjectId;
  year: number;
  /** In its year from 1; `督〔2026〕1号`. */
  serial: number;
  agencyId: Types.ObjectId;
  title: string;
  /** The spot check it comes from. */
  checkId?: Types.ObjectId;
  state: OrderState;
  /** Last day for the reply that is awaited. */
  dueOn: CivilDate;
  steps: OrderStep[];
}

export const orderSchema = new Schema<OrderDoc>(
  {
    year: { type: Number, required: true },
    serial: { type: Number, required: true },
    agencyId: { type: Schema.Types.ObjectId, required: true },
    title: { type: String, required: true },
    checkId: Schema.Types.ObjectId,
    state: { type: String, enum: ORDER_STATES, required: true },
    dueOn: { type: String, required: true },
    steps: { type: [Schema.Types.Mixed], required: true },
  } as never,
  baseOptions,
);
orderSchema.index({ year: 1, serial: 1 }, { unique: true });
orderSchema.index({ agencyId: 1, _id: -1 });
