import type { Model } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey } from '../../db/native.ts';
import type { Clock } from '../../lib/clock.ts';
import { UnauthenticatedError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { loginAttemptSchema, type LoginAttemptDoc } from './login-attempt.model.ts';

const MAX_FAILURES = 5;
const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 15;
const LOCK_MINUTES = 30;
/** Each try lost is one that another server won, and a server lets one login of a name in at a time. */
const MAX_TRIES = 100;

/**
 * Counts an attempt before the password is looked at, and takes it back when it was right. So however many attempts
 * run at once, on however many servers, no more than five passwords are tried per window.
 */
export class LoginAttempts {
  readonly #attempts: Model<LoginAttemptDoc>;
  readonly #clock: Clock;
  readonly #cipher: FieldCipher;

  constructor(deps: { db: Db; clock: Clock; cipher: FieldCipher }) {
    this.#attempts = deps.db.model('LoginAttempt', loginAttemptSchema, 'login_attempts');
    this.#clock = deps.clock;
    this.#cipher = deps.cipher;
  }

  #key(username: string): string {
    return this.#cipher.hash(`login:${username}`);
  }

  #in(minutes: number): Date {
    return new Date(this.#clock.now().getTime() + minutes * MINUTE_MS);
  }

  /**
   * @returns whether this was the last attempt before the lock
   * @throws UnauthenticatedError ACCOUNT_LOCKED
   */
  async begin(username: string): Promise<{ last: boolean }> {
    const _id = this.#key(username);
    const now = this.#clock.now();
    await this.#attempts.updateOne(
      {
        _id,
        $or: [
          { lockedUntil: { $lte: now } },
          { lockedUntil: { $exists: false }, from: { $lte: this.#in(-WINDOW_MINUTES) } },
        ],
      },
      { $set: { failures: 0, from: now }, $unset: { lockedUntil: 1 } },
    );
    const counted = await this.#count(_id, now);
    if (!counted) throw new UnauthenticatedError('ACCOUNT_LOCKED', { minutes: LOCK_MINUTES });
    if (counted.failures < MAX_FAILURES) return { last: false };
    await this.#attempts.updateOne({ _id }, { $set: { lockedUntil: this.#in(LOCK_MINUTES) } });
    return { last: true };
  }

  /**
   * Raises the count, or makes it: two plain steps, for an upsert that meets another one ends differently from store
   * to store.
   * @returns undefined when the attempts are used up, or the count cannot be had
   */
  async #count(_id: string, now: Date): Promise<LoginAttemptDoc | undefined> {
    const expiresAt = this.#in(WINDOW_MINUTES + LOCK_MINUTES);
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const counted = await this.#attempts
        .findOneAndUpdate(
          { _id, failures: { $lt: MAX_FAILURES } },
          { $inc: { failures: 1 }, $set: { expiresAt } },
          { returnDocument: 'after' },
        )
        .lean<LoginAttemptDoc>();
      if (counted) return counted;
      const first: LoginAttemptDoc = { _id, failures: 1, from: now, expiresAt };
      try {
        await this.#attempts.collection.insertOne(first as never);
        return first;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      // It is full; or somebody else made it in this very moment, and may have removed it again since.
      if (await this.#attempts.exists({ _id, failures: { $gte: MAX_FAILURES } })) return undefined;
    }
    return undefined;
  }

  /** The right password: everything before is forgotten. */
  async succeed(username: string): Promise<void> {
    await this.#attempts.deleteOne({ _id: this.#key(username) });
  }

  /** Neither right nor wrong: takes this attempt back and leaves the others. */
  async withdraw(username: string): Promise<void> {
    await this.#attempts.updateOne(
      { _id: this.#key(username), failures: { $gt: 0 } },
      { $inc: { failures: -1 }, $unset: { lockedUntil: 1 } },
    );
  }

  /** Until when each of the names is locked; those that are not are left out. */
  async lockedUntil(usernames: readonly string[]): Promise<Map<string, Date>> {
    const names = new Map(usernames.map((username) => [this.#key(username), username]));
    const found = await this.#attempts
      .find({ _id: { $in: [...names.keys()] }, lockedUntil: { $gt: this.#clock.now() } })
      .lean<LoginAttemptDoc[]>();
    return new Map(
      found.flatMap(({ _id, lockedUntil }) => {
        const name = names.get(_id);
        return name === undefined || !lockedUntil ? [] : [[name, lockedUntil] as const];
      }),
    );
  }
}
