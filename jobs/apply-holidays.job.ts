import { defineJob, minutes } from './define-job.ts';

/** Days off that were approved, or count from today: the deadlines they touch are computed again. */
export const applyHolidays = defineJob({
  name: 'apply-holidays',
  schedule: '* * * * *',
  timeLimitMs: minutes(30),
  async run({ app, signal }) {
    await app.reference.effective.refresh();
    const change = await app.reference.effective.calendarChange();
    let changed = 0;
    for (const year of change?.years ?? []) {
      signal.throwIfAborted();
      changed += await app.creditRecords.deadlines.recompute(year);
    }
    await change?.done();
    return { years: change?.years.length ?? 0, changed };
  },
});
