import { defineJob, minutes } from './define-job.ts';

/** Batches whose process died, or that came in through a process without a worker. */
export const ingestFeeds = defineJob({
  name: 'ingest-feeds',
  schedule: '* * * * *',
  timeLimitMs: minutes(30),
  async run({ app, signal }) {
    const { worked, failed } = await app.feeds.ingest.runWaiting({ signal });
    return { worked, failed };
  },
});
