import type { Entry, Table } from './environment.ts';

/** `value` undefined: removed by the transaction. */
export interface Change {
  readonly key: Buffer;
  value: Buffer | undefined;
}

/** Largest sum of documents that one transaction may hold. */
export const TRANSACTION_BYTES = 16 * 1024 * 1024;
/** So many new keys are moved into place one by one, more are sorted in together. */
const FEW = 32;

class SortedChanges {
  private readonly byKey = new Map<string, Change>();
  private sorted: Change[] = [];
  private fresh: Change[] = [];

  /** `name` is the key as a latin1 string. */
  set(name: string, key: Buffer, value: Buffer | undefined): void {
    const known = this.byKey.get(name);
    if (known) {
      known.value = value;
      return;
    }
    const change: Change = { key, value };
    this.byKey.set(name, change);
    this.fresh.push(change);
  }

  get(name: string): Change | undefined {
    return this.byKey.get(name);
  }

  get size(): number {
    return this.byKey.size;
  }

  /** All changes, ascending: a tree is filled fastest in its order. */
  ordered(): readonly Change[] {
    this.settle();
    return this.sorted;
  }

  /** Changes with low ≤ key < high, ascending. */
  between(low: Buffer, high: Buffer): Change[] {
    this.settle();
    const from = this.lowerBound(low);
    const to = this.lowerBound(high);
    return this.sorted.slice(from, to);
  }

  /** New keys are sorted in only when someone reads. */
  private settle(): void {
    const { fresh } = this;
    if (fresh.length === 0) return;
    this.fresh = [];
    if (fresh.length <= FEW) {
      for (const change of fresh) this.sorted.splice(this.lowerBound(change.key), 0, change);
      return;
    }
    fresh.sort((a, b) => Buffer.compare(a.key, b.key));
    const old = this.sorted;
    const merged: Change[] = [];
    let at = 0;
    for (const change of fresh) {
      for (let next = old[at]; next && Buffer.compare(next.key, change.key) < 0; next = old[at]) {
        merged.push(next);
        at += 1;
      }
      merged.push(change);
    }
    for (; at < old.length; at += 1) merged.push(old[at] as Change);
    this.sorted = merged;
  }

  private lowerBound(key: Buffer): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.sorted[middle];
      if (entry && Buffer.compare(entry.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The changes of one transaction, kept sorted, so that scans merge them with the snapshot. */
export class Overlay {
  readonly tables: Record<Table, SortedChanges> = { data: new SortedChanges(), index: new SortedChanges() };
  /** Bytes of all documents written, those written twice counted twice. */
  bytes = 0;

  set(table: Table, name: string, key: Buffer, value: Buffer | undefined): void {
    this.tables[table].set(name, key, value);
    if (table === 'data') this.bytes += value?.length ?? 0;
  }

  get(table: Table, key: Buffer): Change | undefined {
    const changes = this.tables[table];
    return changes.size === 0 ? undefined : changes.get(key.toString('latin1'));
  }

  *merge(
    table: Table,
    stored: readonly Entry[],
    low: Buffer,
    high: Buffer,
    reverse: boolean,
  ): Generator<Entry> {
    const changes = this.tables[table].between(low, high);
    if (reverse) changes.reverse();
    const before = (a: Buffer, b: Buffer) => (reverse ? Buffer.compare(b, a) : Buffer.compare(a, b));
    let at = 0;
    for (const entry of stored) {
      let change = changes[at];
      while (change && before(change.key, entry.key) < 0) {
        if (change.value) yield { key: change.key, value: change.value };
        at += 1;
        change = changes[at];
      }
      if (change?.key.equals(entry.key)) {
        if (change.value) yield { key: change.key, value: change.value };
        at += 1;
      } else yield entry;
    }
    for (const change of changes.slice(at)) if (change.value) yield { key: change.key, value: change.value };
  }
}
