import { randomInt } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { Db } from './connect.ts';
import { nativeCollection } from './native.ts';

interface CounterDoc {
  _id: string;
  n: number;
}

export const COUNTERS = 'counters';

const SLOTS = 16;
/** This process's own share of every counter, so that two processes seldom write one document. */
const slot = randomInt(SLOTS);

/** Moves counters in the transaction that changes what they count. A name holds no `#`; a delta of 0 costs nothing. */
export async function bumpCounters(
  db: Db,
  deltas: ReadonlyMap<string, number>,
  tx?: ClientSession,
): Promise<void> {
  const operations = [...deltas]
    .filter(([, delta]) => delta !== 0)
    .map(([name, delta]) => {
      if (name.includes('#') || !Number.isSafeInteger(delta)) throw new RangeError(`not a counter: ${name}`);
      return {
        updateOne: {
          filter: { _id: `${name}#${String(slot)}` },
          update: { $inc: { n: delta } },
          upsert: true,
        },
      };
    });
  if (operations.length === 0) return;
  await nativeCollection<CounterDoc>(db, COUNTERS).bulkWrite(operations, tx ? { session: tx } : {});
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
