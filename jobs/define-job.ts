import type { AppContext } from '../server/context.ts';

export interface JobRunContext {
  readonly app: AppContext;
  readonly signal: AbortSignal;
}

/** A job: small, idempotent, safe to stop anywhere. */
export interface Job {
  readonly name: string;
  /** Cron expression, Asia/Shanghai. */
  readonly schedule: string;
  readonly timeLimitMs: number;
  /** @returns what it counted */
  run(context: JobRunContext): Promise<Record<string, number>>;
}

export function defineJob(job: Job): Job {
  return Object.freeze(job);
}

export function minutes(n: number): number {
  return n * 60_000;
}
