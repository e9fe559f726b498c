import { addDays, civilDate, weekdayOf, yearOf, type CivilDate } from '../../lib/civil-date.ts';

export const CADENCES = ['WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY', 'PER_EVENT'] as const;
/** How often a feed must be reported; PER_EVENT has no periods. */
export type Cadence = (typeof CADENCES)[number];

/** A week `2023-W19` (ISO 8601), month `2023-05`, quarter `2023-Q2` or year `2023`. */
export interface Period {
  readonly name: string;
  readonly cadence: Exclude<Cadence, 'PER_EVENT'>;
  /** First and last day. */
  readonly first: CivilDate;
  readonly last: CivilDate;
}

const two = (n: number): string => String(n).padStart(2, '0');

function monthsFrom(
  cadence: Period['cadence'],
  name: string,
  year: string,
  month: number,
  n: number,
): Period {
  const end = month + n;
  const next = end > 12 ? `${String(Number(year) + 1)}-01-01` : `${year}-${two(end)}-01`;
  return {
    name,
    cadence,
    first: civilDate(`${year}-${two(month)}-01`),
    last: addDays(civilDate(next), -1),
  };
}

function weekOf(monday: CivilDate): Period {
  // The year of a week is that of its Thursday.
  const thursday = addDays(monday, 3);
  const year = yearOf(thursday);
  const days = (Date.parse(thursday) - Date.parse(`${String(year)}-01-01`)) / 86_400_000;
  const name = `${String(year)}-W${two(Math.floor(days / 7) + 1)}`;
  return { name, cadence: 'WEEKLY', first: monday, last: addDays(monday, 6) };
}

function mondayOf(day: CivilDate): CivilDate {
  return addDays(day, -((weekdayOf(day) + 6) % 7));
}

/** The period of a cadence that a day lies in; undefined where there are none. */
export function periodOn(cadence: Cadence, day: CivilDate): Period | undefined {
  const year = day.slice(0, 4);
  const month = Number(day.slice(5, 7));
  switch (cadence) {
    case 'WEEKLY':
      return weekOf(mondayOf(day));
    case 'MONTHLY':
      return parsePeriod(day.slice(0, 7));
    case 'QUARTERLY':
      return parsePeriod(`${year}-Q${String(Math.ceil(month / 3))}`);
    case 'YEARLY':
      return parsePeriod(year);
    default:
      return undefined;
  }
}

/** @returns undefined when it names no period */
export function parsePeriod(name: string): Period | undefined {
  const [, year, quarter, month, week] = /^((?:19|20)\d\d)(?:-Q([1-4])|-(\d\d)|-W(\d\d))?$/.exec(name) ?? [];
  if (year === undefined) return undefined;
  if (quarter !== undefined) return monthsFrom('QUARTERLY', name, year, Number(quarter) * 3 - 2, 3);
  if (month !== undefined) {
    const n = Number(month);
    return n >= 1 && n <= 12 ? monthsFrom('MONTHLY', name, year, n, 1) : undefined;
  }
  if (week !== undefined) {
    // The week of 4 January is the first one.
    const found = weekOf(addDays(mondayOf(civilDate(`${year}-01-04`)), (Number(week) - 1) * 7));
    return found.name === name ? found : undefined;
  }
  return monthsFrom('YEARLY', name, year, 1, 12);
}

/** Periods of a cadence from the one a day lies in to the one another lies in. */
export function periodsBetween(cadence: Cadence, from: CivilDate, to: CivilDate): Period[] {
  const found: Period[] = [];
  for (let day = from; ;) {
    const period = periodOn(cadence, day);
    if (!period || period.first > to) return found;
    found.push(period);
    day = addDays(period.last, 1);
  }
}

/** Months of a period that is made of them; empty for a week. */
export function monthsOf({ cadence, first, last }: Period): string[] {
  if (cadence === 'WEEKLY') return [];
  return periodsBetween('MONTHLY', first, last).map(({ name }) => name);
}
