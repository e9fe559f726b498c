import type { Db } from '../connect.ts';
import { ensureCollection } from '../indexes.ts';

/** A collection without a model; the first transaction must not be the one that makes it. */
export async function up(db: Db): Promise<void> {
  await ensureCollection(db, 'quality_counters');
}
