import type { Clock } from '../lib/clock.ts';
import type { Db } from './connect.ts';
import { isDuplicateKey, nativeCollection } from './native.ts';

interface LeaseDoc {
  _id: string;
  owner: string;
  until: Date;
}

const LEASES = 'leases';

function end(clock: Clock, ms: number): Date {
  return new Date(clock.now().getTime() + ms);
}

/**
 * Takes the lease when it is free, over, or already ours. One update decides, so of two callers one gets it.
 * @param ms how long it holds without renewal
 */
export async function acquireLease(
  db: Db,
  name: string,
  owner: string,
  ms: number,
  clock: Clock,
): Promise<boolean> {
  try {
    const { matchedCount, upsertedCount } = await nativeCollection<LeaseDoc>(db, LEASES).updateOne(
      { _id: name, $or: [{ until: { $lte: clock.now() } }, { owner }] },
      { $set: { owner, until: end(clock, ms) } },
      { upsert: true },
    );
    return matchedCount + upsertedCount === 1;
  } catch (error) {
    // The document exists and did not match: somebody else holds it.
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** @returns false when the lease was lost; the work under it must stop then */
export async function renewLease(
  db: Db,
  name: string,
  owner: string,
  ms: number,
  clock: Clock,
): Promise<boolean> {
  const { matchedCount } = await nativeCollection<LeaseDoc>(db, LEASES).updateOne(
    { _id: name, owner, until: { $gt: clock.now() } },
    { $set: { until: end(clock, ms) } },
  );
  return matchedCount === 1;
}

export async function releaseLease(db: Db, name: string, owner: string): Promise<void> {
  await nativeCollection<LeaseDoc>(db, LEASES).deleteOne({ _id: name, owner });
}
