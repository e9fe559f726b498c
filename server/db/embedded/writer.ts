import type { Catalog, Collection, Index } from './catalog.ts';
import { BSON, fields, type Doc, type Raw } from './bson.ts';
import type { Environment } from './environment.ts';
import { fail, MongoError, writeConflict } from './error.ts';
import { encodeId, extractKeys } from './keys.ts';
import { TRANSACTION_BYTES } from './overlay.ts';
import type { Transaction, Transactions } from './transaction.ts';
import { tableKey, View } from './view.ts';

interface IndexEntry {
  readonly index: Index;
  readonly key: Buffer;
}

/**
 * Changes one document with all its index entries, or nothing of it: uniqueness and locks are checked before the first
 * put. Plain writes run inside the environment's write transaction, those of a client transaction go to its overlay.
 */
export class Writer {
  readonly view: View;
  private readonly env: Environment;
  private readonly catalog: Catalog;
  private readonly transactions: Transactions;
  readonly transaction: Transaction | undefined;

  constructor(env: Environment, catalog: Catalog, transactions: Transactions, transaction?: Transaction) {
    this.env = env;
    this.catalog = catalog;
    this.transactions = transactions;
    this.transaction = transaction;
    this.view = transaction ? new View(env, transaction.snapshot, transaction.overlay) : new View(env);
  }

  /** @throws MongoError 11000 with keyPattern and keyValue, 112, Blocked */
  insert(collection: Collection, raw: Raw): void {
    const doc = fields(raw, collection.indexedFields);
    const id = encodeId(doc['_id']);
    const key = tableKey(collection.id, id);
    this.claim(collection, id);
    if (this.existing('data', key)) this.duplicate(collection, '_id_', { _id: 1 }, { _id: doc['_id'] });
    const added = this.entriesOf(collection, doc);
    this.claimUnique(collection, added, id, doc);
    this.set('data', key, Buffer.from(raw));
    for (const { index, key: entry } of added) this.addEntry(index, entry, id);
    this.count(collection, 1);
  }

  replace(collection: Collection, before: Raw, after: Raw): void {
    const oldDoc = fields(before, collection.indexedFields);
    const newDoc = fields(after, collection.indexedFields);
    const id = encodeId(oldDoc['_id']);
    this.claim(collection, id);
    const had = new Map(this.entriesOf(collection, oldDoc).map((entry) => [nameOf(entry), entry]));
    const added: IndexEntry[] = [];
    for (const entry of this.entriesOf(collection, newDoc)) if (!had.delete(nameOf(entry))) added.push(entry);
    this.claimUnique(collection, added, id, newDoc);
    this.releaseUnique([...had.values()]);
    for (const { index, key } of had.values()) this.removeEntry(index, key, id);
    this.set('data', tableKey(collection.id, id), Buffer.from(after));
    for (const { index, key } of added) this.addEntry(index, key, id);
  }

  remove(collection: Collection, raw: Raw): void {
    const doc = fields(raw, collection.indexedFields);
    const id = encodeId(doc['_id']);
    this.claim(collection, id);
    const entries = this.entriesOf(collection, doc);
    this.releaseUnique(entries);
    for (const { index, key } of entries) this.removeEntry(index, key, id);
    this.set('data', tableKey(collection.id, id), undefined);
    this.count(collection, -1);
  }

  /** Locks all that a replacement (or, without `after`, a removal) will touch, before anything is changed. */
  claimReplace(collection: Collection, before: Raw, after?: Raw): void {
    const doc = fields(before, collection.indexedFields);
    this.claim(collection, encodeId(doc['_id']));
    this.releaseUnique(this.entriesOf(collection, doc));
    if (after) this.releaseUnique(this.entriesOf(collection, fields(after, collection.indexedFields)));
  }

  /** Locks the document for this writer before it decides anything on its content. */
  claim(collection: Collection, id: Buffer): void {
    const name = `d${String(collection.id)}/${id.toString('latin1')}`;
    if (this.transaction) this.transactions.lock(this.transaction, name);
    else {
      this.transactions.pass(name);
      this.transactions.note(name);
    }
  }

  entriesOf(collection: Collection, doc: Doc): IndexEntry[] {
    const entries: IndexEntry[] = [];
    for (const index of collection.indexes) {
      if (index.spec.name === '_id_') continue;
      if (index.partial && !index.partial(doc)) continue;
      const { keys, multikey, allMissing } = extractKeys(doc, index.parts);
      if (index.spec.sparse === true && allMissing) continue;
      for (const path of multikey) {
        if (index.multikey.has(path)) continue;
        index.multikey.add(path);
        // Inside a transaction the flag must not wait for the commit: other readers may only become more careful.
        if (this.transaction) this.transaction.multikey.add(() => this.catalog.save(collection));
        else this.catalog.save(collection);
      }
      for (const key of keys) entries.push({ index, key });
    }
    return entries;
  }

  private claimUnique(collection: Collection, entries: readonly IndexEntry[], id: Buffer, doc: Doc): void {
    for (const { index, key } of entries) {
      if (index.spec.unique !== true) continue;
      this.lockUnique(index, key);
      const owner = this.existing('index', tableKey(index.id, key));
      if (owner && !owner.equals(id))
        this.duplicate(collection, index.spec.name, index.spec.key, keyValue(index, doc));
    }
  }

  private releaseUnique(entries: readonly IndexEntry[]): void {
    for (const { index, key } of entries) if (index.spec.unique === true) this.lockUnique(index, key);
  }

  private lockUnique(index: Index, key: Buffer): void {
    const name = `u${String(index.id)}/${key.toString('latin1')}`;
    if (this.transaction) this.transactions.lock(this.transaction, name);
    else {
      this.transactions.pass(name);
      this.transactions.note(name);
    }
  }

  /** What the writer sees; a transaction also notices what was committed behind its snapshot. */
  private existing(table: 'data' | 'index', key: Buffer): Buffer | undefined {
    const seen = this.view.get(table, key);
    if (!this.transaction || this.transaction.overlay.get(table, key)) return seen;
    const now = this.env.get(table, key);
    if (now !== undefined && seen === undefined) writeConflict();
    return seen;
  }

  private addEntry(index: Index, key: Buffer, id: Buffer): void {
    this.set('index', index.spec.unique === true ? tableKey(index.id, key) : tableKey(index.id, key, id), id);
  }

  private removeEntry(index: Index, key: Buffer, id: Buffer): void {
    this.set(
      'index',
      index.spec.unique === true ? tableKey(index.id, key) : tableKey(index.id, key, id),
      undefined,
    );
  }

  private set(table: 'data' | 'index', key: Buffer, value: Buffer | undefined): void {
    if (this.transaction) {
      this.transaction.overlay.set(table, key, value);
      if (this.transaction.overlay.bytes > TRANSACTION_BYTES) fail(257, 'the transaction is too large');
    } else if (value) this.env.put(table, key, value);
    else this.env.remove(table, key);
  }

  private count(collection: Collection, delta: number): void {
    if (this.transaction) {
      this.transaction.counts.set(collection, (this.transaction.counts.get(collection) ?? 0) + delta);
    } else this.catalog.addCount(collection, delta);
  }

  private duplicate(
    collection: Collection,
    name: string,
    pattern: Readonly<Record<string, unknown>>,
    value: Doc,
  ): never {
    const shown = BSON.EJSON.stringify(value);
    throw new MongoError(
      11000,
      `E11000 duplicate key error collection: ${collection.db}.${collection.name} index: ${name} dup key: ${shown}`,
      { keyPattern: { ...pattern }, keyValue: value },
    );
  }
}

function nameOf({ index, key }: IndexEntry): string {
  return `${String(index.id)}/${key.toString('latin1')}`;
}

function keyValue(index: Index, doc: Doc): Doc {
  const out: Doc = {};
  for (const { path, parts } of index.parts) {
    let value: unknown = doc;
    for (const part of parts) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? (value as Doc)[part]
          : undefined;
    }
    out[path] = value ?? null;
  }
  return out;
}

/** Puts the changes of a transaction into the store; runs inside the environment's write transaction. */
export function applyTransaction(env: Environment, catalog: Catalog, transaction: Transaction): void {
  for (const table of ['data', 'index'] as const) {
    const changes = [...transaction.overlay.tables[table].values()];
    for (const { key, value } of changes) if (!value) env.remove(table, key);
    for (const { key, value } of changes) if (value) env.put(table, key, value);
  }
  for (const save of transaction.multikey) save();
  for (const [collection, delta] of transaction.counts) catalog.addCount(collection, delta);
}
