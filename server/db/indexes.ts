import { mongo } from 'mongoose';
import type { Db } from './connect.ts';
import { nativeCollection } from './native.ts';

const NAMESPACE_EXISTS = 48;

/** Collections are made before use: a transaction that makes one collides with every other that does. */
export async function ensureCollection(db: Db, name: string): Promise<void> {
  try {
    await db.conn.getClient().db(db.conn.name).createCollection(name);
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
  }
}

/** Creates the collections and indexes of every model registered on the connection; what exists stays. */
export async function ensureIndexes(db: Db): Promise<void> {
  const client = db.conn.getClient().db(db.conn.name);
  const existing = new Set(
    (await client.listCollections({}, { nameOnly: true }).toArray()).map((found) => found.name),
  );
  for (const model of Object.values(db.conn.models)) {
    const name = model.collection.collectionName;
    if (!existing.has(name)) await ensureCollection(db, name);
    const indexes = model.schema.indexes();
    if (indexes.length === 0) continue;
    await nativeCollection(db, name).createIndexes(
      indexes.map(([key, options]) => {
        const { background: _unused, ...rest } = options as Record<string, unknown>;
        return { key, ...rest } as mongo.IndexDescription;
      }),
    );
  }
}
