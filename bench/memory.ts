import { readFileSync } from 'node:fs';

const EVERY_MS = 1000;
const KB = 1024;

/** Anonymous memory of a process in bytes; undefined where the system does not tell, and for one that has ended. */
function rssAnon(pid: number): number | undefined {
  try {
    const found = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
    return found ? Number(found[1]) * KB : undefined;
  } catch {
    return undefined;
  }
}

export interface MemoryUse {
  /** Bytes. */
  readonly peak: number;
  /** Mean of the last third of the time over that of the first third. */
  readonly growth: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Samples a process each second until `stop`. @returns undefined from `stop` when there is too little to tell */
export function watchMemory(pid: number): { stop(): MemoryUse | undefined } {
  const samples: number[] = [];
  const timer = setInterval(() => {
    const bytes = rssAnon(pid);
    if (bytes !== undefined) samples.push(bytes);
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      if (samples.length < 3) return undefined;
      const third = Math.floor(samples.length / 3);
      return {
        peak: Math.max(...samples),
        growth: mean(samples.slice(-third)) / mean(samples.slice(0, third)),
      };
    },
  };
}
