import { Schema } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { factShape, formerNameSchema, type FormerName, type RegisteredFacts } from './subject.model.ts';

/**
 * What the register put down of a subject on a day 核准. Never changed; what changed from one to the next, and what
 * holds today, follow from them in the order of their ids.
 */
export interface RegistrationDoc {
  /** `<uscc>-<day>-<number within the day>`; `<uscc>-0` for what exports without a day said. */
  _id: string;
  uscc: string;
  day?: CivilDate;
  facts: RegisteredFacts;
  /** Of what had no day: names it had before. */
  formerNames?: FormerName[];
  contentHash: string;
  /** Name of the file it came in; unknown for what was there before. */
  source?: string;
  receivedAt: Date;
}

export const registrationSchema = new Schema<RegistrationDoc>(
  {
    _id: { type: String, required: true },
    uscc: { type: String, required: true },
    day: { type: String },
    facts: { type: new Schema<RegisteredFacts>(factShape, { ...baseOptions, _id: false }), required: true },
    formerNames: { type: [formerNameSchema], default: undefined },
    contentHash: { type: String },
    source: { type: String },
    receivedAt: { type: Date, required: true },
  },
  baseOptions,
);
// All that is registered of some subjects, in its order.
registrationSchema.index({ uscc: 1, _id: 1 });
