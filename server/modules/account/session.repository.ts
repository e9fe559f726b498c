import type { ClientSession, Model, Types } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { refreshTokenSchema, type RefreshTokenDoc } from './session.model.ts';

export class SessionRepository {
  readonly #tokens: Model<RefreshTokenDoc>;

  constructor(db: Db) {
    this.#tokens = db.model('RefreshToken', refreshTokenSchema, 'refresh_tokens');
  }

  async insert(token: RefreshTokenDoc): Promise<void> {
    await this.#tokens.create(token);
  }

  async find(id: string): Promise<RefreshTokenDoc | undefined> {
    return (await this.#tokens.findById(id).lean<RefreshTokenDoc>()) ?? undefined;
  }

  /** Marks the token as used. @returns undefined when it is unknown or was used before: one caller wins */
  async use(id: string, now: Date): Promise<RefreshTokenDoc | undefined> {
    const found = await this.#tokens
      .findOneAndUpdate(
        { _id: id, usedAt: { $exists: false } },
        { $set: { usedAt: now } },
        { returnDocument: 'after' },
      )
      .lean<RefreshTokenDoc>();
    return found ?? undefined;
  }

  async revoke(family: string, now: Date): Promise<void> {
    await this.#tokens.updateOne({ _id: family }, { $set: { revokedAt: now } });
  }

  /** Lets one session live on under the account's new number. */
  async carryOver(
    family: string,
    accountId: Types.ObjectId,
    sessionVersion: number,
    tx: ClientSession,
  ): Promise<void> {
    await this.#tokens.updateOne({ _id: family, accountId }, { $set: { sessionVersion } }).session(tx);
  }
}
