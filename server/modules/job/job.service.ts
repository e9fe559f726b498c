import { isValidObjectId } from 'mongoose';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, NotFoundError } from '../../lib/errors.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { JobRunDoc } from './job-run.model.ts';
import { JobRepository, type JobRunFilter } from './job.repository.ts';

export interface JobRun extends Omit<JobRunDoc, '_id'> {
  readonly id: string;
}

function present({ _id, ...run }: JobRunDoc): JobRun {
  return { id: _id.toHexString(), ...run };
}

/** Records of what the scheduled jobs did. Whether a job may run is decided by its lease, not here. */
export class JobService {
  readonly #repository: JobRepository;
  readonly #clock: Clock;

  constructor(deps: { db: Db; clock: Clock }) {
    this.#repository = new JobRepository(deps.db);
    this.#clock = deps.clock;
  }

  /**
   * Called by the holder of the job's lease: a run of that job still marked RUNNING was left by a dead process.
   * @param dueAt the moment of the schedule it is run for
   * @returns undefined when another process has run it for that moment, and given the lease back since
   */
  async start(name: string, owner: string, dueAt?: Date): Promise<string | undefined> {
    const startedAt = this.#clock.now();
    await this.#repository.failAbandoned(name, startedAt);
    const due = dueAt ? { dueAt } : {};
    return this.#repository.insert({ name, owner, status: 'RUNNING', startedAt, ...due });
  }

  /** @throws NotFoundError when the run is unknown or was ended before */
  async finish(
    runId: string,
    outcome: { counts?: Readonly<Record<string, number>>; error?: string },
  ): Promise<JobRun> {
    const run = isValidObjectId(runId) ? await this.#repository.get(runId) : undefined;
    if (!run) throw new NotFoundError('JOB_RUN_NOT_FOUND');
    const endedAt = this.#clock.now();
    const ended = await this.#repository.end(runId, {
      status: outcome.error === undefined ? 'DONE' : 'FAILED',
      endedAt,
      tookMs: endedAt.getTime() - run.startedAt.getTime(),
      ...(outcome.counts ? { counts: { ...outcome.counts } } : {}),
      ...(outcome.error === undefined ? {} : { error: outcome.error }),
    });
    if (!ended) throw new NotFoundError('JOB_RUN_NOT_FOUND');
    return present(ended);
  }

  /** Newest first. @throws ForbiddenError without `job:read` */
  async runs(viewer: Viewer, filter: JobRunFilter, page: PageArgs): Promise<Page<JobRun>> {
    requirePermission(viewer, 'job:read');
    const first = pageSize(page);
    const found = await this.#repository.page(filter, afterOf(page.after), first + 1);
    return pageOf(found, first, (run) => [run.startedAt.getTime(), run._id.toHexString()], present);
  }

  /** @throws NotFoundError, ForbiddenError without `job:read` */
  async get(viewer: Viewer, runId: string): Promise<JobRun> {
    requirePermission(viewer, 'job:read');
    const run = isValidObjectId(runId) ? await this.#repository.get(runId) : undefined;
    if (!run) throw new NotFoundError('JOB_RUN_NOT_FOUND');
    return present(run);
  }

  /** Removes ended runs that started before this instant. @returns how many */
  purge(before: Date): Promise<number> {
    return this.#repository.removeBefore(before);
  }
}

function afterOf(cursor: string | undefined): { startedAt: Date; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [startedAt, id] = decodeCursor(cursor, 2);
  if (typeof startedAt !== 'number' || !isValidObjectId(id))
    throw new InputError(['after'], 'CURSOR_INVALID');
  return { startedAt: new Date(startedAt), id: String(id) };
}
