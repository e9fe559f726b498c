import { randomUUID } from 'node:crypto';
import type { AppContext } from '../server/context.ts';
import { acquireLease, releaseLease, renewLease } from '../server/db/lease.ts';
import { DomainError } from '../server/lib/errors.ts';
import type { Job } from './define-job.ts';

const LEASE_MS = 60_000;

/**
 * Runs a job if no other process does: lease, run record, time limit. The lease is what keeps it single; without a
 * store there is no lease, and the job does not run.
 * @param dueAt the moment of the schedule, the same in every process; a job runs once for it
 * @returns what it counted, undefined when another process has it or had it
 */
export async function runJob(
  app: AppContext,
  job: Job,
  stop: AbortSignal,
  dueAt?: Date,
): Promise<Record<string, number> | undefined> {
  const { db, clock, jobs, log } = app;
  const owner = randomUUID();
  const lease = `job:${job.name}`;
  if (!(await acquireLease(db, lease, owner, LEASE_MS, clock))) return undefined;
  const lost = new AbortController();
  const renewal = setInterval(() => {
    renewLease(db, lease, owner, LEASE_MS, clock).then(
      (held) => held || lost.abort(),
      () => undefined,
    );
  }, LEASE_MS / 3);
  let runId: string | undefined;
  try {
    runId = await jobs.start(job.name, owner, dueAt);
    if (runId === undefined) return undefined;
    const signal = AbortSignal.any([stop, lost.signal, AbortSignal.timeout(job.timeLimitMs)]);
    const counts = await job.run({ app, signal });
    const { tookMs } = await jobs.finish(runId, { counts });
    log.info({ job: job.name, runId, tookMs, counts }, 'job.done');
    return counts;
  } catch (error) {
    const errorId = error instanceof DomainError ? error.code : randomUUID();
    log.error({ err: error, errorId, job: job.name }, 'job.failed');
    if (runId !== undefined) await jobs.finish(runId, { error: errorId });
    return undefined;
  } finally {
    clearInterval(renewal);
    await releaseLease(db, lease, owner);
  }
}
