import type { Db } from '../connect.ts';
import { COUNTERS } from '../counters.ts';
import { ensureCollection } from '../indexes.ts';

/** The collections without a model; the first transaction must not be the one that makes them. */
export async function up(db: Db): Promise<void> {
  for (const name of [COUNTERS, 'leases', 'migrations']) await ensureCollection(db, name);
}
