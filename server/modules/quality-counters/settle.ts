import type { Db } from '../../db/connect.ts';
import { laneOf } from '../../db/lane.ts';
import { nativeCollection } from '../../db/native.ts';
import { counterId, keyAfter } from './counter-id.ts';
import { addFigures, FIGURES, noFigures, type Figures } from './figures.ts';
import { QUALITY_COUNTERS, type QualityCounterDoc } from './quality-counter.model.ts';

/**
 * Takes from a place's figures what is too much, if they are still what they were: whoever brought rows since has moved
 * them, and then nothing is done. @returns whether it was done
 */
export function settlePlace(
  db: Db,
  { key, kept, more }: { readonly key: string; readonly kept: Figures; readonly more: Figures },
): Promise<boolean> {
  const counters = nativeCollection<QualityCounterDoc>(db, QUALITY_COUNTERS);
  return db.inTransaction(async (tx) => {
    const now = noFigures();
    const lanes = counters.find({ _id: { $gte: `${key}#`, $lt: keyAfter(key) } }, { session: tx });
    for await (const { _id, ...figures } of lanes) addFigures(now, figures);
    if (FIGURES.some((name) => now[name] !== kept[name])) return false;
    const moved = FIGURES.filter((name) => more[name] !== 0).map((name) => [name, -more[name]] as const);
    await counters.updateOne(
      { _id: counterId(key, laneOf(tx)) },
      { $inc: Object.fromEntries(moved) },
      { upsert: true, session: tx },
    );
    return true;
  });
}
