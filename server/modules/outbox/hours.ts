import { addDays, civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { WorkingCalendar } from '../../lib/working-day.ts';

/** A part of the day in Asia/Shanghai, minutes after midnight; one that ends at or before its start goes over midnight. */
interface TimeWindow {
  readonly from: number;
  readonly until: number;
}

export const WINDOW_DAYS = ['ALL', 'WORKING'] as const;
export type WindowDays = (typeof WINDOW_DAYS)[number];

/** When a platform takes anything: in any of the windows, or all day where there is none. */
export interface Hours {
  /** `01:00-05:00`; a daily cut-off at five is `00:00-17:00`. */
  readonly windows: readonly string[];
  /** Days on which a window may begin. */
  readonly days: WindowDays;
}

export type WorkingDays = Pick<WorkingCalendar, 'isWorkingDay'>;

const SHAPE = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
/** Longer than any run of days off. */
const DAYS_AHEAD = 40;

function parsed(text: string): TimeWindow | undefined {
  const found = SHAPE.exec(text);
  if (!found) return undefined;
  const [, h, m, uh, um] = found.map(Number) as [number, number, number, number, number];
  const until = Number.isNaN(uh) ? DAY_MINUTES : uh * 60 + um;
  return { from: h * 60 + m, until };
}

/** Whether a text is a window; one of no length is none. */
export function isWindow(text: string): boolean {
  const window = parsed(text);
  return window !== undefined && window.from !== window.until;
}

function instantOf(day: CivilDate, minutes: number): number {
  return Date.parse(`${day}T00:00:00+08:00`) + minutes * MINUTE_MS;
}

function occurrences(
  { windows, days }: Hours,
  day: CivilDate,
  calendar: WorkingDays,
): { from: number; until: number }[] {
  if (days === 'WORKING' && !calendar.isWorkingDay(day)) return [];
  const all =
    windows.length === 0 ? [{ from: 0, until: DAY_MINUTES }] : windows.flatMap((text) => parsed(text) ?? []);
  return all.map(({ from, until }) => ({
    from: instantOf(day, from),
    until: instantOf(day, until <= from ? until + DAY_MINUTES : until),
  }));
}

export function isOpen(hours: Hours, now: Date, calendar: WorkingDays): boolean {
  if (hours.windows.length === 0 && hours.days === 'ALL') return true;
  const today = civilDateOf(now);
  const at = now.getTime();
  return [addDays(today, -1), today].some((day) =>
    occurrences(hours, day, calendar).some(({ from, until }) => from <= at && at < until),
  );
}

/** When a closed platform opens; undefined when it is open, or not in the next weeks. */
export function opensAt(hours: Hours, now: Date, calendar: WorkingDays): Date | undefined {
  if (isOpen(hours, now, calendar)) return undefined;
  const today = civilDateOf(now);
  for (let n = 0; n <= DAYS_AHEAD; n += 1) {
    const starts = occurrences(hours, addDays(today, n), calendar)
      .map(({ from }) => from)
      .filter((from) => from > now.getTime());
    if (starts.length > 0) return new Date(Math.min(...starts));
  }
  return undefined;
}

/** What has to wait until a closed platform opens; nothing of an open one. */
export function heldBack(
  hours: Hours,
  waiting: number,
  now: Date,
  calendar: WorkingDays,
): { held?: number; opensAt?: Date } {
  if (waiting === 0 || isOpen(hours, now, calendar)) return {};
  const opening = opensAt(hours, now, calendar);
  return { held: waiting, ...(opening ? { opensAt: opening } : {}) };
}
