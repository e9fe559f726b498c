import { Types, type ClientSession, type Model } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { retryWhenLost } from '../../db/native.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import {
  creditRecordSchema,
  revisionSchema,
  type CreditRecordDoc,
  type Repair,
  type RevisionDoc,
} from './credit-record.model.ts';
import type { UpsertPlan } from './plan-upsert.ts';

export interface RecordFilter {
  readonly agencyId?: string;
  readonly uscc?: string;
  readonly kind?: string;
  readonly sector?: string;
  readonly day?: CivilDate;
  readonly documentNumber?: string;
}

/** What tells a record from others, without its columns. */
export type HeadDoc = Pick<
  CreditRecordDoc,
  '_id' | 'revision' | 'kind' | 'sector' | 'feed' | 'agencyId' | 'naturalKey' | 'contentHash'
>;

const HEAD = {
  revision: 1,
  kind: 1,
  sector: 1,
  feed: 1,
  agencyId: 1,
  naturalKey: 1,
  contentHash: 1,
} as const;

/** What of a record goes to platforms. */
export type SentDoc = Pick<
  CreditRecordDoc,
  keyof HeadDoc | 'counterpartKind' | 'decidedOn' | 'fields' | 'personal'
>;

const SENT = { ...HEAD, counterpartKind: 1, decidedOn: 1, fields: 1, personal: 1 } as const;

/** Records of one feed; those of a feed that is called as its kind do not keep its path. */
export interface FeedFilter {
  readonly sector: string;
  readonly kind: string;
  readonly feed: string | null;
}

export interface DecidedFilter {
  readonly kinds?: readonly string[];
  readonly agencyId?: string;
  readonly feed?: FeedFilter;
}

/** What a record's timeliness hangs on. */
export type TimingDoc = Pick<
  CreditRecordDoc,
  | '_id'
  | 'agencyId'
  | 'sector'
  | 'kind'
  | 'feed'
  | 'receivedAt'
  | 'decidedOn'
  | 'dueOn'
  | 'dueProvisional'
  | 'late'
>;

const TIMING = {
  agencyId: 1,
  sector: 1,
  kind: 1,
  feed: 1,
  receivedAt: 1,
  decidedOn: 1,
  dueOn: 1,
  dueProvisional: 1,
  late: 1,
} as const;

/** What came down from above is no report of an agency of ours. */
const OURS = { origin: { $exists: false } } as const;

export interface RecordPlace {
  readonly decidedOn: string;
  readonly id: string;
}

function revisionOf(record: CreditRecordDoc, replacedAt: Date): RevisionDoc {
  const { fields, personal, contentHash, generation, batchId, seq, revisedAt } = record;
  return {
    _id: `${record._id.toHexString()}-${String(record.revision)}`,
    recordId: record._id,
    revision: record.revision,
    replacedAt,
    fields,
    contentHash,
    generation,
    batchId,
    seq,
    revisedAt,
    ...(personal === undefined ? {} : { personal }),
  };
}

export class CreditRecordRepository {
  readonly #records: Model<CreditRecordDoc>;
  readonly #revisions: Model<RevisionDoc>;

  constructor(db: Db) {
    this.#records = db.model('CreditRecord', creditRecordSchema, 'credit_records');
    this.#revisions = db.model('CreditRecordRevision', revisionSchema, 'credit_record_revisions');
  }

  async byKeys(naturalKeys: readonly string[], tx?: ClientSession): Promise<Map<string, CreditRecordDoc>> {
    const found = this.#records.collection.find(
      { naturalKey: { $in: [...naturalKeys] } },
      { ...(tx ? { session: tx } : {}), batchSize: 1000 },
    ) as unknown as AsyncIterable<CreditRecordDoc>;
    const records = new Map<string, CreditRecordDoc>();
    for await (const record of found) records.set(record.naturalKey, record);
    return records;
  }

  /** @throws a transient error when another transaction was first with the same key */
  async write(plan: UpsertPlan, now: Date, tx: ClientSession): Promise<void> {
    const { inserts, replaced, updates } = plan;
    await retryWhenLost(async () => {
      if (inserts.length > 0) await this.#records.collection.insertMany(inserts as never, { session: tx });
      if (replaced.length > 0) {
        const revisions = replaced.map((record) => revisionOf(record, now));
        await this.#revisions.collection.insertMany(revisions as never, { session: tx });
      }
    });
    if (updates.length === 0) return;
    await retryWhenLost(() =>
      this.#records.collection.bulkWrite(
        updates.map(({ id, update }) => ({ updateOne: { filter: { _id: id }, update } })) as never,
        { session: tx },
      ),
    );
  }

  /** Repairs that speak of records with these natural keys. */
  repairsOf(naturalKeys: readonly string[], tx?: ClientSession): Promise<CreditRecordDoc[]> {
    return this.#records.collection
      .find({ repairs: { $in: [...naturalKeys] } }, { ...(tx ? { session: tx } : {}), batchSize: 1000 })
      .toArray() as never;
  }

  async setRepaired(
    changes: readonly { readonly id: Types.ObjectId; readonly repaired: Repair | undefined }[],
    tx: ClientSession,
  ): Promise<void> {
    if (changes.length === 0) return;
    await this.#records.collection.bulkWrite(
      changes.map(({ id, repaired }) => ({
        updateOne: {
          filter: { _id: id },
          update: repaired ? { $set: { repaired } } : { $unset: { repaired: 1 } },
        },
      })) as never,
      { session: tx },
    );
  }

  /** Repairs by id, for `credit verify`. */
  repairsAfter(id: string | undefined, limit: number): Promise<CreditRecordDoc[]> {
    const from = id === undefined ? {} : { _id: { $gt: new Types.ObjectId(id) } };
    return this.#records.collection
      .find({ ...from, repairs: { $exists: true } }, { batchSize: limit })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  async byIds(ids: readonly string[]): Promise<CreditRecordDoc[]> {
    return (await this.#records.collection
      .find({ _id: { $in: ids.map((id) => new Types.ObjectId(id)) } }, { batchSize: 1000 })
      .toArray()) as never;
  }

  /** With what goes to platforms. */
  sentByIds(ids: readonly string[]): Promise<SentDoc[]> {
    const filter = { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } };
    return this.#records.collection.find(filter, { projection: SENT, batchSize: 1000 }).toArray() as never;
  }

  async revisionsByIds(ids: readonly string[]): Promise<RevisionDoc[]> {
    return (await this.#revisions.collection.find({ _id: { $in: [...ids] } } as never).toArray()) as never;
  }

  headsByIds(ids: readonly string[]): Promise<HeadDoc[]> {
    const filter = { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } };
    return this.#records.collection.find(filter, { projection: HEAD, batchSize: 1000 }).toArray() as never;
  }

  headsByKeys(naturalKeys: readonly string[]): Promise<HeadDoc[]> {
    const filter = { naturalKey: { $in: [...naturalKeys] } };
    return this.#records.collection.find(filter, { projection: HEAD, batchSize: 1000 }).toArray() as never;
  }

  /** @param ids `<recordId>-<revision>` each */
  revisionHashes(ids: readonly string[]): Promise<Pick<RevisionDoc, '_id' | 'contentHash'>[]> {
    return this.#revisions.collection
      .find({ _id: { $in: [...ids] } } as never, { projection: { contentHash: 1 } })
      .toArray() as never;
  }

  async revisionsOf(recordId: Types.ObjectId): Promise<RevisionDoc[]> {
    return (await this.#revisions.collection
      .find({ recordId })
      .sort({ recordId: 1, revision: -1 })
      .limit(100)
      .toArray()) as never;
  }

  /** By id; only what a change of a record tells. */
  after(
    id: string | undefined,
    limit: number,
  ): Promise<
    Pick<
      CreditRecordDoc,
      '_id' | 'revision' | 'kind' | 'sector' | 'feed' | 'counterpartKind' | 'agencyId' | 'origin'
    >[]
  > {
    const from = id === undefined ? {} : { _id: { $gt: new Types.ObjectId(id) } };
    return this.#records.collection
      .find(from, {
        projection: { revision: 1, kind: 1, sector: 1, feed: 1, counterpartKind: 1, agencyId: 1, origin: 1 },
        batchSize: limit,
      })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  /** By id; what is never shown and says nothing of a record's way is left out. */
  contentsAfter(id: string | undefined, limit: number): Promise<CreditRecordDoc[]> {
    const from = id === undefined ? {} : { _id: { $gt: new Types.ObjectId(id) } };
    const left = ['naturalKey', 'contentHash', 'generation', 'seq', 'batchId', 'agencyId', 'authorityCode'];
    return this.#records.collection
      .find(from, { projection: Object.fromEntries(left.map((name) => [name, 0])), batchSize: limit })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  /** Newest decision first. */
  page(filter: RecordFilter, after: RecordPlace | undefined, limit: number): Promise<CreditRecordDoc[]> {
    const { agencyId, day, ...rest } = filter;
    const exact = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    const place = after
      ? {
          $or: [
            { decidedOn: { $lt: after.decidedOn } },
            { decidedOn: after.decidedOn, _id: { $lt: new Types.ObjectId(after.id) } },
          ],
        }
      : {};
    return this.#records.collection
      .find({
        ...exact,
        ...(agencyId === undefined ? {} : { agencyId: new Types.ObjectId(agencyId) }),
        ...(day === undefined ? {} : { decidedOn: day }),
        ...(day !== undefined && after ? { _id: { $lt: new Types.ObjectId(after.id) } } : place),
      })
      .sort({ decidedOn: -1, _id: -1 })
      .limit(limit)
      .maxTimeMS(10_000)
      .toArray() as never;
  }

  /** By id, our own only; what a record's timeliness hangs on. */
  timingsAfter(id: string | undefined, limit: number): Promise<TimingDoc[]> {
    const from = id === undefined ? {} : { _id: { $gt: new Types.ObjectId(id) } };
    return this.#records.collection
      .find({ ...from, ...OURS }, { projection: TIMING, batchSize: limit })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  /** Our own decisions made from one day to another, by day and id. */
  decidedBetween(
    [from, to]: readonly [CivilDate, CivilDate],
    { kinds, agencyId, feed }: DecidedFilter,
    after: RecordPlace | undefined,
    limit: number,
  ): Promise<Pick<CreditRecordDoc, '_id' | 'agencyId' | 'kind' | 'decidedOn'>[]> {
    const place = after
      ? {
          $or: [
            { decidedOn: { $gt: after.decidedOn, $lte: to } },
            { decidedOn: after.decidedOn, _id: { $gt: new Types.ObjectId(after.id) } },
          ],
        }
      : { decidedOn: { $gte: from, $lte: to } };
    const who = agencyId === undefined ? {} : { agencyId: new Types.ObjectId(agencyId) };
    const what = kinds === undefined ? {} : { kind: { $in: [...kinds] } };
    return this.#records.collection
      .find({ ...place, ...who, ...feed, ...what, ...OURS } as never, {
        projection: { agencyId: 1, kind: 1, decidedOn: 1 },
        batchSize: limit,
      })
      .sort({ decidedOn: 1, _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  /** Decisions of an agency's feed made from one day to another, counted up to `most`. */
  countDecided(
    agencyId: string,
    feed: FeedFilter,
    [from, to]: readonly [CivilDate, CivilDate],
    most?: number,
  ): Promise<number> {
    return this.#records.collection.countDocuments(
      { agencyId: new Types.ObjectId(agencyId), decidedOn: { $gte: from, $lte: to }, ...feed } as never,
      most === undefined ? {} : { limit: most },
    );
  }

  /** Records with a provisional deadline, or those decided on a day. */
  toRecompute(
    decidedOn: CivilDate | undefined,
    after: Types.ObjectId | undefined,
    limit: number,
    tx: ClientSession,
  ): Promise<CreditRecordDoc[]> {
    const from = after ? { _id: { $gt: after } } : {};
    const which = decidedOn === undefined ? { dueProvisional: true } : { decidedOn };
    return this.#records.collection
      .find({ ...which, ...from, ...OURS }, { session: tx })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  async setDeadlines(
    changes: readonly { record: CreditRecordDoc; dueOn: CivilDate; late: boolean; provisional: boolean }[],
    tx: ClientSession,
  ): Promise<void> {
    if (changes.length === 0) return;
    await this.#records.collection.bulkWrite(
      changes.map(({ record, dueOn, late, provisional }) => ({
        updateOne: {
          filter: { _id: record._id },
          update: { $set: { dueOn, late }, ...(provisional ? {} : { $unset: { dueProvisional: 1 } }) },
        },
      })) as never,
      { session: tx },
    );
  }

  async countByKind(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const groups = this.#records.collection.aggregate([{ $group: { _id: '$kind', n: { $sum: 1 } } }]);
    for await (const { _id, n } of groups as unknown as AsyncIterable<{ _id: string; n: number }>) {
      counts.set(_id, Number(n));
    }
    return counts;
  }
}
