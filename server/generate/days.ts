import { addDays, civilDate, weekdayOf, type CivilDate } from '../lib/civil-date.ts';
import type { WorkingCalendar } from '../lib/working-day.ts';
import { Weighted, type Random } from './random.ts';

/** Offices decide most at the beginning of the week. Index: 0 Sunday … 6 Saturday; weekends are 调休. */
const BY_WEEKDAY = [0.6, 1.15, 1.2, 1.1, 1.0, 0.85, 0.6];
const LONG_BREAK = 3;

/** A list of working days with how much is decided on each: peaks after long holidays and at the year's end. */
export function decisionDays(
  calendar: WorkingCalendar,
  from: CivilDate,
  through: CivilDate,
): Map<CivilDate, number> {
  const weights = new Map<CivilDate, number>();
  let idle = 0;
  let since = Infinity;
  for (let day = from; day <= through; day = addDays(day, 1)) {
    if (!calendar.isWorkingDay(day)) {
      idle += 1;
      continue;
    }
    since = idle >= LONG_BREAK ? 0 : since + 1;
    idle = 0;
    const afterBreak = since === 0 ? 1.8 : since === 1 ? 1.4 : 1;
    const yearEnd = day.slice(5) >= '12-10' ? 1.25 : 1;
    weights.set(day, (BY_WEEKDAY[weekdayOf(day)] as number) * afterBreak * yearEnd);
  }
  return weights;
}

export function yearDays(calendar: WorkingCalendar, year: number, until: CivilDate): Map<CivilDate, number> {
  const last = civilDate(`${String(year)}-12-31`);
  return decisionDays(calendar, civilDate(`${String(year)}-01-01`), until < last ? until : last);
}

/** How many of `count` decisions fall on each day, in the order of the days. */
export function spreadOver(
  days: ReadonlyMap<CivilDate, number>,
  count: number,
  random: Random,
): [CivilDate, number][] {
  const dates = [...days.keys()];
  const counts = dates.map(() => 0);
  const weighted = new Weighted(dates.map((_, i) => [i, days.get(dates[i] as CivilDate) ?? 0] as const));
  for (let i = 0; i < count; i += 1) {
    const at = weighted.draw(random);
    counts[at] = (counts[at] as number) + 1;
  }
  return dates.map((date, i) => [date, counts[i] as number] as [CivilDate, number]).filter(([, n]) => n > 0);
}
