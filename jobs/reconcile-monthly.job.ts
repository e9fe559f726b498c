import { systemViewer } from '../server/auth/viewer.ts';
import { addDays, civilDateOf, type CivilDate } from '../server/lib/civil-date.ts';
import { defineJob, minutes } from './define-job.ts';
import { reconcilePlatforms } from './reconcile-platforms.ts';

/** `YYYY-MM` of the month before a day. */
export function monthBefore(day: CivilDate): string {
  return addDays(`${day.slice(0, 8)}01` as CivilDate, -1).slice(0, 7);
}

/**
 * Compares what every enabled platform accepted in the month before, day by day: what was lost or corrected there after
 * the comparison of the morning. On the second, when the last day of the month has had its own comparison.
 */
export const reconcileMonthly = defineJob({
  name: 'reconcile-monthly',
  schedule: '30 7 2 * *',
  timeLimitMs: minutes(6 * 60),
  run({ app, signal }) {
    const month = monthBefore(civilDateOf(app.clock.now()));
    return reconcilePlatforms(app, signal, 'monthlyReconciliation', async function* ({ code }, repair) {
      const order = { platform: code, month, repair, signal };
      for await (const { run } of app.reconciliation.runAll(systemViewer, order)) yield run;
    });
  },
});
