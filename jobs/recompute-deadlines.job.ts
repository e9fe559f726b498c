import { defineJob, minutes } from './define-job.ts';

/** Deadlines that crossed a year whose holidays were not announced when the record came. */
export const recomputeDeadlines = defineJob({
  name: 'recompute-deadlines',
  schedule: '20 0 * * *',
  timeLimitMs: minutes(30),
  async run({ app }) {
    await app.reference.effective.refresh();
    return { changed: await app.creditRecords.deadlines.recompute() };
  },
});
