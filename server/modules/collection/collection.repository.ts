import { Types, type mongo } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { nativeCollection } from '../../db/native.ts';
import { startedBefore } from '../../db/newest-first.ts';
import { runSchema, type RunDoc } from './run.model.ts';
import { sourceSchema, type SourceDoc } from './source.model.ts';

export class CollectionRepository {
  readonly #sources: mongo.Collection<SourceDoc>;
  readonly #runs: mongo.Collection<RunDoc>;

  constructor(db: Db) {
    db.model('CollectionSource', sourceSchema, 'collection_sources');
    db.model('CollectionRun', runSchema, 'collection_runs');
    this.#sources = nativeCollection<SourceDoc>(db, 'collection_sources');
    this.#runs = nativeCollection<RunDoc>(db, 'collection_runs');
  }

  sources(): Promise<SourceDoc[]> {
    return this.#sources.find({}).sort({ _id: 1 }).toArray();
  }

  async source(code: string): Promise<SourceDoc | undefined> {
    return (await this.#sources.findOne({ _id: code })) ?? undefined;
  }

  /** Makes or changes a source. */
  async save(code: string, set: Partial<SourceDoc>, gone: readonly (keyof SourceDoc)[]): Promise<void> {
    const update = { $set: set, ...unset(gone) } as mongo.UpdateFilter<SourceDoc>;
    await this.#sources.updateOne({ _id: code }, update, { upsert: true });
  }

  /** @returns false when there is none */
  async change(
    code: string,
    set: Partial<SourceDoc>,
    gone: readonly (keyof SourceDoc)[] = [],
  ): Promise<boolean> {
    const update = { $set: set, ...unset(gone) } as mongo.UpdateFilter<SourceDoc>;
    return (await this.#sources.updateOne({ _id: code }, update)).matchedCount === 1;
  }

  /** What a run says of its source. @returns false when another run has taken over, or the source is gone */
  async changeInRun(
    { source, _id: runId }: Pick<RunDoc, 'source' | '_id'>,
    set: Partial<SourceDoc>,
    gone: readonly (keyof SourceDoc)[] = [],
  ): Promise<boolean> {
    const update = { $set: set, ...unset(gone) } as mongo.UpdateFilter<SourceDoc>;
    return (await this.#sources.updateOne({ _id: source, runId }, update)).matchedCount === 1;
  }

  /** @returns false when there is none */
  async remove(code: string): Promise<boolean> {
    return (await this.#sources.deleteOne({ _id: code })).deletedCount === 1;
  }

  async insertRun(run: RunDoc): Promise<void> {
    await this.#runs.insertOne(run);
  }

  async updateRun(id: Types.ObjectId, set: Partial<RunDoc>): Promise<void> {
    await this.#runs.updateOne({ _id: id }, { $set: set });
  }

  /** Ends the run of a process that died; the caller holds the lease of the source. */
  async endAbandoned(id: Types.ObjectId, now: Date): Promise<void> {
    await this.#runs.updateOne(
      { _id: id, state: 'RUNNING' },
      { $set: { state: 'FAILED', endedAt: now, error: { code: 'COLLECT_ABANDONED', params: {} } } },
    );
  }

  async run(id: string): Promise<RunDoc | undefined> {
    return (await this.#runs.findOne({ _id: new Types.ObjectId(id) })) ?? undefined;
  }

  async lastRun(source: string): Promise<RunDoc | undefined> {
    return (await this.#runs.find({ source }).sort({ startedAt: -1, _id: -1 }).limit(1).next()) ?? undefined;
  }

  /** Newest first. */
  runs(
    source: string | undefined,
    after: { startedAt: Date; id: string } | undefined,
    limit: number,
  ): Promise<RunDoc[]> {
    return this.#runs
      .find({ ...(source === undefined ? {} : { source }), ...startedBefore(after) })
      .sort({ startedAt: -1, _id: -1 })
      .limit(limit)
      .toArray();
  }
}

function unset(names: readonly string[]): object {
  return names.length === 0 ? {} : { $unset: Object.fromEntries(names.map((name) => [name, 1])) };
}
