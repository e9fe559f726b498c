import { Types, type ClientSession, type Model } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import {
  ALL_PROBLEMS,
  problemRowSchema,
  type ProblemRowDoc,
  type ProblemStatus,
} from './problem-row.model.ts';

/** Rows of a later report: they speak of the problems with these ids or row keys. */
export interface Successors {
  readonly ids: readonly string[];
  readonly rowKeys: readonly string[];
  /** Leaves the problems of this batch, and those that a platform found, as they are. */
  readonly notOf?: Types.ObjectId;
}

/** Those a person works with; conflicts are the centre's. */
const SHOWN: readonly ProblemStatus[] = ['OPEN', 'CORRECTED', 'REPLACED'];

export class ProblemRowRepository {
  readonly #rows: Model<ProblemRowDoc>;

  constructor(db: Db) {
    this.#rows = db.model('ProblemRow', problemRowSchema, 'problem_rows');
  }

  async insert(rows: readonly ProblemRowDoc[], tx: ClientSession): Promise<void> {
    if (rows.length > 0) await this.#rows.collection.insertMany([...rows] as never, { session: tx });
  }

  /** Those that are not there yet. @returns how many */
  async insertMissing(rows: readonly ProblemRowDoc[], tx: ClientSession): Promise<number> {
    if (rows.length === 0) return 0;
    const ids = rows.map(({ _id }) => _id);
    const there = (await this.#rows.collection
      .find({ _id: { $in: ids } } as never, { session: tx, projection: { _id: 1 } })
      .toArray()) as unknown as { _id: string }[];
    const known = new Set(there.map(({ _id }) => _id));
    const missing = rows.filter(({ _id }) => !known.has(_id));
    await this.insert(missing, tx);
    return missing.length;
  }

  /**
   * Ids and row keys of the open problems of an agency's feed: most feeds have none or a few, and then rows need not be
   * looked for one by one. @returns undefined when there are more than `most`
   */
  async openOf(
    { agencyId, feed }: { agencyId: Types.ObjectId; feed: string },
    most: number,
    tx: ClientSession,
  ): Promise<ReadonlySet<string> | undefined> {
    const found = (await this.#rows.collection
      .find({ agencyId, feed, status: 'OPEN' }, { session: tx, projection: { rowKey: 1 } })
      .limit(most + 1)
      .toArray()) as unknown as Pick<ProblemRowDoc, '_id' | 'rowKey'>[];
    if (found.length > most) return undefined;
    return new Set(found.flatMap(({ _id, rowKey }) => (rowKey === undefined ? [_id] : [_id, rowKey])));
  }

  /** Ends the open problems of an agency's feed that these rows speak of. @returns how many */
  async end(
    feed: { agencyId: Types.ObjectId; feed: string },
    by: Successors,
    set: { status: 'CORRECTED'; correctedAt: Date; correctedBy: Types.ObjectId } | { status: 'REPLACED' },
    tx: ClientSession,
  ): Promise<number> {
    const others = by.notOf === undefined ? {} : { batchId: { $ne: by.notOf }, seq: { $gt: 0 } };
    const own = { agencyId: feed.agencyId, feed: feed.feed, status: 'OPEN', ...others };
    const update = { $set: set };
    let closed = 0;
    if (by.rowKeys.length > 0) {
      const filter = { ...own, rowKey: { $in: [...by.rowKeys] } };
      closed += (await this.#rows.collection.updateMany(filter, update, { session: tx })).modifiedCount;
    }
    if (by.ids.length > 0) {
      const filter = { ...own, _id: { $in: [...by.ids] } };
      closed += (await this.#rows.collection.updateMany(filter as never, update, { session: tx }))
        .modifiedCount;
    }
    return closed;
  }

  /** In order of the file. */
  page(
    batchId: string,
    after: { seq: number; id: string } | undefined,
    limit: number,
    statuses: readonly ProblemStatus[] = SHOWN,
  ): Promise<ProblemRowDoc[]> {
    const place = after
      ? { $or: [{ seq: { $gt: after.seq } }, { seq: after.seq, _id: { $gt: after.id } }] }
      : {};
    return this.#rows.collection
      .find({
        batchId: new Types.ObjectId(batchId),
        status: { $in: [...statuses] },
        ...place,
      } as never)
      .sort({ seq: 1, _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  async byId(id: string): Promise<ProblemRowDoc | undefined> {
    return ((await this.#rows.collection.findOne({ _id: id } as never)) as never) ?? undefined;
  }

  /** Those with these ids, and those of an agency's feed with this row key: at most some hundred, without their cells. */
  async about(
    ids: readonly string[],
    { agencyId, feed, rowKey }: { agencyId: Types.ObjectId; feed: string; rowKey: string | undefined },
  ): Promise<Omit<ProblemRowDoc, 'sealed'>[]> {
    const options = { projection: { sealed: 0 }, limit: 200 };
    const own = rowKey === undefined ? [] : [{ agencyId, feed, status: { $in: [...ALL_PROBLEMS] }, rowKey }];
    const found = await Promise.all(
      [{ _id: { $in: [...ids] } }, ...own].map((filter) =>
        this.#rows.collection.find(filter as never, options).toArray(),
      ),
    );
    const rows = found.flat() as unknown as Omit<ProblemRowDoc, 'sealed'>[];
    return [...new Map(rows.map((row) => [row._id, row])).values()];
  }

  countOpen(): Promise<number> {
    return this.#rows.collection.countDocuments({ status: 'OPEN' });
  }
}
