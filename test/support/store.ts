import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDb, type Db } from '../../server/db/connect.ts';

export interface TestDb {
  readonly db: Db;
  readonly uri: string;
  drop(): Promise<void>;
}

function withDatabase(uri: string, name: string): string {
  const url = /^(mongodb(?:\+srv)?:\/\/[^/]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri);
  if (!url) throw new Error('MONGODB_URI is not a MongoDB address');
  return `${url[1] ?? ''}/${name}${url[2] ?? ''}`;
}

/**
 * A fresh, empty database: on the server that MONGODB_URI names (its database name is ignored), else on an embedded
 * store of its own. `drop` removes it and closes the connection.
 */
export async function testDb(): Promise<TestDb> {
  const name = `credit_${randomBytes(6).toString('hex')}_test`;
  const named = process.env['MONGODB_URI'];
  if (named !== undefined && named !== '') {
    const uri = withDatabase(named, name);
    const db = await connectDb(uri);
    return {
      db,
      uri,
      async drop() {
        await db.conn.dropDatabase();
        await db.close();
      },
    };
  }
  const dir = await mkdtemp(join(tmpdir(), 'credit-test-'));
  const { openEmbedded } = await import('../../server/db/embedded/index.ts');
  const store = await openEmbedded(dir);
  const uri = withDatabase(store.uri, name);
  const db = await connectDb(uri, () => store.close());
  return {
    db,
    uri,
    async drop() {
      await db.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
