import { systemViewer } from '../server/auth/viewer.ts';
import { addDays, civilDateOf, type CivilDate } from '../server/lib/civil-date.ts';
import { DomainError } from '../server/lib/errors.ts';
import { defineJob, minutes } from './define-job.ts';

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
  async run({ app, signal }) {
    const month = monthBefore(civilDateOf(app.clock.now()));
    const counts = {
      platforms: 0,
      days: 0,
      failed: 0,
      missingThere: 0,
      missingHere: 0,
      different: 0,
      repaired: 0,
    };
    for (const { code, enabled, comparable, monthlyReconciliation } of await app.outbox.listPlatforms(
      systemViewer,
    )) {
      if (!enabled || monthlyReconciliation === 'OFF') continue;
      // It does not say what it holds: the board shows so, and there is nothing to fail at every morning.
      if (!comparable) continue;
      counts.platforms += 1;
      const repair = monthlyReconciliation === 'REPAIR';
      try {
        const order = { platform: code, month, repair, signal };
        for await (const { run } of app.reconciliation.runAll(systemViewer, order)) {
          counts.days += 1;
          for (const name of ['missingThere', 'missingHere', 'different', 'repaired'] as const) {
            counts[name] += run[name];
          }
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
