import { Types, type ClientSession, type Model } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey } from '../../db/native.ts';
import {
  feedBatchSchema,
  feedChunkSchema,
  type BatchStatus,
  type FeedBatchDoc,
  type FeedChunkDoc,
  type RowCounts,
} from './batch.model.ts';

const WAITING: readonly BatchStatus[] = ['RECEIVED', 'INGESTING'];

export interface BatchFilter {
  readonly agencyId?: string;
  readonly feed?: string;
  readonly status?: BatchStatus;
}

/** One feed of an agency, and what had been received of it by then. */
export interface WaitingOf {
  readonly feed: string;
  readonly agencyId: string;
  readonly upTo: Date;
}

export class FeedRepository {
  readonly #batches: Model<FeedBatchDoc>;
  readonly #chunks: Model<FeedChunkDoc>;

  constructor(db: Db) {
    this.#batches = db.model('FeedBatch', feedBatchSchema, 'feed_batches');
    this.#chunks = db.model('FeedChunk', feedChunkSchema, 'feed_chunks');
  }

  /** @returns false when the same batch is there already */
  async insert(batch: FeedBatchDoc): Promise<boolean> {
    try {
      await this.#batches.collection.insertOne(batch as never);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async byId(id: string): Promise<FeedBatchDoc | undefined> {
    if (!Types.ObjectId.isValid(id)) return undefined;
    return ((await this.#batches.collection.findOne({ _id: new Types.ObjectId(id) })) as never) ?? undefined;
  }

  async byKey(agencyId: string, feed: string, dedupeKey: string): Promise<FeedBatchDoc | undefined> {
    const found = await this.#batches.collection.findOne({
      agencyId: new Types.ObjectId(agencyId),
      feed,
      dedupeKey,
    });
    return (found as never) ?? undefined;
  }

  /** Whether the file of any batch has this key. */
  async usesBlob(blobKey: string): Promise<boolean> {
    return (await this.#batches.collection.findOne({ blobKey }, { projection: { _id: 1 } })) !== null;
  }

  /** Oldest first. */
  waiting(limit: number, of?: WaitingOf): Promise<FeedBatchDoc[]> {
    return this.#batches.collection
      .find({
        status: { $in: [...WAITING] },
        ...(of
          ? { feed: of.feed, agencyId: new Types.ObjectId(of.agencyId), receivedAt: { $lte: of.upTo } }
          : {}),
      })
      .sort({ status: 1, _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  countWaiting(limit: number): Promise<number> {
    return this.#batches.collection.countDocuments({ status: { $in: [...WAITING] } }, { limit });
  }

  async oldestWaiting(): Promise<Date | undefined> {
    const first = await Promise.all(
      WAITING.map((status) =>
        this.#batches.collection
          .find({ status }, { projection: { receivedAt: 1 } })
          .sort({ _id: 1 })
          .limit(1)
          .next(),
      ),
    );
    const times = first.flatMap((doc) => (doc ? [(doc['receivedAt'] as Date).getTime()] : []));
    return times.length === 0 ? undefined : new Date(Math.min(...times));
  }

  page(filter: BatchFilter, before: string | undefined, limit: number): Promise<FeedBatchDoc[]> {
    const { agencyId, ...rest } = filter;
    const exact = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return this.#batches.collection
      .find({
        ...exact,
        ...(agencyId === undefined ? {} : { agencyId: new Types.ObjectId(agencyId) }),
        ...(before === undefined ? {} : { _id: { $lt: new Types.ObjectId(before) } }),
      })
      .sort({ _id: -1 })
      .limit(limit)
      .toArray() as never;
  }

  /** Moves a batch from one of these states. @returns the batch after it, undefined when it was in another state */
  async move(
    id: Types.ObjectId,
    from: readonly BatchStatus[],
    set: Partial<FeedBatchDoc>,
    unset: readonly ('failure' | 'finishedAt' | 'receivedAtColumn')[] = [],
  ): Promise<FeedBatchDoc | undefined> {
    const found = await this.#batches.collection.findOneAndUpdate(
      { _id: id, status: { $in: [...from] } },
      {
        $set: set,
        ...(unset.length === 0 ? {} : { $unset: Object.fromEntries(unset.map((name) => [name, 1])) }),
      } as never,
      { returnDocument: 'after' },
    );
    return (found as never) ?? undefined;
  }

  async countAttempt(id: Types.ObjectId): Promise<void> {
    await this.#batches.collection.updateOne({ _id: id }, { $inc: { attempts: 1 } });
  }

  /** Moves the cursor on if nobody else did. @returns false when somebody did */
  async advance(
    id: Types.ObjectId,
    from: number,
    to: number,
    added: RowCounts,
    tx: ClientSession,
  ): Promise<boolean> {
    const inc = Object.fromEntries(Object.entries(added).map(([name, n]) => [`rows.${name}`, n]));
    const { matchedCount } = await this.#batches.collection.updateOne(
      { _id: id, cursor: from, status: 'INGESTING' },
      { $set: { cursor: to, attempts: 0 }, $inc: inc },
      { session: tx },
    );
    return matchedCount === 1;
  }

  async insertChunk(chunk: FeedChunkDoc, tx: ClientSession): Promise<void> {
    await this.#chunks.collection.insertOne(chunk as never, { session: tx });
  }

  /** Chunks of a batch in order, those that hold rows behind `afterSeq`. */
  async chunks(batchId: string, afterSeq: number, limit: number): Promise<FeedChunkDoc[]> {
    const ids = { $gt: chunkId(batchId, 0), $lt: `${batchId}-~` };
    const [first] = await this.#chunks.collection
      .find({ _id: { ...ids, $lte: chunkId(batchId, afterSeq + 1) } } as never, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    const from = first ? { ...ids, $gte: first._id } : ids;
    return this.#chunks.collection
      .find({ _id: from } as never)
      .sort({ _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  /** Sum of all batches' rows, to be held against the counters. */
  async totals(): Promise<RowCounts> {
    const sum = (name: string) => ({ $sum: `$rows.${name}` });
    const [found] = await this.#batches.collection
      .aggregate([
        {
          $group: {
            _id: null,
            read: sum('read'),
            inserted: sum('inserted'),
            updated: sum('updated'),
            unchanged: sum('unchanged'),
            conflict: sum('conflict'),
            refused: sum('refused'),
          },
        },
      ])
      .toArray();
    const of = (name: keyof RowCounts): number => Number(found?.[name] ?? 0);
    return {
      read: of('read'),
      inserted: of('inserted'),
      updated: of('updated'),
      unchanged: of('unchanged'),
      conflict: of('conflict'),
      refused: of('refused'),
    };
  }

  /** Batches whose five outcomes do not add up to `read`, or that ended before their last row. */
  async uneven(limit: number): Promise<string[]> {
    const found: string[] = [];
    const cursor = this.#batches.collection.find({}, { projection: { rows: 1, cursor: 1, status: 1 } });
    for await (const { _id, rows } of cursor as unknown as AsyncIterable<FeedBatchDoc>) {
      const sum = rows.inserted + rows.updated + rows.unchanged + rows.conflict + rows.refused;
      if (sum !== rows.read && found.length < limit) found.push(_id.toHexString());
    }
    return found;
  }
}

/** The most rows that are committed together. */
export const CHUNK_ROWS = 1000;

/** Sorts by batch, then by place. */
export function chunkId(batchId: string, firstSeq: number): string {
  return `${batchId}-${String(firstSeq).padStart(8, '0')}`;
}
