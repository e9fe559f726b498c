import { randomInt } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { Db } from './connect.ts';
import { nativeCollection, retryWhenLost } from './native.ts';

interface CounterDoc {
  _id: string;
  n: number;
}

export const COUNTERS = 'counters';

const SLOTS = 16;
/** Where this process begins, so that two processes seldom write one document. */
const first = randomInt(SLOTS);
const slots = new WeakMap<ClientSession, number>();
const taken = new Set<number>();

/** Transactions of this process that are open at once move counters in slots of their own: none meets another. */
export function laneOf(tx: ClientSession): number {
  const known = slots.get(tx);
  if (known !== undefined) return known;
  const all = Array.from({ length: SLOTS }, (_, i) => (first + i) % SLOTS);
  const slot = all.find((n) => !taken.has(n)) ?? first;
  slots.set(tx, slot);
  taken.add(slot);
  tx.once('ended', () => taken.delete(slot));
  return slot;
}

/** Moves counters in the transaction that changes what they count. A name holds no `#`; a delta of 0 costs nothing. */
export async function bumpCounters(
  db: Db,
  deltas: ReadonlyMap<string, number>,
  tx: ClientSession,
): Promise<void> {
  const moved = [...deltas].filter(([, delta]) => delta !== 0);
  if (moved.length === 0) return;
  const slot = String(laneOf(tx));
  const operations = moved.map(([name, delta]) => {
    if (name.includes('#') || !Number.isSafeInteger(delta)) throw new RangeError(`not a counter: ${name}`);
    return {
      updateOne: {
        filter: { _id: `${name}#${slot}` },
        update: { $inc: { n: delta } },
        upsert: true,
      },
    };
  });
  const counters = nativeCollection<CounterDoc>(db, COUNTERS);
  await retryWhenLost(() => counters.bulkWrite(operations, { session: tx }));
}

/** Sums the slots of every counter whose name starts so. */
export async function readCounters(db: Db, prefix: string, tx?: ClientSession): Promise<Map<string, number>> {
  const range = prefix === '' ? {} : { _id: { $gte: prefix, $lt: `${prefix}\uffff` } };
  const found = nativeCollection<CounterDoc>(db, COUNTERS).find(range, tx ? { session: tx } : {});
  const sums = new Map<string, number>();
  for await (const { _id, n } of found) {
    const name = _id.slice(0, _id.lastIndexOf('#'));
    sums.set(name, (sums.get(name) ?? 0) + Number(n));
  }
  return sums;
}
