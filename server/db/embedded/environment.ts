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
export type Snapshot = Transaction;

const BINARY = { keyEncoding: 'binary', encoding: 'binary' } as const;

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
      ...BINARY,
    });
    this.tables = {
      data: this.root.openDB<Buffer, Buffer>({ name: 'data', ...BINARY }),
      index: this.root.openDB<Buffer, Buffer>({ name: 'index', ...BINARY }),
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

  get(table: Table, key: Buffer, snapshot?: Snapshot): Buffer | undefined {
    return this.tables[table].get(key, snapshot ? { transaction: snapshot } : undefined);
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
    for (const { key, value } of this.tables[table].getRange({
      ...range,
      limit,
      snapshot: false,
      ...(snapshot ? { transaction: snapshot } : {}),
    })) {
      entries.push({ key: Buffer.from(key), value });
    }
    return entries;
  }

  count(table: Table, start: Buffer, end: Buffer, limit: number): number {
    let count = 0;
    for (const _key of this.tables[table].getKeys({ start, end, limit, snapshot: false })) count += 1;
    return count;
  }

  snapshot(): Snapshot {
    return this.root.useReadTransaction();
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

  backup(path: string): Promise<void> {
    return this.root.backup(path, true);
  }

  close(): Promise<void> {
    return this.root.close();
  }
}
