import { defineJob, minutes } from './define-job.ts';

/** Periods without rows and without zero report become gaps; what was mended since is closed. */
export const findSilentAgencies = defineJob({
  name: 'find-silent-agencies',
  schedule: '40 0 * * *',
  timeLimitMs: minutes(30),
  run: async ({ app, signal }) => app.quality.silence.find(signal),
});
