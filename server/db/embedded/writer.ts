import type { Catalog, Collection } from './catalog.ts';
import type { Index } from './index-spec.ts';
import { BSON, MAX_DOCUMENT_BYTES, setOwn, type Doc, type Raw } from './bson.ts';
import { entriesOf, idKey, type IndexEntry } from './entries.ts';
import type { Environment, Table } from './environment.ts';
import { fail, MongoError } from './error.ts';
import { TRANSACTION_BYTES } from './overlay.ts';
import type { Transaction, Transactions } from './transaction.ts';
import { tableKey, View } from './view.ts';

/** A document with the keys of all its entries. */
interface Keyed {
  readonly id: Buffer;
  readonly dataKey: Buffer;
  readonly entries: readonly IndexEntry[];
}

/** A replacement whose locks are taken: it may be applied. */
export interface Replacement {
  readonly before: Keyed;
  readonly after: Keyed;
  readonly raw: Raw;
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

  /** @throws MongoError 10334, 11000 with keyPattern and keyValue, 112, 171, Blocked */
  insert(collection: Collection, raw: Raw): void {
    if (raw.length > MAX_DOCUMENT_BYTES) fail(10334, 'document is larger than 16777216 bytes');
    const { id, dataKey, entries } = this.keyed(collection, raw);
    const names = this.lockAll(collection, dataKey, entries);
    if (this.exists('data', dataKey, names[0])) this.duplicate(collection, undefined, raw);
    this.checkUnique(collection, entries, raw, id);
    this.set('data', dataKey, raw as Buffer, names[0]);
    for (const { key } of entries) this.set('index', key, id);
    this.count(collection, 1);
  }

  /** Computes all keys of a replacement and locks what it will touch; changes nothing. @throws as `insert` */
  prepare(collection: Collection, before: Raw, raw: Raw): Replacement {
    const old = this.keyed(collection, before);
    const after = this.keyed(collection, raw);
    this.lockAll(collection, old.dataKey, old.entries);
    this.lockAll(collection, old.dataKey, after.entries);
    return { before: old, after, raw };
  }

  /** @throws MongoError 11000 */
  replace(collection: Collection, { before, after, raw }: Replacement): void {
    const gone = new Map(before.entries.map((entry) => [entry.key.toString('latin1'), entry.key]));
    const added = after.entries.filter(({ key }) => !gone.delete(key.toString('latin1')));
    this.checkUnique(collection, added, raw, before.id);
    for (const [name, key] of gone) this.set('index', key, undefined, name);
    this.set('data', before.dataKey, raw as Buffer);
    for (const { key } of added) this.set('index', key, before.id);
  }

  /** Locks what the removal of a document will touch and answers how to do it. */
  prepareRemove(collection: Collection, raw: Raw): () => void {
    const { dataKey, entries } = this.keyed(collection, raw);
    this.lockAll(collection, dataKey, entries);
    return () => {
      for (const { key } of entries) this.set('index', key, undefined);
      this.set('data', dataKey, undefined);
      this.count(collection, -1);
    };
  }

  private keyed(collection: Collection, raw: Raw): Keyed {
    if (collection.dropped) fail(26, 'the collection was dropped while the write waited');
    const { layout } = collection;
    layout.finder.find(raw);
    const id = idKey(layout, raw);
    const entries = entriesOf(layout, raw, id, (index, path) =>
      this.catalog.noteArray(collection, index, path),
    );
    return { id, dataKey: tableKey(collection.id, id), entries };
  }

  /**
   * Locks the document and its keys of unique indexes for a transaction; lets a plain write pass or wait.
   * @returns the names under which locks and overlay know them, of the document first; empty when nobody asks
   */
  private lockAll(collection: Collection, dataKey: Buffer, entries: readonly IndexEntry[]): string[] {
    const { transaction, transactions } = this;
    if (!transaction && !transactions.anyOpen) return [];
    const name = dataKey.toString('latin1');
    if (transaction) {
      transaction.touched.add(collection);
      transactions.lock(transaction, 'data', name);
    } else transactions.pass('data', name);
    for (const { index, key } of entries) {
      if (index.spec.unique !== true) continue;
      if (transaction) transactions.lock(transaction, 'index', key.toString('latin1'));
      else transactions.pass('index', key.toString('latin1'));
    }
    return [name];
  }

  private checkUnique(collection: Collection, entries: readonly IndexEntry[], raw: Raw, id: Buffer): void {
    for (const { index, key } of entries) {
      if (index.spec.unique !== true || !this.exists('index', key)) continue;
      if (this.view.get('index', key)?.equals(id) !== true) this.duplicate(collection, index, raw);
    }
  }

  private exists(table: Table, key: Buffer, name?: string): boolean {
    const { transaction } = this;
    if (!transaction) return this.env.has(table, key);
    const own =
      name === undefined ? transaction.overlay.get(table, key) : transaction.overlay.tables[table].get(name);
    return own ? own.value !== undefined : this.env.has(table, key, transaction.snapshot);
  }

  private set(table: Table, key: Buffer, value: Buffer | undefined, name?: string): void {
    const { transaction } = this;
    if (transaction) {
      transaction.overlay.set(table, name ?? key.toString('latin1'), key, value);
      if (transaction.overlay.bytes > TRANSACTION_BYTES)
        fail(257, `a transaction may change at most ${String(TRANSACTION_BYTES)} bytes of documents`);
    } else if (value) this.env.put(table, key, value);
    else this.env.remove(table, key);
  }

  private count(collection: Collection, delta: number): void {
    if (this.transaction) {
      this.transaction.counts.set(collection, (this.transaction.counts.get(collection) ?? 0) + delta);
    } else this.catalog.addCount(collection, delta);
  }

  /** `index` undefined: the `_id`. */
  private duplicate(collection: Collection, index: Index | undefined, raw: Raw): never {
    const pattern = index?.spec.key ?? { _id: 1 };
    const { finder } = collection.layout;
    finder.find(raw);
    const value = keyValue(Object.keys(pattern), finder.decode(raw));
    throw new MongoError(
      11000,
      `E11000 duplicate key error collection: ${collection.db}.${collection.name} index: ${index?.spec.name ?? '_id_'} dup key: ${BSON.EJSON.stringify(value)}`,
      { keyPattern: { ...pattern }, keyValue: value },
    );
  }
}

export function keyValue(paths: readonly string[], doc: Doc): Doc {
  const out: Doc = {};
  for (const path of paths) {
    let value: unknown = doc;
    for (const part of path.split('.')) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? (value as Doc)[part]
          : undefined;
    }
    setOwn(out, path, value ?? null);
  }
  return out;
}

/** Puts the changes of a transaction into the store; runs inside the environment's write transaction. */
export function applyTransaction(env: Environment, catalog: Catalog, transaction: Transaction): void {
  for (const table of ['data', 'index'] as const) {
    const changes = transaction.overlay.tables[table].ordered();
    for (const { key, value } of changes) if (!value) env.remove(table, key);
    for (const { key, value } of changes) if (value) env.put(table, key, value);
  }
  for (const [collection, delta] of transaction.counts) catalog.addCount(collection, delta);
}
