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

function databaseName(): string {
  return `credit_${randomBytes(6).toString('hex')}_test`;
}

/** A database of its own on the server that MONGODB_URI names; undefined when it names none. */
export function testDatabaseUri(): string | undefined {
  const named = process.env['MONGODB_URI'];
  return named === undefined || named === '' ? undefined : withDatabase(named, databaseName());
}

/**
 * A fresh, empty database: on the server that MONGODB_URI names (its database name is ignored), else on an embedded
 * store of its own. `drop` removes it and closes the connection.
 */
export async function testDb(): Promise<TestDb> {
  const uri = testDatabaseUri();
  if (uri !== undefined) {
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
  const own = withDatabase(store.uri, databaseName());
  const db = await connectDb(own, () => store.close());
  return {
    db,
    uri: own,
    async drop() {
      await db.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
