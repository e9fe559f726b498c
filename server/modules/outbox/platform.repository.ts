import type { ClientSession, mongo } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { nativeCollection } from '../../db/native.ts';
import { platformSchema, type PlatformDoc } from './platform.model.ts';

export class PlatformRepository {
  readonly #platforms: mongo.Collection<PlatformDoc>;

  constructor(db: Db) {
    db.model('Platform', platformSchema, 'platforms');
    this.#platforms = nativeCollection<PlatformDoc>(db, 'platforms');
  }

  all(): Promise<PlatformDoc[]> {
    return this.#platforms.find({}).toArray();
  }

  async find(code: string): Promise<PlatformDoc | undefined> {
    return (await this.#platforms.findOne({ _id: code })) ?? undefined;
  }

  async save(
    code: string,
    set: Partial<PlatformDoc>,
    gone: readonly (keyof PlatformDoc)[] = [],
    tx?: ClientSession,
  ): Promise<void> {
    const unset = Object.fromEntries(gone.map((name) => [name, 1]));
    const update = {
      ...(Object.keys(set).length > 0 ? { $set: set } : {}),
      ...(gone.length > 0 ? { $unset: unset } : {}),
    };
    const options = { upsert: set.url !== undefined, ...(tx ? { session: tx } : {}) };
    await this.#platforms.updateOne({ _id: code }, update as mongo.UpdateFilter<PlatformDoc>, options);
  }

  /** @returns how many requests have failed in a row now */
  async addFault(code: string): Promise<PlatformDoc | undefined> {
    const options = { returnDocument: 'after' } as const;
    return (
      (await this.#platforms.findOneAndUpdate({ _id: code }, { $inc: { faults: 1 } }, options)) ?? undefined
    );
  }

  /**
   * Moves a backlog on, or ends it; one that was begun anew in between is left alone.
   * @returns whether it was moved
   */
  async moveBacklog(code: string, id: string, next: PlatformDoc['backlog']): Promise<boolean> {
    const filter = { _id: code, 'backlog.id': id } as mongo.Filter<PlatformDoc>;
    const update = next ? { $set: { backlog: next } } : { $unset: { backlog: 1 as const } };
    return (await this.#platforms.updateOne(filter, update)).matchedCount === 1;
  }
}
