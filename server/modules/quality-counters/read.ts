import type { Db } from '../../db/connect.ts';
import { nativeCollection } from '../../db/native.ts';
import { keyOfCounter, keysOfPeriod, placeOf, type Place, type Unit } from './counter-id.ts';
import { addFigures, noFigures, type Figures } from './figures.ts';
import { QUALITY_COUNTERS, type QualityCounterDoc } from './quality-counter.model.ts';

export interface PlaceFigures extends Place {
  readonly figures: Figures;
}

export interface FigureRange {
  readonly unit: Unit;
  /** First and last day or month, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly agencyId?: string;
}

/** Sums of lanes by place key, in order: ids from `from` up to and without `to`. */
export async function* countersBetween(
  db: Db,
  { from, to }: { readonly from?: string; readonly to?: string },
): AsyncGenerator<{ readonly key: string; readonly figures: Figures }> {
  const id = { ...(from === undefined ? {} : { $gte: from }), ...(to === undefined ? {} : { $lt: to }) };
  const found = nativeCollection<QualityCounterDoc>(db, QUALITY_COUNTERS)
    .find(Object.keys(id).length === 0 ? {} : { _id: id }, { batchSize: 1000 })
    .sort({ _id: 1 });
  let key: string | undefined;
  let sum = noFigures();
  for await (const { _id, ...figures } of found) {
    const next = keyOfCounter(_id);
    if (next !== key) {
      if (key !== undefined) yield { key, figures: sum };
      key = next;
      sum = noFigures();
    }
    addFigures(sum, figures);
  }
  if (key !== undefined) yield { key, figures: sum };
}

/**
 * Figures of all feeds over some days or months: reads as many documents as there are feeds that reported, times days
 * or months, however many rows they count.
 */
export async function* figuresIn(db: Db, range: FigureRange): AsyncGenerator<PlaceFigures> {
  const bounds = {
    from: keysOfPeriod(range.unit, range.from).from,
    to: keysOfPeriod(range.unit, range.to).to,
  };
  for await (const { key, figures } of countersBetween(db, bounds)) {
    const place = placeOf(key);
    if (range.agencyId === undefined || place.agencyId === range.agencyId) yield { ...place, figures };
  }
}
