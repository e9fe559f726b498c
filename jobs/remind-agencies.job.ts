import { defineJob, minutes } from './define-job.ts';

/** Notices for what is due soon, overdue or missing; on working days only. */
export const remindAgencies = defineJob({
  name: 'remind-agencies',
  schedule: '0 9 * * *',
  timeLimitMs: minutes(15),
  run: async ({ app, signal }) => app.quality.reminders.remind(signal),
});
