import { Catalog, type Collection } from './catalog.ts';
import type { Doc } from './bson.ts';
import { Environment } from './environment.ts';
import { MongoError } from './error.ts';
import { Cursors } from './cursor.ts';
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

/** A write in steps; it yields the transaction whose end it waits for. */
export type WriteSteps = Generator<Transaction | undefined, Doc>;

interface Job {
  readonly steps: WriteSteps;
  readonly resolve: (reply: Doc) => void;
  readonly reject: (error: unknown) => void;
}

/** The store in one thread: catalog, transactions, cursors, and the queue of plain writes. */
export class Engine {
  readonly env: Environment;
  readonly catalog: Catalog;
  readonly transactions: Transactions;
  readonly cursors: Cursors;
  readonly now: () => Date;
  private queue: Job[] = [];
  private scheduled = false;

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

  /** Finds the collection of a write, or makes it; outside of client transactions, so it stays when one aborts. */
  ensure(db: string, name: string, transaction: Transaction | undefined): Collection {
    const known = this.catalog.find(db, name);
    if (known) return known;
    if (!transaction) return this.catalog.create(db, name);
    let made: Collection | undefined;
    this.env.write(() => {
      made = this.catalog.create(db, name);
      this.catalog.flush();
    });
    if (!made) throw new Error('the collection was not made');
    return made;
  }

  /** Plain writes that arrive in one turn share one synced commit; each is answered behind it. */
  run(steps: WriteSteps): Promise<Doc> {
    return new Promise((resolve, reject) => {
      this.queue.push({ steps, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commitGroup();
    });
  }

  private commitGroup(): void {
    const jobs = this.queue;
    this.queue = [];
    const answers: (() => void)[] = [];
    const blocked: { job: Job; by: Transaction }[] = [];
    try {
      this.env.write(() => {
        for (const job of jobs) this.advance(job, answers, blocked);
        this.catalog.flush();
      });
      this.transactions.advance();
    } catch (error) {
      // Nothing of the group was written; what memory knows of it is stale.
      this.catalog.load();
      for (const job of jobs) job.reject(error);
      return;
    }
    for (const answer of answers) answer();
    for (const { job, by } of blocked) {
      void by.ended.then(() => {
        this.queue.push(job);
        this.schedule();
      });
    }
  }

  private advance(job: Job, answers: (() => void)[], blocked: { job: Job; by: Transaction }[]): void {
    try {
      for (;;) {
        const step = job.steps.next();
        if (step.done === true) {
          answers.push(() => job.resolve(step.value));
          return;
        }
        if (step.value) {
          blocked.push({ job, by: step.value });
          return;
        }
      }
    } catch (error) {
      if (error instanceof MongoError) answers.push(() => job.reject(error));
      else throw error;
    }
  }

  /** A statement of a client transaction; any error aborts the transaction. */
  runInTransaction(transaction: Transaction, steps: WriteSteps): Doc {
    try {
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    } catch (error) {
      this.transactions.end(transaction);
      throw error;
    }
  }

  commit(transaction: Transaction): void {
    this.env.write(() => {
      applyTransaction(this.env, this.catalog, transaction);
      this.catalog.flush();
    });
    this.transactions.commit(transaction);
    this.transactions.advance();
  }

  async close(): Promise<void> {
    this.cursors.clear();
    this.transactions.endAll();
    if (this.queue.length > 0) this.commitGroup();
    await this.env.close();
  }
}
