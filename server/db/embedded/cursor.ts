import { randomInt } from 'node:crypto';
import { Long, type Doc, type Raw } from './bson.ts';
import { fail } from './error.ts';

const IDLE_LIMIT_MS = 10 * 60_000;
const FIRST_BATCH = 101;
const FIRST_BATCH_BYTES = 1024 * 1024;
const BATCH_BYTES = 16 * 1024 * 1024 - 16 * 1024;

interface Cursor {
  readonly id: string;
  readonly namespace: string;
  readonly source: Iterator<Raw>;
  /** Read but not sent: it did not fit. */
  pending: Raw | undefined;
  lastUse: number;
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
  start(
    namespace: string,
    source: Iterator<Raw>,
    size: number | undefined,
    single: boolean,
    at: number,
  ): Doc {
    const cursor: Cursor = {
      id: String(randomInt(1, 2 ** 47)),
      namespace,
      source,
      pending: undefined,
      lastUse: at,
    };
    const { documents, done } = take(
      cursor,
      size ?? FIRST_BATCH,
      size === undefined ? FIRST_BATCH_BYTES : BATCH_BYTES,
    );
    if (!done && !single) this.open.set(cursor.id, cursor);
    return reply({
      documents,
      id: done || single ? Long.ZERO : Long.fromString(cursor.id),
      namespace,
      name: 'firstBatch',
    });
  }

  next(id: string, namespace: string, size: number | undefined, at: number): Doc {
    const cursor = this.open.get(id);
    if (cursor?.namespace !== namespace) return fail(43, `cursor id ${id} not found`);
    cursor.lastUse = at;
    try {
      const { documents, done } = take(cursor, size ?? Infinity, BATCH_BYTES);
      if (done) this.open.delete(id);
      return reply({ documents, id: done ? Long.ZERO : Long.fromString(id), namespace, name: 'nextBatch' });
    } catch (error) {
      this.open.delete(id);
      throw error;
    }
  }

  kill(id: string): boolean {
    return this.open.delete(id);
  }

  reap(at: number): void {
    for (const cursor of this.open.values())
      if (at - cursor.lastUse > IDLE_LIMIT_MS) this.open.delete(cursor.id);
  }

  clear(): void {
    this.open.clear();
  }
}

function reply(batch: Batch): Doc {
  return { [BATCH]: batch } as Doc;
}

/** Reads until the batch is full; looks one ahead, so that an exhausted source is known to be so. */
function take(cursor: Cursor, size: number, bytes: number): { documents: Raw[]; done: boolean } {
  const documents: Raw[] = [];
  let total = 0;
  if (size === 0) return { documents, done: false };
  for (;;) {
    const next = cursor.pending ?? pull(cursor);
    cursor.pending = undefined;
    if (!next) return { documents, done: true };
    if (documents.length >= size || (documents.length > 0 && total + next.length > bytes)) {
      cursor.pending = next;
      return { documents, done: false };
    }
    documents.push(next);
    total += next.length + 16;
  }
}

function pull(cursor: Cursor): Raw | undefined {
  const step = cursor.source.next();
  return step.done === true ? undefined : step.value;
}
