import { systemViewer } from '../server/auth/viewer.ts';
import { addDays, civilDateOf } from '../server/lib/civil-date.ts';
import { DomainError } from '../server/lib/errors.ts';
import { defineJob, minutes } from './define-job.ts';

/** Compares what every enabled platform accepted yesterday; late enough for receipts that took their time. */
export const reconcileDaily = defineJob({
  name: 'reconcile-daily',
  schedule: '30 6 * * *',
  timeLimitMs: minutes(60),
  async run({ app, signal }) {
    const day = addDays(civilDateOf(app.clock.now()), -1);
    const counts = { platforms: 0, failed: 0, missingThere: 0, missingHere: 0, different: 0, repaired: 0 };
    for (const { code, enabled, comparable, dailyReconciliation } of await app.outbox.listPlatforms(
      systemViewer,
    )) {
      if (!enabled || dailyReconciliation === 'OFF') continue;
      // It does not say what it holds: the board shows so, and there is nothing to fail at every morning.
      if (!comparable) continue;
      counts.platforms += 1;
      const repair = dailyReconciliation === 'REPAIR';
      try {
        const run = await app.reconciliation.run(systemViewer, { platform: code, day, repair, signal });
        for (const name of ['missingThere', 'missingHere', 'different', 'repaired'] as const) {
          counts[name] += run[name];
        }
      } catch (error) {
        // The run says why; one platform that is away must not keep the others from being compared.
        if (signal.aborted || !(error instanceof DomainError)) throw error;
        counts.failed += 1;
      }
    }
    return counts;
  },
});
