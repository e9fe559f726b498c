import { defineJob, minutes } from './define-job.ts';

/** The dispatcher's safety net: the same path, by the clock. */
export const pushOutbox = defineJob({
  name: 'push-outbox',
  schedule: '*/2 * * * *',
  timeLimitMs: minutes(30),
  async run({ app, signal }) {
    const summaries = await app.outbox.deliverAllDue({ signal });
    const sum = (name: 'sent' | 'accepted' | 'refused' | 'dead'): number =>
      summaries.reduce((total, summary) => total + summary[name], 0);
    return { sent: sum('sent'), accepted: sum('accepted'), refused: sum('refused'), dead: sum('dead') };
  },
});
