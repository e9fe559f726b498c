import { performance } from 'node:perf_hooks';

export const MB = 1024 * 1024;

/** To three significant digits: more is noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** The smallest of the values that so large a share does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Value, baseline and their ratio, as a line has them. */
export function against(value: number, baseline: number) {
  return { value: rounded(value), baseline: rounded(baseline), ratio: rounded(value / baseline) };
}

/** A figure that is a limit of its own. */
export function alone(value: number) {
  return { value: rounded(value), baseline: null, ratio: null };
}

export interface Load {
  /** Per piece of work. */
  readonly ms: readonly number[];
  readonly seconds: number;
}

/** Works `n` pieces, so many at a time. */
export async function loadOf(
  n: number,
  concurrency: number,
  work: (i: number) => Promise<unknown>,
): Promise<Load> {
  const ms: number[] = [];
  let next = 0;
  const started = performance.now();
  const run = async (): Promise<void> => {
    for (let i = next++; i < n; i = next++) {
      const from = performance.now();
      await work(i);
      ms.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, run));
  return { ms, seconds: (performance.now() - started) / 1000 };
}
