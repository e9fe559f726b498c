import type { CivilDate } from '../lib/civil-date.ts';

/** What an import into an empty store must answer; the five outcomes add up to `read`. */
export interface Expected {
  readonly read: number;
  readonly inserted: number;
  readonly updated: 0;
  readonly unchanged: 0;
  readonly conflict: 0;
  readonly refused: number;
  /** Rows refused, by the code that was provoked. */
  readonly refusedByCode: Readonly<Record<string, number>>;
}

interface ReceivedRange {
  readonly column: string;
  readonly first: string;
  readonly last: string;
  /** Rows received after the seventh working day. */
  readonly late: number;
}

export interface ManifestFile {
  /** From the folder of the manifest. */
  readonly file: string;
  readonly feed: string;
  /** Code of the agency that reports. */
  readonly agency: string;
  readonly rows: number;
  readonly received?: ReceivedRange;
  readonly expected: Expected;
}

/** `manifest.json`: what was made, and what an import of it must answer. */
export interface Manifest {
  readonly version: 1;
  readonly records: number;
  readonly year: number;
  readonly seed: string;
  readonly city: string;
  /** Last day of a decision. */
  readonly through: CivilDate;
  readonly errorShare: number;
  readonly lateShare?: number;
  readonly subjects: { readonly file: string; readonly rows: number };
  readonly files: readonly ManifestFile[];
  readonly totals: Expected;
}

export function expectedOf(read: number, refusals: ReadonlyMap<string, number>): Expected {
  const refused = [...refusals.values()].reduce((a, b) => a + b, 0);
  return {
    read,
    inserted: read - refused,
    updated: 0,
    unchanged: 0,
    conflict: 0,
    refused,
    refusedByCode: Object.fromEntries([...refusals].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export function totalsOf(files: readonly ManifestFile[]): Expected {
  const refusals = new Map<string, number>();
  let read = 0;
  for (const { expected } of files) {
    read += expected.read;
    for (const [code, count] of Object.entries(expected.refusedByCode)) {
      refusals.set(code, (refusals.get(code) ?? 0) + count);
    }
  }
  return expectedOf(read, refusals);
}
