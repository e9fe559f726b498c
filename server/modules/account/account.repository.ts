import { isValidObjectId, Types, type ClientSession, type Model, type UpdateQuery } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey } from '../../db/native.ts';
import { accountSchema, type AccountDoc } from './account.model.ts';

export class AccountRepository {
  readonly #accounts: Model<AccountDoc>;

  constructor(db: Db) {
    this.#accounts = db.model('Account', accountSchema, 'accounts');
  }

  async findById(id: string): Promise<AccountDoc | undefined> {
    if (!isValidObjectId(id)) return undefined;
    return (await this.#accounts.findById(id).lean<AccountDoc>()) ?? undefined;
  }

  async findByUsername(username: string): Promise<AccountDoc | undefined> {
    return (await this.#accounts.findOne({ username }).lean<AccountDoc>()) ?? undefined;
  }

  async any(): Promise<boolean> {
    return (await this.#accounts.findOne({}).select('_id').lean()) !== null;
  }

  /** @returns undefined when the name is taken */
  async insert(account: Omit<AccountDoc, '_id'>, tx: ClientSession): Promise<AccountDoc | undefined> {
    const document: AccountDoc = { _id: new Types.ObjectId(), ...account };
    try {
      await this.#accounts.create([document], { session: tx });
      return document;
    } catch (error) {
      if (isDuplicateKey(error)) return undefined;
      throw error;
    }
  }

  /** @returns the account after the change, undefined when none matches `id` and `expected` */
  async update(
    id: Types.ObjectId,
    change: UpdateQuery<AccountDoc>,
    options: { expected?: Record<string, unknown>; tx?: ClientSession } = {},
  ): Promise<AccountDoc | undefined> {
    const found = await this.#accounts
      .findOneAndUpdate({ _id: id, ...options.expected }, change, {
        returnDocument: 'after',
        ...(options.tx ? { session: options.tx } : {}),
      })
      .lean<AccountDoc>();
    return found ?? undefined;
  }

  page(after: string | undefined, limit: number): Promise<AccountDoc[]> {
    return this.#accounts
      .find(after === undefined ? {} : { username: { $gt: after } })
      .sort({ username: 1 })
      .limit(limit)
      .lean<AccountDoc[]>()
      .exec();
  }
}
