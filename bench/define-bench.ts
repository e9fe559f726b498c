/** One figure. `ratio` is value / baseline when more is better, and says so where less is. */
export interface BenchLine {
  readonly bench: string;
  /** What was measured, and on how much: `insertMany 100000`. */
  readonly scale: string;
  readonly value: number;
  readonly unit: string;
  /** Measured in the same run; null where the figure is a limit of its own (latency, memory). */
  readonly baseline: number | null;
  readonly ratio: number | null;
}

export interface BenchContext {
  /** Factor on the amounts of the contract; 1 is the full run. */
  readonly size: number;
  /** An empty directory, removed afterwards. */
  readonly directory: string;
  emit(line: Omit<BenchLine, 'bench'>): void;
  /** For people, on stderr. */
  log(message: string): void;
}

export interface Bench {
  readonly name: string;
  run(context: BenchContext): Promise<void>;
}

export function defineBench(bench: Bench): Bench {
  return Object.freeze(bench);
}
