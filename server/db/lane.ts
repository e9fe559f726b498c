import { randomInt } from 'node:crypto';
import type { ClientSession } from 'mongoose';

export const LANES = 16;
/** Where this process begins, so that two processes seldom write one document. */
const first = randomInt(LANES);
const lanes = new WeakMap<ClientSession, number>();
const taken = new Set<number>();

/**
 * Transactions of this process that are open at once move counters in lanes of their own: none meets another. A lane is
 * given when the transaction begins: one that was given back after that may hold what its snapshot does not show.
 */
export function laneOf(tx: ClientSession): number {
  const known = lanes.get(tx);
  if (known !== undefined) return known;
  const all = Array.from({ length: LANES }, (_, i) => (first + i) % LANES);
  const lane = all.find((n) => !taken.has(n)) ?? first;
  lanes.set(tx, lane);
  taken.add(lane);
  tx.once('ended', () => taken.delete(lane));
  return lane;
}
