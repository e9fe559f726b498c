import { randomInt } from 'node:crypto';
import { Long, type Doc, type Raw } from './bson.ts';
import { fail } from './error.ts';
import { nextTurn, PAUSE, type Pause } from './pause.ts';
import type { Deadline } from './query.ts';
import type { Transaction } from './transaction.ts';

const IDLE_LIMIT_MS = 10 * 60_000;
const FIRST_BATCH = 101;
const FIRST_BATCH_BYTES = 1024 * 1024;
const BATCH_BYTES = 16 * 1024 * 1024 - 16 * 1024;

/** What a cursor reads from. */
export interface Source {
  readonly namespace: string;
  readonly documents: Iterator<Raw | Pause>;
  readonly deadline: Deadline | undefined;
  /** Its snapshot is read; the cursor ends with it. */
  readonly transaction: Transaction | undefined;
}

interface Cursor extends Source {
  /** Chosen when the first batch was not all. */
  id: string;
  /** Read but not sent: it did not fit. */
  pending: Raw | undefined;
  lastUse: number;
  busy: boolean;
}

/** A batch of raw documents and the id of the cursor that gives the rest (0: there is none). */
export interface Batch {
  readonly documents: readonly Raw[];
  readonly id: Long;
  readonly namespace: string;
  readonly name: 'firstBatch' | 'nextBatch';
}

/** Reply parts that the wire assembles around raw documents. */
export const BATCH = Symbol('batch');

export class Cursors {
  private readonly open = new Map<string, Cursor>();

  /** Takes the first batch and keeps the rest. `size` 0 opens the cursor without reading. */
  async start(source: Source, size: number | undefined, single: boolean): Promise<Doc> {
    const cursor: Cursor = {
      ...source,
      id: '',
      pending: undefined,
      lastUse: performance.now(),
      busy: false,
    };
    const { documents, done } = await take(
      cursor,
      size ?? FIRST_BATCH,
      size === undefined ? FIRST_BATCH_BYTES : BATCH_BYTES,
    );
    const { namespace } = source;
    if (done || single) return reply({ documents, id: Long.ZERO, namespace, name: 'firstBatch' });
    cursor.deadline?.suspend();
    cursor.id = String(randomInt(1, 2 ** 47));
    this.open.set(cursor.id, cursor);
    return reply({ documents, id: Long.fromString(cursor.id), namespace, name: 'firstBatch' });
  }

  /** @throws MongoError 43 for a cursor that does not exist any more */
  async next(id: string, namespace: string, size: number | undefined): Promise<Doc> {
    const cursor = this.open.get(id);
    if (cursor?.namespace !== namespace || cursor.busy || cursor.transaction?.isOpen === false) {
      return fail(43, `cursor id ${id} not found`);
    }
    cursor.busy = true;
    cursor.deadline?.resume();
    try {
      const { documents, done } = await take(cursor, size ?? Infinity, BATCH_BYTES);
      if (done) this.open.delete(id);
      return reply({ documents, id: done ? Long.ZERO : Long.fromString(id), namespace, name: 'nextBatch' });
    } catch (error) {
      this.open.delete(id);
      throw error;
    } finally {
      cursor.busy = false;
      cursor.deadline?.suspend();
      cursor.lastUse = performance.now();
    }
  }

  kill(id: string): boolean {
    return this.open.delete(id);
  }

  /** Ends the cursors of a collection that loses what they read by. */
  killOf(namespace: string): void {
    for (const cursor of this.open.values()) if (cursor.namespace === namespace) this.open.delete(cursor.id);
  }

  reap(at: number): void {
    for (const { id, lastUse, busy, transaction } of this.open.values()) {
      if ((!busy && at - lastUse > IDLE_LIMIT_MS) || transaction?.isOpen === false) this.open.delete(id);
    }
  }

  clear(): void {
    this.open.clear();
  }
}

function reply(batch: Batch): Doc {
  return { [BATCH]: batch } as Doc;
}

/** Reads until the batch is full; looks one ahead, so that an exhausted source is known to be so. */
async function take(
  cursor: Cursor,
  size: number,
  bytes: number,
): Promise<{ documents: Raw[]; done: boolean }> {
  const documents: Raw[] = [];
  let total = 0;
  if (size === 0) return { documents, done: false };
  for (;;) {
    const next = cursor.pending ?? pull(cursor);
    cursor.pending = undefined;
    if (next === PAUSE) {
      await nextTurn();
      continue;
    }
    if (!next) return { documents, done: true };
    if (documents.length >= size || (documents.length > 0 && total + next.length > bytes)) {
      cursor.pending = next;
      return { documents, done: false };
    }
    documents.push(next);
    total += next.length + 16;
  }
}

function pull(cursor: Cursor): Raw | Pause | undefined {
  const step = cursor.documents.next();
  return step.done === true ? undefined : step.value;
}
