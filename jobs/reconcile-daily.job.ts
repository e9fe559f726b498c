import { systemViewer } from '../server/auth/viewer.ts';
import { addDays, civilDateOf } from '../server/lib/civil-date.ts';
import { defineJob, minutes } from './define-job.ts';
import { reconcilePlatforms } from './reconcile-platforms.ts';

/** Compares what every enabled platform accepted yesterday; late enough for receipts that took their time. */
export const reconcileDaily = defineJob({
  name: 'reconcile-daily',
  schedule: '30 6 * * *',
  timeLimitMs: minutes(60),
  run({ app, signal }) {
    const day = addDays(civilDateOf(app.clock.now()), -1);
    return reconcilePlatforms(app, signal, 'dailyReconciliation', async function* ({ code }, repair) {
      yield await app.reconciliation.run(systemViewer, { platform: code, day, repair, signal });
    });
  },
});
