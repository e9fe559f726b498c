/** One command of the `credit` command line; `run` answers the exit code (0, 1 or 2). */
export interface Command {
  readonly usage: string;
  run(args: readonly string[]): Promise<number>;
}

/** Wrong use: reported with the command's usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
