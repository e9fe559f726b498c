import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type RootDatabase, type Transaction } from 'lmdb';
import { decodeRead, encode, type Doc, type Raw } from './bson.ts';

export type Table = 'data' | 'index';

export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

export interface ScanOptions {
  /** Inclusive. */
  readonly start: Buffer;
  /** Exclusive. */
  readonly end: Buffer;
  readonly reverse: boolean;
  readonly limit: number;
  readonly snapshot?: Snapshot | undefined;
}

/** A consistent view of everything committed when it was taken. */
export class Snapshot {
  readonly options: { readonly transaction: Transaction };
  private open = true;

  constructor(transaction: Transaction) {
    this.options = { transaction };
  }

  get isOpen(): boolean {
    return this.open;
  }

  done(): void {
    if (!this.open) return;
    this.open = false;
    this.options.transaction.done();
  }
}

const SLAB_BYTES = 64 * 1024;
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

/** Copies out of lmdb's shared buffer, many values into one allocation. */
function copyOf(bytes: Uint8Array, from: number, size: number): Buffer {
  const source = new Uint8Array(bytes.buffer, bytes.byteOffset + from, size);
  if (size > SLAB_BYTES / 8) {
    const own = Buffer.allocUnsafeSlow(size);
    own.set(source);
    return own;
  }
  if (used + size > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  slab.set(source, used);
  used += size;
  return slab.subarray(used - size, used);
}

/** Keys and values are bytes. lmdb hands out its one buffer with its `length` set to that of the value. */
const BYTES = {
  encoder: {
    encode: (value: Uint8Array) => value,
    decode: (bytes: Uint8Array) => copyOf(bytes, 0, bytes.length),
  },
  keyEncoder: {
    writeKey(key: Uint8Array, target: Uint8Array, start: number): number {
      target.set(key, start);
      return start + key.length;
    },
    readKey: (target: Uint8Array, start: number, end: number) => copyOf(target, start, end - start),
  },
};

/**
 * The LMDB files: documents by [collection][_id], index entries by [index][key][_id], and the catalog.
 * Writes happen inside `write` only; its end is a synced commit.
 */
export class Environment {
  private readonly root: RootDatabase<Buffer, Buffer>;
  private readonly tables: Record<Table, Database<Buffer, Buffer>>;
  private readonly meta: Database<Buffer, string>;

  constructor(directory: string) {
    this.root = open<Buffer, Buffer>({
      path: `${directory}/store`,
      maxDbs: 4,
      overlappingSync: false,
      noMemInit: true,
      keyEncoding: 'binary',
      encoding: 'binary',
    });
    this.tables = {
      data: this.root.openDB<Buffer, Buffer>({ name: 'data', ...BYTES } as never),
      index: this.root.openDB<Buffer, Buffer>({ name: 'index', ...BYTES } as never),
    };
    this.meta = this.root.openDB<Buffer, string>({ name: 'meta', encoding: 'binary' });
  }

  /** Runs `body` and commits what it wrote, synced to disk. What it throws undoes all of it. */
  write(body: () => void): void {
    try {
      this.root.transactionSync(() => {
        body();
      });
    } catch (error) {
      this.root.resetReadTxn();
      throw error;
    }
  }

  /** @throws Error when the snapshot is over */
  get(table: Table, key: Buffer, snapshot?: Snapshot): Buffer | undefined {
    return this.tables[table].get(key, optionsOf(snapshot));
  }

  has(table: Table, key: Buffer, snapshot?: Snapshot): boolean {
    // Its types leave out the options that it takes as `get` does.
    const reader = this.tables[table] as unknown as { getBinaryFast(key: Buffer, options: unknown): unknown };
    return reader.getBinaryFast(key, optionsOf(snapshot)) !== undefined;
  }

  put(table: Table, key: Buffer, value: Raw): void {
    this.tables[table].putSync(key, value as Buffer);
  }

  remove(table: Table, key: Buffer): void {
    this.tables[table].removeSync(key);
  }

  scan(table: Table, { start, end, reverse, limit, snapshot }: ScanOptions): Entry[] {
    if (Buffer.compare(start, end) >= 0) return [];
    const range = reverse
      ? { start: end, exclusiveStart: true, end: start, inclusiveEnd: true, reverse: true }
      : { start, end };
    const entries: Entry[] = [];
    const found = this.tables[table].getRange({
      ...range,
      limit,
      ...(snapshot ? optionsOf(snapshot) : { snapshot: false }),
    });
    for (const entry of found) entries.push(entry);
    return entries;
  }

  count(table: Table, start: Buffer, end: Buffer, limit: number): number {
    let count = 0;
    for (const _key of this.tables[table].getKeys({ start, end, limit, snapshot: false })) count += 1;
    return count;
  }

  snapshot(): Snapshot {
    return new Snapshot(this.root.useReadTransaction());
  }

  getMeta(key: string): Doc | undefined {
    const raw = this.meta.get(key);
    return raw === undefined ? undefined : decodeRead(raw);
  }

  putMeta(key: string, value: Doc): void {
    this.meta.putSync(key, encode(value) as Buffer);
  }

  removeMeta(key: string): void {
    this.meta.removeSync(key);
  }

  *metaWithPrefix(prefix: string): Iterable<[string, Doc]> {
    for (const { key, value } of this.meta.getRange({ start: prefix, end: `${prefix}\uffff` }))
      yield [key, decodeRead(value)];
  }

  /** Copies what is committed now, compacted, into a new folder; commits go on meanwhile. @throws Error when it exists */
  async backup(directory: string): Promise<void> {
    mkdirSync(directory, { mode: 0o700 });
    await this.root.backup(directory, true);
    chmodSync(join(directory, 'data.mdb'), 0o600);
  }

  close(): Promise<void> {
    return this.root.close();
  }
}

function optionsOf(snapshot: Snapshot | undefined): { readonly transaction: Transaction } | undefined {
  if (snapshot && !snapshot.isOpen) throw new Error('a snapshot was read after its end');
  return snapshot?.options;
}
