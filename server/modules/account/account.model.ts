import { Schema, type Types } from 'mongoose';
import type { StoredBytes } from '../../lib/field-cipher.ts';
import { ROLES, type Role } from '../../auth/roles.ts';
import { baseOptions } from '../../db/base-schema.ts';

export interface SecondFactor {
  /** Encrypted, in the context `otp:<account id>`. */
  secret: StoredBytes;
  /** Asked for at login only once a first code has shown that the telephone holds the secret. */
  confirmed: boolean;
  /** Time step of the last code taken: a code works once. */
  lastStep: number;
}

export interface AccountDoc {
  _id: Types.ObjectId;
  /** Lower case. */
  username: string;
  passwordHash: string;
  /** Former hashes, newest first. */
  passwordHistory: string[];
  roles: Role[];
  organizationId: Types.ObjectId;
  active: boolean;
  /** A trial account: no password rules, no second factor; refused in production. */
  demo: boolean;
  /** Sessions that were opened under another number are over. */
  sessionVersion: number;
  secondFactor?: SecondFactor;
  createdAt: Date;
  updatedAt: Date;
}

export const accountSchema = new Schema<AccountDoc>(
  {
    username: { type: String, required: true },
    passwordHash: { type: String, required: true },
    passwordHistory: { type: [String], required: true },
    roles: { type: [String], enum: ROLES, required: true },
    organizationId: { type: Schema.Types.ObjectId, required: true },
    active: { type: Boolean, required: true },
    demo: { type: Boolean, required: true },
    sessionVersion: { type: Number, required: true },
    secondFactor: new Schema(
      {
        secret: { type: Buffer, required: true },
        confirmed: { type: Boolean, required: true },
        lastStep: { type: Number, required: true },
      },
      { ...baseOptions, _id: false },
    ) as never,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  baseOptions,
);
accountSchema.index({ username: 1 }, { unique: true });
