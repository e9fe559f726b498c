import { Types, type mongo } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { nativeCollection } from '../../db/native.ts';
import { startedBefore } from '../../db/newest-first.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import {
  differenceSchema,
  runSchema,
  type DifferenceDoc,
  type ReconciliationState,
  type RunDoc,
} from './reconciliation.model.ts';

export interface RunFilter {
  readonly platform?: string;
  readonly day?: CivilDate;
  readonly state?: ReconciliationState;
}

export class ReconciliationRepository {
  readonly #runs: mongo.Collection<RunDoc>;
  readonly #differences: mongo.Collection<DifferenceDoc>;

  constructor(db: Db) {
    db.model('ReconciliationRun', runSchema, 'reconciliation_runs');
    db.model('ReconciliationDifference', differenceSchema, 'reconciliation_differences');
    this.#runs = nativeCollection<RunDoc>(db, 'reconciliation_runs');
    this.#differences = nativeCollection<DifferenceDoc>(db, 'reconciliation_differences');
  }

  async insert(run: RunDoc): Promise<void> {
    await this.#runs.insertOne(run);
  }

  async update(id: Types.ObjectId, set: Partial<RunDoc>): Promise<void> {
    await this.#runs.updateOne({ _id: id }, { $set: set });
  }

  /** Ends the runs of a platform that have given no sign of life since then. */
  async failAbandoned(platform: string, since: Date, now: Date): Promise<void> {
    await this.#runs.updateMany(
      { platform, state: 'RUNNING', beatAt: { $lt: since } },
      { $set: { state: 'FAILED', endedAt: now, error: 'RECONCILE_ABANDONED' } },
    );
  }

  async addDifferences(differences: DifferenceDoc[]): Promise<void> {
    if (differences.length > 0) await this.#differences.insertMany(differences);
  }

  async get(id: string): Promise<RunDoc | undefined> {
    return (await this.#runs.findOne({ _id: new Types.ObjectId(id) })) ?? undefined;
  }

  /** Newest first. */
  page(
    filter: RunFilter,
    after: { startedAt: Date; id: string } | undefined,
    limit: number,
  ): Promise<RunDoc[]> {
    return this.#runs
      .find({ ...filter, ...startedBefore(after) })
      .sort({ startedAt: -1, _id: -1 })
      .limit(limit)
      .toArray();
  }

  /** What comparisons found of one record, the latest first. */
  differencesOfRecord(recordId: string, limit: number): Promise<DifferenceDoc[]> {
    return this.#differences.find({ recordId }).sort({ _id: -1 }).limit(limit).toArray();
  }

  runsByIds(ids: readonly Types.ObjectId[]): Promise<Pick<RunDoc, '_id' | 'platform' | 'day'>[]> {
    return this.#runs
      .find({ _id: { $in: [...ids] } }, { projection: { platform: 1, day: 1 } })
      .toArray() as Promise<Pick<RunDoc, '_id' | 'platform' | 'day'>[]>;
  }

  /** In the order they were found. */
  differences(runId: string, after: string | undefined, limit: number): Promise<DifferenceDoc[]> {
    const behind = after === undefined ? {} : { _id: { $gt: new Types.ObjectId(after) } };
    return this.#differences
      .find({ run: new Types.ObjectId(runId), ...behind })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
  }
}
