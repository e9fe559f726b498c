import { Schema } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';

/** Failures per login name, whether an account has it or not: a lock must not tell which names exist. */
export interface LoginAttemptDoc {
  /** Keyed hash of the name. */
  _id: string;
  failures: number;
  /** Start of the window they are counted in. */
  from: Date;
  lockedUntil?: Date;
  expiresAt: Date;
}

export const loginAttemptSchema = new Schema<LoginAttemptDoc>(
  {
    _id: { type: String, required: true },
    failures: { type: Number, required: true },
    from: { type: Date, required: true },
    lockedUntil: Date,
    expiresAt: { type: Date, required: true },
  },
  baseOptions,
);
loginAttemptSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
