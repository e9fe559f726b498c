import type { Db } from '../connect.ts';
import { MUTATION_KEYS } from '../idempotency.ts';
import { ensureCollection } from '../indexes.ts';
import { nativeCollection } from '../native.ts';

export async function up(db: Db): Promise<void> {
  await ensureCollection(db, MUTATION_KEYS);
  await nativeCollection(db, MUTATION_KEYS).createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
}
