import type { Clock } from '../../lib/clock.ts';
import { withJitter } from '../../lib/retry-schedule.ts';
import type { Delivery, RunCounts } from './delivery.ts';
import type { ReadyPlatform } from './platform.registry.ts';

export interface DeliverOptions {
  /** About how many items at most. */
  readonly limit?: number;
  /** Ignores waiting times and, after a probe, pauses; goes on until nothing is left that moves. */
  readonly drain?: boolean;
  /** Sends outside the hours of the platform as well. */
  readonly anytime?: boolean;
  readonly signal?: AbortSignal;
}

interface RunDeps {
  readonly delivery: Delivery;
  readonly clock: Clock;
  /** The platform as it is set up now. */
  readonly find: () => Promise<ReadyPlatform | undefined>;
  readonly isOpen: (platform: ReadyPlatform) => boolean;
  readonly patienceMs?: number;
  readonly receiptPatienceMs?: number;
}

/** Delivers what is due to a platform: one pass, or with `drain` until nothing moves any more. */
export async function runDelivery(
  { delivery, clock, find, isOpen, patienceMs = 120_000, receiptPatienceMs = 20_000 }: RunDeps,
  code: string,
  {
    limit = Infinity,
    drain = false,
    anytime = false,
    signal,
  }: DeliverOptions & { readonly signal: AbortSignal },
): Promise<RunCounts> {
  const counts: RunCounts = { sent: 0, states: {} };
  let moved = clock.now().getTime();
  for (let settled = 0, idle = 0; !signal.aborted && counts.sent < limit;) {
    const platform = await find();
    if (!platform?.enabled) break;
    const closed = !anytime && !isOpen(platform);
    await delivery.pass(platform, { drain, closed, limit: limit - counts.sent, signal }, counts);
    // What is held back until it opens is not waited for.
    if (!drain || closed || !(await delivery.hasWork(code, ['PENDING', 'RETRY', 'SENDING', 'SENT']))) break;
    const now = clock.now().getTime();
    const done = Object.entries(counts.states).reduce(
      (sum, [state, n]) => (state === 'RETRY' ? sum : sum + n),
      0,
    );
    if (done > settled) {
      [settled, moved, idle] = [done, now, 0];
      continue;
    }
    idle += 1;
    const unsent = await delivery.hasWork(code, ['PENDING', 'RETRY', 'SENDING']);
    if (now - moved > (unsent ? patienceMs : receiptPatienceMs)) break;
    await delivery.wait(withJitter(Math.min(100 * idle, 1000)), signal);
  }
  return counts;
}
