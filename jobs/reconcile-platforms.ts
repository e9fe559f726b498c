import type { AppContext } from '../server/context.ts';
import { systemViewer } from '../server/auth/viewer.ts';
import { DomainError } from '../server/lib/errors.ts';

type Platform = Awaited<ReturnType<AppContext['outbox']['listPlatforms']>>[number];

/** What one comparison found. */
interface Found {
  readonly missingThere: number;
  readonly missingHere: number;
  readonly different: number;
  readonly repaired: number;
}

/**
 * Compares one enabled platform after the other, as it is set up. One that is away does not keep the others from being
 * compared: its run says why.
 * @param runs of one platform, each a day
 */
export async function reconcilePlatforms(
  { outbox }: AppContext,
  signal: AbortSignal,
  rule: 'dailyReconciliation' | 'monthlyReconciliation',
  runs: (platform: Platform, repair: boolean) => AsyncIterable<Found>,
): Promise<Record<string, number>> {
  const counts = {
    platforms: 0,
    days: 0,
    failed: 0,
    missingThere: 0,
    missingHere: 0,
    different: 0,
    repaired: 0,
  };
  for (const platform of await outbox.listPlatforms(systemViewer)) {
    // One that does not say what it holds is shown so on the board; there is nothing to fail at each time.
    if (!platform.enabled || platform[rule] === 'OFF' || !platform.comparable) continue;
    counts.platforms += 1;
    try {
      for await (const found of runs(platform, platform[rule] === 'REPAIR')) {
        counts.days += 1;
        for (const name of ['missingThere', 'missingHere', 'different', 'repaired'] as const)
          counts[name] += found[name];
      }
    } catch (error) {
      if (signal.aborted || !(error instanceof DomainError)) throw error;
      counts.failed += 1;
    }
  }
  return counts;
}
