import type { AppContext } from '../../context.ts';

export interface Check {
  readonly name: string;
  readonly checked: number;
  /** At most 100 are told one by one; what there is beyond is one more line. */
  readonly faults: readonly string[];
  /** Stored files that no batch names. */
  readonly unreferenced?: number;
}

/** Told how far a check has come. */
export type OnProgress = (done: number) => void;

/** One check of `credit verify`; some answer several lines. */
export interface CheckRun {
  readonly name: string;
  run(app: AppContext, onProgress: OnProgress): Promise<Check[]>;
}

const MOST_TOLD = 100;

export class Faults {
  readonly #told: string[] = [];
  #more = 0;

  add(fault: string): void {
    if (this.#told.length < MOST_TOLD) this.#told.push(fault);
    else this.#more += 1;
  }

  list(): string[] {
    return this.#more === 0 ? this.#told : [...this.#told, `and ${String(this.#more)} more`];
  }
}

/** Where what is kept differs from what was counted. */
export function differences(
  kept: Readonly<Record<string, number>>,
  counted: Readonly<Record<string, number>>,
): string[] {
  const names = [...new Set([...Object.keys(kept), ...Object.keys(counted)])];
  return names
    .filter((name) => (kept[name] ?? 0) !== (counted[name] ?? 0))
    .map((name) => `${name}: kept ${String(kept[name] ?? 0)}, counted ${String(counted[name] ?? 0)}`);
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}
