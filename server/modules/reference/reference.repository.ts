import { isValidObjectId, Types, type ClientSession, type mongo } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { nativeCollection } from '../../db/native.ts';
import { referenceEntrySchema, type ReferenceEntryDoc, type ReferenceStep } from './entry.model.ts';
import type { ReferenceState } from './entry.states.ts';
import type { ReferenceKind } from './reference.types.ts';

/** What processes look at to learn of a change: one document. */
interface ReferenceStateDoc {
  _id: 'effective';
  /** Goes up with every approval. */
  version?: number;
  /** By year the entry of the holidays that deadlines were computed with. */
  calendar?: Record<string, string>;
}

export interface EntryFilter {
  readonly kind?: ReferenceKind;
  readonly kinds?: readonly ReferenceKind[];
  readonly state?: ReferenceState;
  readonly key?: string;
  readonly agencyId?: string;
}

const NEWEST = { _id: -1 } as const;

export class ReferenceRepository {
  readonly #entries: mongo.Collection<ReferenceEntryDoc>;
  readonly #states: mongo.Collection<ReferenceStateDoc>;

  constructor(db: Db) {
    db.model('ReferenceEntry', referenceEntrySchema, 'reference_entries');
    this.#entries = nativeCollection<ReferenceEntryDoc>(db, 'reference_entries');
    this.#states = nativeCollection<ReferenceStateDoc>(db, 'reference_state');
  }

  async byId(id: string): Promise<ReferenceEntryDoc | undefined> {
    if (!isValidObjectId(id)) return undefined;
    return ((await this.#entries.findOne({ _id: new Types.ObjectId(id) })) as ReferenceEntryDoc) ?? undefined;
  }

  /** Newest first. Lists of items stay out of it. */
  page(filter: EntryFilter, before: string | undefined, limit: number): Promise<ReferenceEntryDoc[]> {
    const { agencyId, kinds, ...plain } = filter;
    return this.#entries
      .find(
        {
          ...plain,
          ...(kinds ? { kind: { $in: [...kinds] } } : {}),
          ...(agencyId === undefined ? {} : { agencyId: new Types.ObjectId(agencyId) }),
          ...(before === undefined ? {} : { _id: { $lt: new Types.ObjectId(before) } }),
        },
        { projection: { 'value.items': 0 } },
      )
      .sort(NEWEST)
      .limit(limit)
      .toArray() as Promise<ReferenceEntryDoc[]>;
  }

  /** Versions of a key that count or may yet, newest first, without their lists. */
  versions(kind: ReferenceKind, key: string): Promise<ReferenceEntryDoc[]> {
    return this.#entries
      .find({ kind, key }, { projection: { 'value.items': 0 } })
      .sort({ kind: 1, key: 1, version: -1 })
      .toArray() as Promise<ReferenceEntryDoc[]>;
  }

  /** The newest approved version of a key that counts on a day. */
  async effective(kind: ReferenceKind, key: string, day: string): Promise<ReferenceEntryDoc | undefined> {
    const [found] = await this.#entries
      .find({ kind, key, state: 'APPROVED', effectiveFrom: { $lte: day } } as never)
      .sort({ kind: 1, key: 1, version: -1 })
      .limit(1)
      .toArray();
    return found as ReferenceEntryDoc | undefined;
  }

  /** All approved versions of these kinds, in the order they were approved for a key. */
  approved(kinds: readonly ReferenceKind[]): Promise<ReferenceEntryDoc[]> {
    return this.#entries
      .find({ state: 'APPROVED', kind: { $in: [...kinds] } }, { projection: { steps: 0 } })
      .toArray() as Promise<ReferenceEntryDoc[]>;
  }

  /** @throws a duplicate key when this version of the key, or this id, is there already */
  async insert(entry: ReferenceEntryDoc, tx: ClientSession): Promise<void> {
    await this.#entries.insertOne(entry, { session: tx });
  }

  /** Writes a step onto the version that was read. @returns undefined when somebody else was first */
  async step(
    before: ReferenceEntryDoc,
    step: ReferenceStep,
    changes: {
      readonly set?: Partial<ReferenceEntryDoc>;
      readonly unset?: readonly ('endedOn' | 'items')[];
    },
    tx: ClientSession,
  ): Promise<ReferenceEntryDoc | undefined> {
    const { set = {}, unset = [] } = changes;
    const found = await this.#entries.findOneAndUpdate(
      { _id: before._id, state: before.state, steps: { $size: before.steps.length } },
      {
        $set: { ...set, state: step.state },
        $push: { steps: step },
        ...(unset.length > 0 ? { $unset: Object.fromEntries(unset.map((name) => [name, 1])) } : {}),
      } as mongo.UpdateFilter<ReferenceEntryDoc>,
      { returnDocument: 'after', session: tx },
    );
    return (found as ReferenceEntryDoc | null) ?? undefined;
  }

  async version(): Promise<number> {
    return (await this.#state()).version ?? 0;
  }

  /** In the transaction of the approval. */
  async bump(tx: ClientSession): Promise<void> {
    await this.#states.updateOne(
      { _id: 'effective' },
      { $inc: { version: 1 } },
      { upsert: true, session: tx },
    );
  }

  async appliedCalendar(): Promise<Readonly<Record<string, string>>> {
    return (await this.#state()).calendar ?? {};
  }

  async noteCalendar(calendar: Readonly<Record<string, string>>): Promise<void> {
    await this.#states.updateOne({ _id: 'effective' }, { $set: { calendar } }, { upsert: true });
  }

  async #state(): Promise<ReferenceStateDoc> {
    return (await this.#states.findOne({ _id: 'effective' })) ?? { _id: 'effective' };
  }
}
