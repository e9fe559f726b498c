import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeRaw, encode, type Doc, type Raw } from '../../../server/db/embedded/bson.ts';
import { runCommand } from '../../../server/db/embedded/commands/index.ts';
import { BATCH, type Batch } from '../../../server/db/embedded/cursor.ts';
import { Engine } from '../../../server/db/embedded/engine.ts';
import type { Transaction } from '../../../server/db/embedded/transaction.ts';

export interface EngineUnderTest {
  readonly engine: Engine;
  /** Runs a command as if it had come over the wire. */
  command(body: Doc, transaction?: Transaction): Promise<Doc>;
  insert(collection: string, documents: readonly Doc[], transaction?: Transaction): Promise<Doc>;
  find(collection: string, rest: Doc, transaction?: Transaction): Promise<Doc[]>;
  begin(id: string): Transaction;
  /** Lets go of the files without a word, as a killed process does, and opens them again. */
  reopen(): Promise<EngineUnderTest>;
  drop(): Promise<void>;
}

export function batchOf(reply: Doc): Batch {
  const batch = (reply as { [BATCH]?: Batch })[BATCH];
  if (!batch) throw new Error('not the reply of a cursor');
  return batch;
}

/** The engine of the store in this thread, without socket and driver. */
export async function engineUnderTest(directory?: string): Promise<EngineUnderTest> {
  const dir = directory ?? (await mkdtemp(join(tmpdir(), 'credit-engine-')));
  const engine = new Engine(dir, () => new Date(0));
  const command = (body: Doc, transaction?: Transaction) => {
    const [name = ''] = Object.keys(body);
    return runCommand({ name, body: decodeRaw(encode(body)), db: 'test', transaction, engine });
  };
  return {
    engine,
    command,
    insert(collection, documents, transaction) {
      const body = { insert: collection, documents: { documents: documents.map((doc) => encode(doc)) } };
      return runCommand({ name: 'insert', body, db: 'test', transaction, engine });
    },
    async find(collection, rest, transaction) {
      const reply = await command({ find: collection, batchSize: 100_000, ...rest }, transaction);
      return batchOf(reply).documents.map((raw: Raw) => decodeRaw(raw));
    },
    begin: (id) => engine.transactions.get(id, true, performance.now()),
    async reopen() {
      await engine.close();
      return engineUnderTest(dir);
    },
    async drop() {
      await engine.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
