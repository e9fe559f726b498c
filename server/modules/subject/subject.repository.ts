import { mongo, type ClientSession, type Model } from 'mongoose';
import { bumpCounters } from '../../db/counters.ts';
import type { Db } from '../../db/connect.ts';
import { retryWhenLost } from '../../db/native.ts';
import { registrationSchema, type RegistrationDoc } from './registration.model.ts';
import { subjectSchema, type SubjectDoc } from './subject.model.ts';

export const SUBJECTS_TOTAL = 'subjects:total';

/** What an import compares a row with. */
export type KnownSubject = Pick<
  SubjectDoc,
  '_id' | 'name' | 'formerNames' | 'origin' | 'contentHash' | 'status' | 'statusSince' | 'registeredOn'
>;

export type NamedSubject = Pick<SubjectDoc, '_id' | 'name' | 'formerNames'>;

export type SubjectWrite = mongo.AnyBulkWriteOperation<SubjectDoc>;

const COMPARED = {
  name: 1,
  formerNames: 1,
  origin: 1,
  contentHash: 1,
  status: 1,
  statusSince: 1,
  registeredOn: 1,
} as const;
const WITHOUT_GRAMS = { grams: 0 } as const;
/** Subjects of a chunk of rows. */
const IN_ONE_ANSWER = { batchSize: 1000 } as const;
const NAME_INDEX = { grams: 1, _id: 1 } as const;

export class SubjectRepository {
  readonly #db: Db;
  readonly #subjects: mongo.Collection<SubjectDoc>;
  readonly #registrations: mongo.Collection<RegistrationDoc>;

  constructor(db: Db) {
    this.#db = db;
    const model: Model<SubjectDoc> = db.model('Subject', subjectSchema, 'subjects');
    this.#subjects = model.collection as unknown as mongo.Collection<SubjectDoc>;
    const registrations = db.model('SubjectRegistration', registrationSchema, 'subject_registrations');
    this.#registrations = registrations.collection as unknown as mongo.Collection<RegistrationDoc>;
  }

  async get(uscc: string): Promise<SubjectDoc | undefined> {
    return (await this.#subjects.findOne({ _id: uscc }, { projection: WITHOUT_GRAMS })) ?? undefined;
  }

  byUsccs(usccs: readonly string[], tx?: ClientSession): Promise<SubjectDoc[]> {
    return this.#subjects
      .find(
        { _id: { $in: [...usccs] } },
        { ...IN_ONE_ANSWER, projection: WITHOUT_GRAMS, ...(tx && { session: tx }) },
      )
      .toArray();
  }

  known(usccs: readonly string[], tx?: ClientSession): Promise<KnownSubject[]> {
    return this.#subjects
      .find<KnownSubject>(
        { _id: { $in: [...usccs] } },
        { ...IN_ONE_ANSWER, projection: COMPARED, ...(tx && { session: tx }) },
      )
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
        { projection: { name: 1, formerNames: 1 }, hint: NAME_INDEX, limit, batchSize: limit },
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

  /** All that is registered of these subjects, each in its order. */
  registrations(usccs: readonly string[], tx?: ClientSession): Promise<RegistrationDoc[]> {
    return this.#registrations
      .find({ uscc: { $in: [...usccs] } }, { sort: { uscc: 1, _id: 1 }, ...(tx && { session: tx }) })
      .toArray();
  }

  /** The same of one subject, one after the other. */
  registrationsOf(uscc: string): AsyncIterable<RegistrationDoc> {
    return this.#registrations.find({ uscc }, { sort: { _id: 1 } });
  }

  /** Of all subjects, behind the id `after`. */
  registrationsAfter(after: string, limit: number): Promise<RegistrationDoc[]> {
    // An id begins with the code of its subject, so ids alone have the order.
    return this.#registrations.find({ _id: { $gt: after } }, { sort: { _id: 1 }, limit }).toArray();
  }

  /** Subjects of which something is registered day by day. */
  countRegistered(): Promise<number> {
    return this.#subjects.countDocuments({ registeredOn: { $exists: true } });
  }

  async writeRegistrations(registrations: readonly RegistrationDoc[], tx: ClientSession): Promise<void> {
    if (registrations.length === 0) return;
    const writes = registrations.map((registration): mongo.AnyBulkWriteOperation<RegistrationDoc> =>
      registration.day === undefined
        ? { replaceOne: { filter: { _id: registration._id }, replacement: registration, upsert: true } }
        : { insertOne: { document: registration } },
    );
    await retryWhenLost(() => this.#registrations.bulkWrite(writes, { session: tx, ordered: false }));
  }
}
