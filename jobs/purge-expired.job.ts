import { defineJob, minutes } from './define-job.ts';

const KEEP_RUNS_DAYS = 90;
const DAY_MS = 86_400_000;

/** Old run records, half-written files of uploads that broke off, and files that no batch names. */
export const purgeExpired = defineJob({
  name: 'purge-expired',
  schedule: '40 3 * * 0',
  timeLimitMs: minutes(30),
  async run({ app, signal }) {
    const now = app.clock.now().getTime();
    return {
      runs: await app.jobs.purge(new Date(now - KEEP_RUNS_DAYS * DAY_MS)),
      files: await app.blobs.sweep(new Date(now - DAY_MS)),
      unreferenced: await app.feeds.sweepFiles(new Date(now - DAY_MS), signal),
    };
  },
});
