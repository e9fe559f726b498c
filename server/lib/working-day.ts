import { addDays, weekdayOf, yearOf, type CivilDate } from './civil-date.ts';

/** One year's exceptions from the State Council's notice: days off, and weekend days worked instead (调休). */
export interface CalendarYear {
  readonly year: number;
  readonly off: readonly string[];
  readonly work: readonly string[];
}

/** `provisional` says that a year without a notice was crossed, so plain weekdays were counted there. */
export interface Deadline {
  readonly date: CivilDate;
  readonly provisional: boolean;
}

/**
 * Working days of the loaded years. The notice for a year appears only late in the year before, so a missing
 * year is normal: it counts plain weekdays and marks the answer provisional, to be recomputed once loaded.
 */
export class WorkingCalendar {
  readonly #shipped: ReadonlyMap<number, CalendarYear>;
  #years = new Set<number>();
  #off = new Set<string>();
  #work = new Set<string>();
  #edition = 0;

  constructor(years: Iterable<CalendarYear>) {
    this.#shipped = new Map([...years].map((year) => [year.year, year]));
    this.announce([]);
  }

  /** Years announced since, in place of what the constructor was given for them; of an earlier call none are left. */
  announce(announced: readonly CalendarYear[]): void {
    const years = [
      ...new Map([...this.#shipped, ...announced.map((year) => [year.year, year] as const)]).values(),
    ];
    this.#years = new Set(years.map(({ year }) => year));
    this.#off = new Set(years.flatMap(({ off }) => off));
    this.#work = new Set(years.flatMap(({ work }) => work));
    this.#edition += 1;
  }

  /** Another one after every `announce`: what was worked out by an earlier one may be wrong. */
  get edition(): number {
    return this.#edition;
  }

  hasYear(year: number): boolean {
    return this.#years.has(year);
  }

  isWorkingDay(date: CivilDate): boolean {
    if (this.#work.has(date)) return true;
    if (this.#off.has(date)) return false;
    const weekday = weekdayOf(date);
    return weekday !== 0 && weekday !== 6;
  }

  /**
   * The n-th working day after `from`, which itself is day 0 (the 7-working-day limit of 双公示, 424号).
   * @throws RangeError when n is not a whole number from 0 to 10,000
   */
  addWorkingDays(from: CivilDate, n: number): Deadline {
    if (!Number.isInteger(n) || n < 0 || n > 10_000)
      throw new RangeError(`not a number of working days: ${n}`);
    let date = from;
    let provisional = !this.hasYear(yearOf(from));
    for (let left = n; left > 0;) {
      date = addDays(date, 1);
      if (!this.hasYear(yearOf(date))) provisional = true;
      if (this.isWorkingDay(date)) left -= 1;
    }
    return { date, provisional };
  }

  /** Working days in (from, to]; 0 when `to` is not after `from`. */
  workingDaysBetween(from: CivilDate, to: CivilDate): number {
    let count = 0;
    for (let date = from; date < to;) {
      date = addDays(date, 1);
      if (this.isWorkingDay(date)) count += 1;
    }
    return count;
  }
}
