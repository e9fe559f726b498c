import { defineJob, minutes } from './define-job.ts';

/** Starts what is due; the runs go on by themselves, each with a lease and a record of its own. */
export const collectFeeds = defineJob({
  name: 'collect-feeds',
  schedule: '* * * * *',
  timeLimitMs: minutes(5),
  run: async ({ app }) => app.collection.startDue(),
});
