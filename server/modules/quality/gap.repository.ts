import { Types, type mongo } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey, nativeCollection } from '../../db/native.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import {
  decisionCountSchema,
  gapSchema,
  zeroReportSchema,
  type DecisionCountDoc,
  type GapDoc,
  type ZeroReportDoc,
} from './gap.model.ts';

export interface GapFilter {
  readonly agencyId?: string;
  readonly open: boolean;
}

export class GapRepository {
  readonly #gaps: mongo.Collection<GapDoc>;
  readonly #zeros: mongo.Collection<ZeroReportDoc>;
  readonly #counts: mongo.Collection<DecisionCountDoc>;

  constructor(db: Db) {
    db.model('ReportingGap', gapSchema, 'reporting_gaps');
    db.model('ZeroReport', zeroReportSchema, 'zero_reports');
    db.model('DecisionCount', decisionCountSchema, 'decision_counts');
    this.#gaps = nativeCollection(db, 'reporting_gaps');
    this.#zeros = nativeCollection(db, 'zero_reports');
    this.#counts = nativeCollection(db, 'decision_counts');
  }

  /** Open gaps of periods that end in a range of days: at most as many as there are duties. */
  async openBetween(from: CivilDate, to: CivilDate, agencyId?: string): Promise<GapDoc[]> {
    const own = agencyId === undefined ? {} : { agencyId: new Types.ObjectId(agencyId) };
    return this.#gaps
      .find({ ...own, open: true, last: { $gte: from, $lte: to } }, { batchSize: 1000 })
      .toArray() as never;
  }

  async byId(id: string): Promise<GapDoc | undefined> {
    return ((await this.#gaps.findOne({ _id: id })) as GapDoc | null) ?? undefined;
  }

  /** Latest period first. */
  page(
    { agencyId, open }: GapFilter,
    after: { last: string; id: string } | undefined,
    limit: number,
  ): Promise<GapDoc[]> {
    const own = agencyId === undefined ? {} : { agencyId: new Types.ObjectId(agencyId) };
    const place = after
      ? { $or: [{ last: { $lt: after.last } }, { last: after.last, _id: { $gt: after.id } }] }
      : {};
    return this.#gaps
      .find({ ...own, open, ...place } as mongo.Filter<GapDoc>)
      .sort({ last: -1, _id: 1 })
      .limit(limit)
      .toArray() as never;
  }

  /** Opens a gap, or brings an open one up to date. @returns whether it was opened now */
  async open(gap: Omit<GapDoc, 'open' | 'openedAt' | 'closedAt'>, now: Date): Promise<boolean> {
    const { _id, reason, expected, found, ...rest } = gap;
    const counts = expected === undefined ? {} : { expected, ...(found === undefined ? {} : { found }) };
    const set = { reason, ...counts, open: true };
    const unset: Record<string, 1> =
      expected === undefined ? { expected: 1, found: 1, closedAt: 1 } : { closedAt: 1 };
    const reopened = await this.#gaps.updateOne({ _id, open: true }, { $set: set, $unset: unset as never });
    if (reopened.matchedCount === 1) return false;
    const update = { $set: { ...set, ...rest, openedAt: now }, $unset: unset as never };
    try {
      const { modifiedCount, upsertedCount } = await this.#gaps.updateOne({ _id, open: false }, update, {
        upsert: true,
      });
      return modifiedCount + upsertedCount === 1;
    } catch (error) {
      // Another process opened it in this moment.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async close(id: string, now: Date): Promise<boolean> {
    const { modifiedCount } = await this.#gaps.updateOne(
      { _id: id, open: true },
      { $set: { open: false, closedAt: now } },
    );
    return modifiedCount === 1;
  }

  /** @returns false when it was filed before */
  async fileZero(zero: ZeroReportDoc): Promise<boolean> {
    try {
      await this.#zeros.insertOne(zero);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Duties with a zero report whose periods end in a range of days. */
  async zerosBetween(from: CivilDate, to: CivilDate): Promise<Set<string>> {
    const found = await this.#zeros
      .find({ last: { $gte: from, $lte: to } }, { projection: { _id: 1 }, batchSize: 1000 })
      .toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  async hasZero(id: string): Promise<boolean> {
    return (await this.#zeros.findOne({ _id: id }, { projection: { _id: 1 } })) !== null;
  }

  async countOf(id: string): Promise<number | undefined> {
    return (await this.#counts.findOne({ _id: id }))?.count;
  }

  async countsBetween(from: CivilDate, to: CivilDate): Promise<DecisionCountDoc[]> {
    return this.#counts.find({ last: { $gte: from, $lte: to } }, { batchSize: 1000 }).toArray() as never;
  }

  async saveCounts(counts: readonly DecisionCountDoc[]): Promise<void> {
    if (counts.length === 0) return;
    await this.#counts.bulkWrite(
      counts.map((count) => ({
        replaceOne: { filter: { _id: count._id }, replacement: count, upsert: true },
      })) as never,
    );
  }
}
