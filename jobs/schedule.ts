import cron from 'node-cron';
import type { AppContext } from '../server/context.ts';
import { applyHolidays } from './apply-holidays.job.ts';
import { collectFeeds } from './collect-feeds.job.ts';
import type { Job } from './define-job.ts';
import { findSilentAgencies } from './find-silent-agencies.job.ts';
import { ingestFeeds } from './ingest-feeds.job.ts';
import { purgeExpired } from './purge-expired.job.ts';
import { pushOutbox } from './push-outbox.job.ts';
import { reconcileDaily } from './reconcile-daily.job.ts';
import { reconcileMonthly } from './reconcile-monthly.job.ts';
import { recomputeDeadlines } from './recompute-deadlines.job.ts';
import { remindAgencies } from './remind-agencies.job.ts';
import { runJob } from './run-job.ts';

export const JOBS: readonly Job[] = [
  collectFeeds,
  ingestFeeds,
  pushOutbox,
  applyHolidays,
  recomputeDeadlines,
  reconcileDaily,
  reconcileMonthly,
  findSilentAgencies,
  remindAgencies,
  purgeExpired,
];

export interface RunningJobs {
  /** Gives the signal and waits for what is under way. */
  stop(): Promise<void>;
}

/** Everything that goes on by itself: the worker of batches, the dispatcher, and the jobs by the clock. */
export function startJobs(app: AppContext): RunningJobs {
  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>): void => {
    const tracked = work
      .catch((error: unknown) => app.log.error({ err: error }, 'job.error'))
      .finally(() => running.delete(tracked));
    running.add(tracked);
  };
  track(app.feeds.ingest.startWorker({ signal: stop.signal }));
  track(app.outbox.startDispatcher({ signal: stop.signal }));
  const tasks = JOBS.map((job) =>
    cron.schedule(job.schedule, ({ date }) => track(runJob(app, job, stop.signal, date)), {
      name: job.name,
      timezone: 'Asia/Shanghai',
      noOverlap: true,
    }),
  );
  return {
    async stop() {
      stop.abort();
      for (const task of tasks) await task.destroy();
      await Promise.all(running);
    },
  };
}
