import type { Collection } from './catalog.ts';
import type { Environment, Snapshot, Table } from './environment.ts';
import { fail, MongoError, writeConflict } from './error.ts';
import { Overlay } from './overlay.ts';

/** Holds the writes of one client transaction until it commits. */
export class Transaction {
  readonly overlay = new Overlay();
  readonly locks: Record<Table, string[]> = { data: [], index: [] };
  readonly counts = new Map<Collection, number>();
  /** Collections it has written to. */
  readonly touched = new Set<Collection>();
  readonly ended: Promise<void>;
  isOpen = true;
  /** Monotonic milliseconds. */
  lastUse: number;
  /** Where the last command came from; when that goes away, so does the transaction. */
  connection: unknown;
  private release: () => void = () => undefined;
  readonly id: string;
  readonly snapshot: Snapshot;
  /** The commit after which the snapshot was taken. */
  readonly sequence: number;

  constructor(id: string, snapshot: Snapshot, sequence: number, at: number) {
    this.id = id;
    this.snapshot = snapshot;
    this.sequence = sequence;
    this.lastUse = at;
    this.ended = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  finish(): void {
    this.isOpen = false;
    this.snapshot.done();
    this.release();
  }
}

/** A plain write met a lock of a transaction; it goes on when that has ended. */
export class Blocked extends Error {
  readonly by: Transaction;

  constructor(by: Transaction) {
    super('waits for a transaction');
    this.by = by;
  }
}

const IDLE_LIMIT_MS = 60_000;
/** How many transactions that have ended are remembered, so that a repeated commit can be answered. */
const REMEMBERED = 10_000;

export function noSuchTransaction(): never {
  throw new MongoError(251, 'Given transaction number does not match any in-progress transactions', {}, [
    'TransientTransactionError',
  ]);
}

/** All open transactions, their locks, and what changed while any of them was open. */
export class Transactions {
  private readonly open = new Map<string, Transaction>();
  private readonly holders: Record<Table, Map<string, Transaction>> = { data: new Map(), index: new Map() };
  /** What changed since the oldest open snapshot, with the sequence of its commit. */
  private readonly changed: Record<Table, Map<string, number>> = { data: new Map(), index: new Map() };
  /** How the last transactions ended. */
  private readonly past = new Map<string, 'committed' | 'aborted'>();
  private sequence = 0;
  private readonly env: Environment;

  constructor(env: Environment) {
    this.env = env;
  }

  get anyOpen(): boolean {
    return this.open.size > 0;
  }

  /** The number that the next commit will have. */
  get nextSequence(): number {
    return this.sequence + 1;
  }

  /**
   * Finds an open transaction or starts it; a session's new one ends its old one.
   * @throws MongoError 251 when the transaction was never started here, has been aborted or timed out
   */
  get(id: string, start: boolean, at: number): Transaction {
    const known = this.open.get(id);
    if (known) {
      known.lastUse = at;
      return known;
    }
    if (!start || this.past.has(id)) noSuchTransaction();
    this.endSession(id.slice(0, id.indexOf('/') + 1));
    const transaction = new Transaction(id, this.env.snapshot(), this.sequence, at);
    this.open.set(id, transaction);
    return transaction;
  }

  find(id: string): Transaction | undefined {
    return this.open.get(id);
  }

  /** How a transaction that is not open ended; undefined when this store has never seen it. */
  outcome(id: string): 'committed' | 'aborted' | undefined {
    return this.past.get(id);
  }

  /** Takes a lock for a transaction. @throws MongoError 112 when another holds it or it changed after the snapshot */
  lock(transaction: Transaction, table: Table, name: string): void {
    const holders = this.holders[table];
    const holder = holders.get(name);
    if (holder === transaction) return;
    if (holder || (this.changed[table].get(name) ?? -1) > transaction.sequence) writeConflict();
    holders.set(name, transaction);
    transaction.locks[table].push(name);
  }

  /** Lets a plain write pass and notes its change, or makes it wait. @throws Blocked */
  pass(table: Table, name: string): void {
    const holder = this.holders[table].get(name);
    if (holder) throw new Blocked(holder);
    this.changed[table].set(name, this.sequence + 1);
  }

  /** A group of plain writes or a transaction has been committed. */
  advance(): void {
    this.sequence += 1;
  }

  /** The changes of the transaction are in the store. */
  committed(transaction: Transaction): void {
    this.remember(transaction.id, 'committed');
    for (const table of ['data', 'index'] as const) {
      for (const name of transaction.locks[table]) this.changed[table].set(name, this.sequence + 1);
    }
    this.end(transaction);
    this.advance();
  }

  /** Gives up a transaction (or takes leave of a committed one). */
  end(transaction: Transaction): void {
    if (!this.open.delete(transaction.id)) return;
    if (!this.past.has(transaction.id)) this.remember(transaction.id, 'aborted');
    for (const table of ['data', 'index'] as const) {
      for (const name of transaction.locks[table]) this.holders[table].delete(name);
      if (this.open.size === 0) this.changed[table].clear();
    }
    transaction.finish();
  }

  /** Aborts what nobody has used for a minute: an abandoned snapshot pins old pages. */
  reap(at: number): void {
    this.endWhere((transaction) => at - transaction.lastUse > IDLE_LIMIT_MS);
  }

  endSession(prefix: string): void {
    this.endWhere((transaction) => transaction.id.startsWith(prefix));
  }

  endConnection(connection: unknown): void {
    this.endWhere((transaction) => transaction.connection === connection);
  }

  endAll(): void {
    this.endWhere(() => true);
  }

  /** @throws MongoError 117 when an open transaction has written to the collection */
  checkIdle(collection: Collection): void {
    for (const transaction of this.open.values()) {
      if (transaction.touched.has(collection)) fail(117, 'an open transaction has changed this collection');
    }
  }

  private endWhere(which: (transaction: Transaction) => boolean): void {
    for (const transaction of [...this.open.values()]) if (which(transaction)) this.end(transaction);
  }

  private remember(id: string, how: 'committed' | 'aborted'): void {
    this.past.set(id, how);
    if (this.past.size <= REMEMBERED) return;
    const [oldest] = this.past.keys();
    if (oldest !== undefined) this.past.delete(oldest);
  }
}
