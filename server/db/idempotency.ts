import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentHash } from '../lib/content-hash.ts';
import type { Clock } from '../lib/clock.ts';
import { ConflictError } from '../lib/errors.ts';
import type { Db } from './connect.ts';
import { isDuplicateKey, nativeCollection } from './native.ts';

export const MUTATION_KEYS = 'mutation_keys';

export interface OnceCall {
  /** Who calls: actorOf(viewer). */
  readonly viewerKey: string;
  /** Name of the mutation. */
  readonly operation: string;
  /** The caller's clientMutationId. */
  readonly key: string;
  /** Without the key itself. */
  readonly input: object;
}

interface MutationKeyDoc {
  _id: string;
  inputHash: string;
  /** Who executes it; gone once there is a result. */
  owner?: string;
  until?: Date;
  /** JSON. */
  result?: string;
  expiresAt: Date;
}

const KEEP_MS = 24 * 3_600_000;
const LEASE_MS = 30_000;
const POLL_MS = 50;

/**
 * Executes `fn` once for a key of this viewer and mutation; a later call with the same input is answered with the
 * stored result for 24 h. Parallel calls, also on other servers, wait for the one that executes. When `fn` throws,
 * nothing is kept and the call may be made again. The result goes through JSON.
 *
 * A process that dies between the effect of `fn` and the storing of its result leaves the key to the next caller, who
 * executes `fn` again once its lease is over: `fn` must be idempotent by itself (a natural key, a content hash).
 * @throws ConflictError MUTATION_KEY_REUSED for another input; MUTATION_IN_PROGRESS when the other call takes longer
 *   than its lease
 */
export async function onceFor<T>(db: Db, clock: Clock, call: OnceCall, fn: () => Promise<T>): Promise<T> {
  const keys = nativeCollection<MutationKeyDoc>(db, MUTATION_KEYS);
  const _id = contentHash([call.viewerKey, call.operation, call.key]);
  const inputHash = contentHash(call.input);
  const owner = randomUUID();
  const after = (ms: number): Date => new Date(clock.now().getTime() + ms);
  const lease = () => ({ owner, until: after(LEASE_MS), expiresAt: after(KEEP_MS) });

  const claim = async (): Promise<boolean> => {
    try {
      await keys.insertOne({ _id, inputHash, ...lease() });
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    // Left by a process that died; the owner before is named, so that one of several takes it.
    const left = await keys.findOne({ _id, inputHash, until: { $lte: clock.now() } });
    if (left?.owner === undefined || left.until === undefined) return false;
    const { owner: dead, until } = left;
    return (await keys.updateOne({ _id, owner: dead, until }, { $set: lease() })).matchedCount === 1;
  };

  for (let waited = 0; !(await claim()); waited += POLL_MS) {
    const found = await keys.findOne({ _id });
    if (found && found.inputHash !== inputHash) throw new ConflictError('MUTATION_KEY_REUSED');
    if (found?.result !== undefined) return JSON.parse(found.result) as T;
    if (waited >= LEASE_MS) throw new ConflictError('MUTATION_IN_PROGRESS');
    await sleep(POLL_MS);
  }
  const renewal = setInterval(() => {
    keys.updateOne({ _id, owner }, { $set: { until: after(LEASE_MS) } }).catch(() => undefined);
  }, LEASE_MS / 3).unref();
  try {
    const result = JSON.stringify(await fn());
    await keys.updateOne({ _id, owner }, { $set: { result }, $unset: { owner: 1, until: 1 } });
    return JSON.parse(result) as T;
  } catch (error) {
    await keys.deleteOne({ _id, owner });
    throw error;
  } finally {
    clearInterval(renewal);
  }
}
