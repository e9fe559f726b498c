import { Catalog, type Collection } from './catalog.ts';
import type { Doc } from './bson.ts';
import { Environment } from './environment.ts';
import { fail, MongoError } from './error.ts';
import { Cursors } from './cursor.ts';
import { PAUSE, type Pause } from './pause.ts';
import { Transactions, type Transaction } from './transaction.ts';
import { applyTransaction, Writer } from './writer.ts';
import { View } from './view.ts';

/** One client command with everything it may need. */
export interface Request {
  readonly name: string;
  readonly body: Doc;
  readonly db: string;
  readonly transaction: Transaction | undefined;
  readonly engine: Engine;
}

/**
 * A write in steps; it yields the transaction whose end it waits for, or a pause. At both what it wrote so far is
 * committed, outside of client transactions.
 */
export type WriteSteps = Generator<Transaction | Pause, Doc>;

interface Job {
  /** Makes the steps from the start: a group that failed is run again one by one. */
  readonly make: () => WriteSteps;
  /** Steps of which a part is committed already. */
  begun: WriteSteps | undefined;
  /** When the client gives up waiting for a transaction; monotonic milliseconds. */
  readonly until: number;
  readonly resolve: (reply: Doc) => void;
  readonly reject: (error: unknown) => void;
}

/** What is to be done when the group has been committed. */
type After = () => void;

/** The store in one thread: catalog, transactions, cursors, and the queue of plain writes. */
export class Engine {
  readonly env: Environment;
  readonly catalog: Catalog;
  readonly transactions: Transactions;
  readonly cursors: Cursors;
  readonly now: () => Date;
  private queue: Job[] = [];
  private scheduled = false;
  private closed = false;

  constructor(directory: string, now: () => Date) {
    this.env = new Environment(directory);
    this.catalog = new Catalog(this.env);
    this.transactions = new Transactions(this.env);
    this.cursors = new Cursors();
    this.now = now;
  }

  view(transaction: Transaction | undefined): View {
    return transaction ? new View(this.env, transaction.snapshot, transaction.overlay) : new View(this.env);
  }

  writer(transaction: Transaction | undefined): Writer {
    return new Writer(this.env, this.catalog, this.transactions, transaction);
  }

  /**
   * Finds a collection for a command.
   * @throws MongoError 246 when its indexes were changed after the snapshot of the transaction
   */
  collection(db: string, name: string, transaction: Transaction | undefined): Collection | undefined {
    const found = this.catalog.find(db, name);
    if (found && transaction && found.changedAt > transaction.sequence) {
      throw new MongoError(
        246,
        `the indexes of ${db}.${name} were changed after this transaction began`,
        {},
        ['TransientTransactionError'],
      );
    }
    return found;
  }

  /** Finds the collection of a write, or makes it; outside of client transactions, so it stays when one aborts. */
  ensure(db: string, name: string, transaction: Transaction | undefined): Collection {
    const known = this.collection(db, name, transaction);
    if (known) return known;
    if (!transaction) return this.catalog.create(db, name);
    let made: Collection | undefined;
    this.write(() => {
      made = this.catalog.create(db, name);
    });
    return made ?? fail(8, 'the collection was not made');
  }

  /** Notes that the indexes or the name of a collection change with the commit under way. */
  changed(collection: Collection): void {
    collection.changedAt = this.transactions.nextSequence;
  }

  /**
   * Plain writes that arrive in one turn share one synced commit; each is answered behind it.
   * @throws MongoError 50 when a transaction holds it up for longer than `waitMs`
   */
  run(make: () => WriteSteps, waitMs = Infinity): Promise<Doc> {
    return new Promise((resolve, reject) => {
      this.enqueue({ make, begun: undefined, until: performance.now() + waitMs, resolve, reject });
    });
  }

  private enqueue(job: Job): void {
    if (this.closed) {
      job.reject(new MongoError(91, 'the store is being closed'));
      return;
    }
    this.queue.push(job);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commitQueue();
    });
  }

  private commitQueue(): void {
    const jobs = this.queue;
    this.queue = [];
    // A job that is half committed cannot be run again, so it has a group of its own.
    const fresh = jobs.filter((job) => !job.begun);
    if (fresh.length > 0 && !this.commitGroup(fresh)) {
      for (const job of fresh) this.commitAlone(job);
    }
    for (const job of jobs) if (!fresh.includes(job)) this.commitAlone(job);
  }

  private commitAlone(job: Job): void {
    this.commitGroup([job], job.reject);
  }

  /** @returns false when nothing of the group was written */
  private commitGroup(jobs: readonly Job[], onError?: (error: unknown) => void): boolean {
    const after: After[] = [];
    try {
      this.write(() => {
        for (const job of jobs) this.advance(job, after);
      });
    } catch (error) {
      // What memory knows of the group is stale.
      this.catalog.load();
      onError?.(error);
      return false;
    }
    for (const step of after) step();
    return true;
  }

  private write(body: () => void): void {
    this.env.write(() => {
      body();
      this.catalog.flush();
    });
    this.catalog.committed();
    this.transactions.advance();
  }

  private advance(job: Job, after: After[]): void {
    const steps = job.begun ?? job.make();
    try {
      const step = steps.next();
      if (step.done === true) after.push(() => job.resolve(step.value));
      else {
        const { value } = step;
        after.push(() => {
          job.begun = steps;
          if (value === PAUSE) this.enqueue(job);
          else this.await(job, value);
        });
      }
    } catch (error) {
      if (error instanceof MongoError) after.push(() => job.reject(error));
      else throw error;
    }
  }

  /** Puts a job back into the queue when a transaction has ended, or gives it up when its time is over. */
  private await(job: Job, transaction: Transaction): void {
    let waiting = true;
    const left = job.until - performance.now();
    const giveUp = () => {
      waiting = false;
      job.reject(new MongoError(50, 'operation exceeded time limit while it waited for a transaction'));
    };
    const timer = left === Infinity ? undefined : setTimeout(giveUp, Math.max(0, left));
    void transaction.ended.then(() => {
      clearTimeout(timer);
      if (waiting) this.enqueue(job);
    });
  }

  /** A statement of a client transaction: it never waits. */
  runInTransaction(steps: WriteSteps): Doc {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  commit(transaction: Transaction): void {
    try {
      this.env.write(() => {
        applyTransaction(this.env, this.catalog, transaction);
        this.catalog.flush();
      });
    } catch (error) {
      this.catalog.load();
      this.transactions.end(transaction);
      throw error;
    }
    this.catalog.committed();
    this.transactions.committed(transaction);
  }

  async close(): Promise<void> {
    this.cursors.clear();
    if (this.queue.length > 0) this.commitQueue();
    this.closed = true;
    this.transactions.endAll();
    for (const job of this.queue) job.reject(new MongoError(91, 'the store is being closed'));
    this.queue = [];
    await this.env.close();
  }
}
