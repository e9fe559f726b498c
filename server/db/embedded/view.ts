import type { Collection } from './catalog.ts';
import type { Index } from './index-spec.ts';
import type { Entry, Environment, Snapshot, Table } from './environment.ts';
import { Overlay } from './overlay.ts';
import type { Raw } from './bson.ts';

/** A range of keys within one collection or index; `start` inclusive, `end` exclusive, both without the table id. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

const FIRST_CHUNK = 32;
const LARGEST_CHUNK = 512;

export function tableKey(id: number, ...parts: readonly Buffer[]): Buffer {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(id);
  return Buffer.concat([prefix, ...parts]);
}

export const WHOLE: KeyRange = { start: Buffer.alloc(0), end: Buffer.from([0xff]) };

/**
 * What one reader sees: everything committed, or the snapshot of a transaction with its own changes over it. Scans read
 * in chunks and go on behind the last key, so no LMDB read transaction stays open between two of them.
 */
export class View {
  private readonly env: Environment;
  private readonly snapshot: Snapshot | undefined;
  private readonly overlay: Overlay | undefined;

  constructor(env: Environment, snapshot?: Snapshot, overlay?: Overlay) {
    this.env = env;
    this.snapshot = snapshot;
    this.overlay = overlay;
  }

  document(collection: Collection, id: Buffer): Raw | undefined {
    return this.get('data', tableKey(collection.id, id));
  }

  get(table: Table, key: Buffer): Buffer | undefined {
    const own = this.overlay?.get(table, key);
    if (own !== undefined) return own.value;
    return this.env.get(table, key, this.snapshot);
  }

  /** Documents in the order of their `_id`. */
  *documents(collection: Collection, range: KeyRange = WHOLE, reverse = false): Generator<Raw> {
    for (const entry of this.entries('data', collection.id, range, reverse)) yield entry.value;
  }

  /** `_id` keys in the order of the index. */
  *indexed(index: Index, range: KeyRange, reverse: boolean): Generator<Buffer> {
    for (const entry of this.entries('index', index.id, range, reverse)) yield entry.value;
  }

  /** The `_id` key under a whole key of a unique index. */
  owner(index: Index, key: Buffer): Buffer | undefined {
    return this.get('index', tableKey(index.id, key));
  }

  *entries(table: Table, id: number, range: KeyRange, reverse: boolean): Generator<Entry> {
    let start = tableKey(id, range.start);
    let end = tableKey(id, range.end);
    let limit = FIRST_CHUNK;
    for (;;) {
      const stored = this.env.scan(table, { start, end, reverse, limit, snapshot: this.snapshot });
      const full = stored.length === limit;
      const last = stored.at(-1)?.key;
      // The overlay may only be merged as far as the stored entries of this chunk reach.
      const [low, high] = !full || !last ? [start, end] : reverse ? [last, end] : [start, after(last)];
      yield* this.overlay ? this.overlay.merge(table, stored, low, high, reverse) : stored;
      if (!full || !last) return;
      if (reverse) end = last;
      else start = after(last);
      limit = Math.min(limit * 4, LARGEST_CHUNK);
    }
  }

  /** Counts at most `limit` index entries; exact only outside a transaction, which is enough to choose a plan. */
  estimate(index: Index, range: KeyRange, limit: number): number {
    return this.env.count('index', tableKey(index.id, range.start), tableKey(index.id, range.end), limit);
  }
}

function after(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])]);
}
