import { Types, type Model } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { isDuplicateKey } from '../../db/native.ts';
import { startedBefore } from '../../db/newest-first.ts';
import { jobRunSchema, type JobRunDoc } from './job-run.model.ts';

export interface JobRunFilter {
  readonly name?: string;
  readonly status?: JobRunDoc['status'];
}

export class JobRepository {
  readonly #runs: Model<JobRunDoc>;

  constructor(db: Db) {
    this.#runs = db.model('JobRun', jobRunSchema, 'job_runs');
  }

  /** @returns undefined when the job was run for that moment before */
  async insert(run: Omit<JobRunDoc, '_id'>): Promise<string | undefined> {
    try {
      const { _id } = await this.#runs.create(run);
      return _id.toHexString();
    } catch (error) {
      if (isDuplicateKey(error)) return undefined;
      throw error;
    }
  }

  /** @returns the run as it is now, undefined when it is unknown or was ended before */
  async end(runId: string, fields: Partial<JobRunDoc>): Promise<JobRunDoc | undefined> {
    const found = await this.#runs
      .findOneAndUpdate(
        { _id: new Types.ObjectId(runId), status: 'RUNNING' },
        { $set: fields },
        { returnDocument: 'after' },
      )
      .lean<JobRunDoc>();
    return found ?? undefined;
  }

  async get(runId: string): Promise<JobRunDoc | undefined> {
    return (await this.#runs.findById(runId).lean<JobRunDoc>()) ?? undefined;
  }

  /** Newest first. */
  page(
    filter: JobRunFilter,
    after: { startedAt: Date; id: string } | undefined,
    limit: number,
  ): Promise<JobRunDoc[]> {
    return this.#runs
      .find({ ...filter, ...startedBefore(after) })
      .sort({ startedAt: -1, _id: -1 })
      .limit(limit)
      .lean<JobRunDoc[]>()
      .exec();
  }

  async failAbandoned(name: string, endedAt: Date): Promise<number> {
    const { modifiedCount } = await this.#runs.updateMany(
      { name, status: 'RUNNING' },
      { $set: { status: 'FAILED', endedAt, error: 'JOB_ABANDONED' } },
    );
    return modifiedCount;
  }

  async removeBefore(before: Date): Promise<number> {
    return (await this.#runs.deleteMany({ startedAt: { $lt: before }, status: { $ne: 'RUNNING' } }))
      .deletedCount;
  }
}
