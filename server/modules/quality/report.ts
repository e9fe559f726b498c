import { addFigures, noFigures, type Figures, type PlaceFigures } from '../quality-counters/index.ts';
import { findFeed } from '../template/index.ts';
import type { Duty } from './duties.ts';
import { ranksOf } from './ranking.ts';
import { ratesOf, storedOf, type Rates, type Volume } from './rates.ts';

export const GROUPINGS = ['AGENCY', 'FEED', 'KIND', 'MONTH', 'DAY'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Figures and rates of one agency, feed, kind, month or day. */
export interface QualityRow extends Volume {
  /** The agency's id, the feed's path, the kind, the month or the day. */
  readonly key: string;
  /** 入库量 */
  readonly stored: number;
  readonly rates: Rates;
  /** Among agencies, from 1; null elsewhere and for who brought nothing. */
  readonly rank: number | null;
}

export interface Missing {
  readonly agencyId: string;
  readonly feed: string;
  readonly last: string;
}

type Sum = Record<keyof Figures, number> & { duePeriods: number; gaps: number };

function keyFor(by: Grouping, place: { agencyId: string; feed: string; period: string }): string {
  switch (by) {
    case 'AGENCY':
      return place.agencyId;
    case 'FEED':
      return place.feed;
    case 'KIND':
      return findFeed(place.feed)?.kind ?? place.feed;
    default:
      return place.period;
  }
}

function rowOf(key: string, sum: Volume): QualityRow {
  return { ...sum, key, stored: storedOf(sum), rates: ratesOf(sum), rank: null };
}

/** Sums up figures by agency, feed, kind or time. */
export class ReportSums {
  readonly #by: Grouping;
  readonly #sums = new Map<string, Sum>();
  readonly #total: Sum = { ...noFigures(), duePeriods: 0, gaps: 0 };

  constructor(by: Grouping, keys: readonly string[] = []) {
    this.#by = by;
    for (const key of keys) this.#of(key);
  }

  #of(key: string): Sum {
    let sum = this.#sums.get(key);
    if (!sum) this.#sums.set(key, (sum = { ...noFigures(), duePeriods: 0, gaps: 0 }));
    return sum;
  }

  figures(place: PlaceFigures): void {
    addFigures(this.#of(keyFor(this.#by, place)), place.figures);
    addFigures(this.#total, place.figures);
  }

  /** What was due counts on the month or day that its period ends in. */
  due({ agencyId, feed, period }: Duty): void {
    const key = keyFor(this.#by, { agencyId, feed, period: this.#time(period.last) });
    this.#of(key).duePeriods += 1;
    this.#total.duePeriods += 1;
  }

  gap({ agencyId, feed, last }: Missing): void {
    this.#of(keyFor(this.#by, { agencyId, feed, period: this.#time(last) })).gaps += 1;
    this.#total.gaps += 1;
  }

  #time(day: string): string {
    return this.#by === 'MONTH' ? day.slice(0, 7) : day;
  }

  /** Agencies by rank, the rest by key. */
  rows(): QualityRow[] {
    const rows = [...this.#sums].map(([key, sum]) => rowOf(key, sum));
    rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    if (this.#by !== 'AGENCY') return rows;
    const ranks = ranksOf(rows);
    return rows
      .map((row, i) => ({ ...row, rank: ranks[i] ?? null }))
      .sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || (a.key < b.key ? -1 : 1));
  }

  total(): QualityRow {
    return rowOf('', this.#total);
  }
}
