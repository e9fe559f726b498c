import type { ClientSession } from 'mongoose';
import type { Db } from './connect.ts';
import { laneOf } from './lane.ts';
import { nativeCollection, retryWhenLost } from './native.ts';

interface CounterDoc {
  _id: string;
  n: number;
}

export const COUNTERS = 'counters';

/** Moves counters in the transaction that changes what they count. A name holds no `#`; a delta of 0 costs nothing. */
export async function bumpCounters(
  db: Db,
  deltas: ReadonlyMap<string, number>,
  tx: ClientSession,
): Promise<void> {
  const moved = [...deltas].filter(([, delta]) => delta !== 0);
  if (moved.length === 0) return;
  const lane = String(laneOf(tx));
  const operations = moved.map(([name, delta]) => {
    if (name.includes('#') || !Number.isSafeInteger(delta)) throw new RangeError(`not a counter: ${name}`);
    return {
      updateOne: {
        filter: { _id: `${name}#${lane}` },
        update: { $inc: { n: delta } },
        upsert: true,
      },
    };
  });
  const counters = nativeCollection<CounterDoc>(db, COUNTERS);
  await retryWhenLost(() => counters.bulkWrite(operations, { session: tx }));
}

/** Sums the lanes of every counter whose name starts so. */
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
