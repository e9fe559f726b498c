import { Schema, type Types } from 'mongoose';
import { baseOptions } from '../../db/base-schema.ts';

/**
 * A refresh token. The first one of a login is also the session itself: its id names the family, and whether the
 * session was revoked is written there alone, so that one write ends all tokens of the family, also those being made.
 */
export interface RefreshTokenDoc {
  /** Keyed hash of the token. */
  _id: string;
  accountId: Types.ObjectId;
  /** Id of the first token. */
  family: string;
  /** On the first token: the account's number at login. */
  sessionVersion?: number;
  idleUntil: Date;
  /** End of the session, whatever is refreshed. */
  expiresAt: Date;
  usedAt?: Date;
  revokedAt?: Date;
}

export const refreshTokenSchema = new Schema<RefreshTokenDoc>(
  {
    _id: { type: String, required: true },
    accountId: { type: Schema.Types.ObjectId, required: true },
    family: { type: String, required: true },
    sessionVersion: Number,
    idleUntil: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    usedAt: Date,
    revokedAt: Date,
  },
  baseOptions,
);
refreshTokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
