import type { mongo } from 'mongoose';
import type { Db } from '../connect.ts';
import { civilDateOf } from '../../lib/civil-date.ts';
import { nativeCollection } from '../native.ts';

interface Lot extends mongo.Document {
  _id: mongo.ObjectId;
  at: Date;
}

const STEP = 500;

/**
 * Lots that were settled before platforms told their time: the day we heard of it. Where the platform has another day
 * for an item, reconciliation asks it by the key.
 */
export async function up(db: Db): Promise<void> {
  const lots = nativeCollection<Lot>(db, 'outbox_lots');
  for (const state of ['CONFIRMED', 'REFUSED']) {
    for (let after: mongo.ObjectId | undefined; ;) {
      const found = await lots
        .find({ state, ...(after ? { _id: { $gt: after } } : {}) }, { projection: { at: 1, day: 1 } })
        .sort({ _id: 1 })
        .limit(STEP)
        .toArray();
      const old = found.filter(({ day }) => day === undefined);
      if (old.length > 0) {
        await lots.bulkWrite(
          old.map(({ _id, at }) => ({
            updateOne: { filter: { _id, state }, update: { $set: { day: civilDateOf(at) } } },
          })),
        );
      }
      if (found.length < STEP) break;
      after = found.at(-1)?._id;
    }
  }
}
