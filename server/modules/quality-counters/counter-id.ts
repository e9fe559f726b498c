import type { CivilDate } from '../../lib/civil-date.ts';

export type Unit = 'day' | 'month';

/** Whose figures: an agency's feed over a day (YYYY-MM-DD) or month (YYYY-MM). */
export interface Place {
  readonly unit: Unit;
  readonly period: string;
  readonly agencyId: string;
  /** `<sector>/<feed>` */
  readonly feed: string;
}

const LETTERS = { day: 'd', month: 'm' } as const;

export function monthOf(day: CivilDate): string {
  return day.slice(0, 7);
}

/** Sorts by unit, period, agency, feed. */
export function placeKey({ unit, period, agencyId, feed }: Place): string {
  return `${LETTERS[unit]}|${period}|${agencyId}|${feed}`;
}

export function placeOf(key: string): Place {
  const [letter, period = '', agencyId = '', feed = ''] = key.split('|');
  return { unit: letter === 'd' ? 'day' : 'month', period, agencyId, feed };
}

/** Bounds of the ids of one day or month. */
export function keysOfPeriod(unit: Unit, period: string): { readonly from: string; readonly to: string } {
  return { from: `${LETTERS[unit]}|${period}|`, to: `${LETTERS[unit]}|${period}}` };
}

/** A document's id is its place and the lane that wrote it. */
export function counterId(key: string, lane: number): string {
  return `${key}#${String(lane)}`;
}

export function keyOfCounter(id: string): string {
  return id.slice(0, id.lastIndexOf('#'));
}

/** The lowest id that is behind all lanes of a place. */
export function keyAfter(key: string): string {
  return `${key}$`;
}
