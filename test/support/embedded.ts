import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDb, type Db } from '../../server/db/connect.ts';
import { openEmbedded } from '../../server/db/embedded/index.ts';

export interface EmbeddedDb {
  readonly db: Db;
  readonly directory: string;
  readonly uri: string;
  /** Stops the store and keeps its files. */
  stop(): Promise<void>;
  drop(): Promise<void>;
}

/** The embedded store itself, whatever MONGODB_URI says: for the tests of the store. */
export async function embeddedDb(directory?: string): Promise<EmbeddedDb> {
  const dir = directory ?? (await mkdtemp(join(tmpdir(), 'credit-store-')));
  const store = await openEmbedded(dir);
  const db = await connectDb(store.uri, () => store.close());
  return {
    db,
    directory: dir,
    uri: store.uri,
    stop: () => db.close(),
    async drop() {
      await db.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
