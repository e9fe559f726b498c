import { mongo, type ClientSession, type Model } from 'mongoose';
import { bumpCounters } from '../../db/counters.ts';
import type { Db } from '../../db/connect.ts';
import { retryWhenLost } from '../../db/native.ts';
import { subjectSchema, type SubjectDoc } from './subject.model.ts';

export const SUBJECTS_TOTAL = 'subjects:total';

/** What an import compares a row with. */
export type KnownSubject = Pick<SubjectDoc, '_id' | 'name' | 'formerNames' | 'origin' | 'contentHash'>;

export type NamedSubject = Pick<SubjectDoc, '_id' | 'name'>;

export type SubjectWrite = mongo.AnyBulkWriteOperation<SubjectDoc>;

const COMPARED = { name: 1, formerNames: 1, origin: 1, contentHash: 1 } as const;
const WITHOUT_GRAMS = { grams: 0 } as const;
const NAME_INDEX = { grams: 1, _id: 1 } as const;

export class SubjectRepository {
  readonly #db: Db;
  readonly #subjects: mongo.Collection<SubjectDoc>;

  constructor(db: Db) {
    this.#db = db;
    const model: Model<SubjectDoc> = db.model('Subject', subjectSchema, 'subjects');
    this.#subjects = model.collection as unknown as mongo.Collection<SubjectDoc>;
  }

  async get(uscc: string): Promise<SubjectDoc | undefined> {
    return (await this.#subjects.findOne({ _id: uscc }, { projection: WITHOUT_GRAMS })) ?? undefined;
  }

  byUsccs(usccs: readonly string[]): Promise<SubjectDoc[]> {
    return this.#subjects.find({ _id: { $in: [...usccs] } }, { projection: WITHOUT_GRAMS }).toArray();
  }

  known(usccs: readonly string[], tx?: ClientSession): Promise<KnownSubject[]> {
    return this.#subjects
      .find<KnownSubject>({ _id: { $in: [...usccs] } }, { projection: COMPARED, ...(tx && { session: tx }) })
      .toArray();
  }

  /** Codes that begin so, in order, behind `after`. */
  byPrefix(prefix: string, after: string, limit: number): Promise<SubjectDoc[]> {
    return this.#subjects
      .find(
        { _id: { $gte: prefix, $gt: after, $lt: `${prefix}\uffff` } },
        { projection: WITHOUT_GRAMS, sort: { _id: 1 }, limit },
      )
      .toArray();
  }

  /**
   * Names that hold a gram, in the order of their codes, behind `after`. Every index entry read is in the answer, so
   * `limit` bounds the work. The order is that of the index the hint names: asked for as a sort, a store that does
   * not trust an index over an array for it would read all entries first.
   */
  withGram(gram: string, after: string, limit: number): Promise<NamedSubject[]> {
    return this.#subjects
      .find<NamedSubject>(
        { grams: gram, _id: { $gt: after } },
        { projection: { name: 1 }, hint: NAME_INDEX, limit, batchSize: limit },
      )
      .toArray();
  }

  /** Applies a chunk and moves the counter with it: both or neither. @returns how many are new */
  async write(writes: readonly SubjectWrite[], tx: ClientSession): Promise<number> {
    if (writes.length === 0) return 0;
    const done = await retryWhenLost(() =>
      this.#subjects.bulkWrite([...writes], { session: tx, ordered: false }),
    );
    const added = done.insertedCount + done.upsertedCount;
    await bumpCounters(this.#db, new Map([[SUBJECTS_TOTAL, added]]), tx);
    return added;
  }
}
