import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../db/connect.ts';
import { acquireLease, releaseLease, renewLease } from '../../db/lease.ts';
import type { Clock } from '../../lib/clock.ts';

const LEASE_MS = 30_000;
const LOOK_MS = 500;

/** A lease that is renewed until it is given back. */
export interface HeldLease {
  /** Given when the lease was lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Takes a lease and keeps it.
 * @param wait while this is not aborted, a lease in other hands is waited for; without it the answer comes at once
 * @returns undefined when somebody else has it
 */
export async function holdLease(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  name: string,
  wait?: AbortSignal,
): Promise<HeldLease | undefined> {
  const owner = randomUUID();
  while (!(await acquireLease(db, name, owner, LEASE_MS, clock))) {
    if (!wait || wait.aborted) return undefined;
    await sleep(LOOK_MS, undefined, { signal: wait }).catch(() => undefined);
  }
  const lost = new AbortController();
  const renewal = setInterval(() => {
    renewLease(db, name, owner, LEASE_MS, clock).then(
      (held) => held || lost.abort(),
      () => undefined,
    );
  }, LEASE_MS / 3);
  return {
    lost: lost.signal,
    async release() {
      clearInterval(renewal);
      await releaseLease(db, name, owner);
    },
  };
}
