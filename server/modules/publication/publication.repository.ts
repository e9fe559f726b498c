import { Types, type ClientSession, type Model } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { retryWhenLost } from '../../db/native.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { publicationSchema, type PublicationDoc } from './publication.model.ts';

export interface PublicationFilter {
  readonly uscc?: string;
  readonly kind?: string;
  readonly kinds?: readonly string[];
  readonly documentNumber?: string;
  readonly day?: CivilDate;
}

export interface PublicationPlace {
  readonly decidedOn: string;
  readonly id: string;
}

export class PublicationRepository {
  readonly #publications: Model<PublicationDoc>;

  constructor(db: Db) {
    this.#publications = db.model('Publication', publicationSchema, 'publications');
  }

  async insert(docs: readonly PublicationDoc[], tx: ClientSession): Promise<void> {
    if (docs.length > 0) await this.#publications.collection.insertMany([...docs] as never, { session: tx });
  }

  async replace(docs: readonly PublicationDoc[], tx: ClientSession): Promise<void> {
    if (docs.length === 0) return;
    await retryWhenLost(() =>
      this.#publications.collection.bulkWrite(
        docs.map((doc) => ({
          replaceOne: { filter: { _id: doc._id }, replacement: doc, upsert: true },
        })) as never,
        { session: tx },
      ),
    );
  }

  async remove(ids: readonly Types.ObjectId[], tx: ClientSession): Promise<void> {
    if (ids.length > 0)
      await this.#publications.collection.deleteMany({ _id: { $in: [...ids] } }, { session: tx });
  }

  async byIds(ids: readonly string[]): Promise<PublicationDoc[]> {
    return (await this.#publications.collection
      .find({ _id: { $in: ids.map((id) => new Types.ObjectId(id)) } })
      .toArray()) as never;
  }

  /** By id. */
  range(after: string | undefined, last: string | undefined, limit: number): Promise<PublicationDoc[]> {
    const bounds = {
      ...(after === undefined ? {} : { $gt: new Types.ObjectId(after) }),
      ...(last === undefined ? {} : { $lte: new Types.ObjectId(last) }),
    };
    return this.#publications.collection
      .find(Object.keys(bounds).length === 0 ? {} : { _id: bounds }, { batchSize: limit })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  /** Shown on that day, newest decision first. */
  page(
    filter: PublicationFilter,
    today: CivilDate,
    after: PublicationPlace | undefined,
    limit: number,
  ): Promise<PublicationDoc[]> {
    const { day, kinds, ...rest } = filter;
    const given = { ...rest, ...(kinds ? { kind: { $in: [...kinds] } } : {}) };
    const exact = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const before = after && { _id: { $lt: new Types.ObjectId(after.id) } };
    const place = after
      ? { $or: [{ decidedOn: { $lt: after.decidedOn } }, { decidedOn: after.decidedOn, ...before }] }
      : {};
    return this.#publications.collection
      .find({
        ...exact,
        ...(day === undefined ? place : { decidedOn: day, ...before }),
        shownFrom: { $lte: today },
        shownUntil: { $gte: today },
      })
      .sort({ decidedOn: -1, _id: -1 })
      .limit(limit)
      .maxTimeMS(5_000)
      .toArray() as never;
  }

  estimate(): Promise<number> {
    return this.#publications.collection.estimatedDocumentCount();
  }
}
