const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waiting times in ms after the first, second … failed attempt. */
const RETRY_LADDER: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
];

/** The attempt after which nothing is tried again: the first one and one per step of the ladder. */
export const MAX_ATTEMPTS = RETRY_LADDER.length + 1;

/** Spreads a waiting time by up to a fifth, so that what failed together does not come back together. */
export function withJitter(ms: number, random: () => number = Math.random): number {
  return Math.floor(ms * (0.9 + 0.2 * random()));
}

/**
 * @param attempts failed attempts so far, from 1
 * @returns ms to wait, or undefined when it is given up
 */
export function retryDelay(attempts: number, random?: () => number): number | undefined {
  const step = RETRY_LADDER[attempts - 1];
  return step === undefined ? undefined : withJitter(step, random);
}
