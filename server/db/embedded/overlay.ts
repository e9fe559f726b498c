import type { Entry, Table } from './environment.ts';

/** `value` undefined: removed by the transaction. */
export interface Change {
  readonly key: Buffer;
  value: Buffer | undefined;
}

/** Largest sum of changes that one transaction may hold. */
export const TRANSACTION_BYTES = 64 * 1024 * 1024;

class SortedChanges {
  private readonly byKey = new Map<string, Change>();
  private sorted: Change[] = [];
  private fresh: Change[] = [];

  set(change: Change): void {
    const name = change.key.toString('latin1');
    const known = this.byKey.get(name);
    if (known) {
      known.value = change.value;
      return;
    }
    this.byKey.set(name, change);
    this.fresh.push(change);
  }

  get(key: Buffer): Change | undefined {
    return this.byKey.get(key.toString('latin1'));
  }

  values(): Iterable<Change> {
    return this.byKey.values();
  }

  /** Changes with low ≤ key < high, ascending. */
  between(low: Buffer, high: Buffer): Change[] {
    this.settle();
    const from = this.lowerBound(low);
    const to = this.lowerBound(high);
    return this.sorted.slice(from, to);
  }

  /** New keys are sorted in only when someone reads, a whole statement at a time. */
  private settle(): void {
    if (this.fresh.length === 0) return;
    this.sorted = [...this.sorted, ...this.fresh].sort((a, b) => Buffer.compare(a.key, b.key));
    this.fresh = [];
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
  bytes = 0;

  set(table: Table, key: Buffer, value: Buffer | undefined): void {
    this.tables[table].set({ key, value });
    this.bytes += key.length + (value?.length ?? 0);
  }

  get(table: Table, key: Buffer): Change | undefined {
    return this.tables[table].get(key);
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
