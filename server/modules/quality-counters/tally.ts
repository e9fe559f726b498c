import type { ClientSession } from 'mongoose';
import type { Db } from '../../db/connect.ts';
import { laneOf } from '../../db/lane.ts';
import { nativeCollection, retryWhenLost } from '../../db/native.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import { counterId, monthOf, placeKey, type Place } from './counter-id.ts';
import { figureOfFault, isWrongCode } from './dimensions.ts';
import { FIGURES, noFigures, type Figure, type Figures } from './figures.ts';
import { QUALITY_COUNTERS, type QualityCounterDoc } from './quality-counter.model.ts';

export interface CountedRow {
  /** Of the agency's own feed, whatever record it speaks of. */
  readonly agencyId: string;
  readonly feed: string;
  readonly receivedOn: CivilDate;
  readonly outcome: 'INSERTED' | 'UPDATED' | 'UNCHANGED' | 'CONFLICT' | 'REFUSED';
  /** Codes of everything that was said of the row, warnings too. */
  readonly faults: readonly string[];
}

/** A stored decision, or with `by` −1 one that is counted otherwise from now on. */
export interface CountedDecision {
  readonly agencyId: string;
  readonly feed: string;
  /** Day of the first version that was accepted. */
  readonly receivedOn: CivilDate;
  readonly decidedOn: CivilDate;
  readonly late: boolean;
  readonly by: 1 | -1;
}

/** What a row counts in; each figure once, however many faults. */
export function figuresOfRow({ outcome, faults }: Pick<CountedRow, 'outcome' | 'faults'>): Figure[] {
  const counted = new Set<Figure>(['received', outcome.toLowerCase() as Figure]);
  for (const code of faults) {
    const figure = figureOfFault(code);
    if (figure) counted.add(figure);
    if (isWrongCode(code)) counted.add('wrongCode');
  }
  // A decision that is there already, and the row does not correct it.
  if (outcome === 'UNCHANGED' || outcome === 'CONFLICT' || faults.includes('FEED_DUPLICATE_IN_FILE'))
    counted.add('duplicate');
  return [...counted];
}

type Received = Pick<CountedRow, 'agencyId' | 'feed' | 'receivedOn'>;

interface Sums extends Received {
  readonly day: Record<Figure, number>;
  readonly month: Record<Figure, number>;
}

/** Sums up what a transaction counts, to write it at once: one document per agency, feed and day or month. */
export class Tally {
  readonly #sums = new Map<string, Record<Figure, number>>();
  /** Of the row before: most rows of a chunk are received on one day. */
  #last: Sums | undefined;

  row(row: CountedRow): void {
    const { day, month } = this.#receivedIn(row);
    for (const figure of figuresOfRow(row)) {
      day[figure] += 1;
      month[figure] += 1;
    }
  }

  decision(decision: CountedDecision): void {
    const { agencyId, feed, decidedOn, late, by } = decision;
    const { day, month } = this.#receivedIn(decision);
    const timing = late ? 'late' : 'onTime';
    day[timing] += by;
    month[timing] += by;
    const decided = this.#of({ unit: 'month', period: monthOf(decidedOn), agencyId, feed });
    decided.decided += by;
    if (late) decided.decidedLate += by;
  }

  #receivedIn({ agencyId, feed, receivedOn }: Received): Sums {
    const last = this.#last;
    if (last?.receivedOn === receivedOn && last.feed === feed && last.agencyId === agencyId) return last;
    const own = { agencyId, feed };
    const day = this.#of({ unit: 'day', period: receivedOn, ...own });
    const month = this.#of({ unit: 'month', period: monthOf(receivedOn), ...own });
    return (this.#last = { ...own, receivedOn, day, month });
  }

  #of(place: Place): Record<Figure, number> {
    const key = placeKey(place);
    let sum = this.#sums.get(key);
    if (!sum) this.#sums.set(key, (sum = noFigures()));
    return sum;
  }

  /** By place key. */
  sums(): ReadonlyMap<string, Figures> {
    return this.#sums;
  }

  /** Forgets what it has. */
  take(): Map<string, Figures> {
    const sums = new Map(this.#sums);
    this.#sums.clear();
    this.#last = undefined;
    return sums;
  }

  /** Adds everything in the transaction that makes it true; one bulk write. */
  async write(db: Db, tx: ClientSession): Promise<void> {
    const lane = laneOf(tx);
    const operations = [...this.#sums].flatMap(([key, sum]) => {
      const moved = FIGURES.filter((name) => sum[name] !== 0);
      if (moved.length === 0) return [];
      return [
        {
          updateOne: {
            filter: { _id: counterId(key, lane) },
            update: { $inc: Object.fromEntries(moved.map((name) => [name, sum[name]])) },
            upsert: true,
          },
        },
      ];
    });
    if (operations.length === 0) return;
    const counters = nativeCollection<QualityCounterDoc>(db, QUALITY_COUNTERS);
    await retryWhenLost(() => counters.bulkWrite(operations as never, { session: tx, ordered: true }));
  }
}
