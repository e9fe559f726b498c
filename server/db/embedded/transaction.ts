import type { Collection } from './catalog.ts';
import type { Environment, Snapshot } from './environment.ts';
import { fail, MongoError, writeConflict } from './error.ts';
import { Overlay } from './overlay.ts';

/** Holds the writes of one client transaction until it commits. */
export class Transaction {
  readonly overlay = new Overlay();
  readonly locks = new Set<string>();
  readonly counts = new Map<Collection, number>();
  readonly multikey = new Set<() => void>();
  readonly ended: Promise<void>;
  lastUse: number;
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

/** All open transactions, their locks, and what changed while any of them was open. */
export class Transactions {
  private readonly open = new Map<string, Transaction>();
  private readonly holders = new Map<string, Transaction>();
  /** Locked things changed since the oldest open snapshot, with the sequence of their commit. */
  private readonly changed = new Map<string, number>();
  private readonly committed = new Set<string>();
  private sequence = 0;
  private readonly env: Environment;

  constructor(env: Environment) {
    this.env = env;
  }

  get anyOpen(): boolean {
    return this.open.size > 0;
  }

  /** @throws MongoError 251 when the transaction was never started here, has been aborted or timed out */
  get(id: string, start: boolean, at: number): Transaction {
    const known = this.open.get(id);
    if (known) {
      known.lastUse = at;
      return known;
    }
    if (!start) {
      throw new MongoError(251, 'Given transaction number does not match any in-progress transactions', {}, [
        'TransientTransactionError',
      ]);
    }
    const transaction = new Transaction(id, this.env.snapshot(), this.sequence, at);
    this.open.set(id, transaction);
    return transaction;
  }

  find(id: string): Transaction | undefined {
    return this.open.get(id);
  }

  wasCommitted(id: string): boolean {
    return this.committed.has(id);
  }

  /** Takes a lock for a transaction. @throws MongoError 112 when another holds it or it changed after the snapshot */
  lock(transaction: Transaction, name: string): void {
    const holder = this.holders.get(name);
    if (holder === transaction) return;
    if (holder || (this.changed.get(name) ?? -1) > transaction.sequence) writeConflict();
    this.holders.set(name, transaction);
    transaction.locks.add(name);
  }

  /** Lets a plain write pass, or makes it wait. @throws Blocked */
  pass(name: string): void {
    const holder = this.holders.get(name);
    if (holder) throw new Blocked(holder);
  }

  /** Notes that a plain write changed something. */
  note(name: string): void {
    if (this.open.size > 0) this.changed.set(name, this.sequence + 1);
  }

  /** A group of plain writes or a transaction has been committed. */
  advance(): void {
    this.sequence += 1;
  }

  commit(transaction: Transaction): void {
    for (const name of transaction.locks) this.note(name);
    this.committed.add(transaction.id);
    if (this.committed.size > REMEMBERED) {
      const [oldest] = this.committed;
      if (oldest !== undefined) this.committed.delete(oldest);
    }
    this.end(transaction);
  }

  end(transaction: Transaction): void {
    if (!this.open.delete(transaction.id)) return;
    for (const name of transaction.locks) this.holders.delete(name);
    transaction.finish();
    if (this.open.size === 0) this.changed.clear();
  }

  /** Aborts what nobody has used for a minute: an abandoned snapshot pins old pages. */
  reap(at: number): void {
    for (const transaction of [...this.open.values()]) {
      if (at - transaction.lastUse > IDLE_LIMIT_MS) this.end(transaction);
    }
  }

  endSession(prefix: string): void {
    for (const transaction of [...this.open.values()])
      if (transaction.id.startsWith(prefix)) this.end(transaction);
  }

  endAll(): void {
    for (const transaction of [...this.open.values()]) this.end(transaction);
  }

  checkIdle(collection: Collection): void {
    for (const transaction of this.open.values()) {
      if (transaction.counts.has(collection)) fail(117, 'an open transaction has changed this collection');
    }
  }
}
