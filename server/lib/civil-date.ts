/** A calendar day in Asia/Shanghai, `YYYY-MM-DD`; compares correctly as text. */
export type CivilDate = string & { readonly __brand: 'CivilDate' };

/** Means 长期 (long-term) wherever a template asks for an end date. */
export const LONG_TERM = '2099-12-31' as CivilDate;

const DAY_MS = 86_400_000;
const SHANGHAI_MS = 8 * 3_600_000;
const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Accepts only real calendar days; 2023-02-29 is not one. */
export function isCivilDate(text: string): text is CivilDate {
  const match = SHAPE.exec(text);
  if (!match) return false;
  const [month, day] = [Number(match[2]), Number(match[3])];
  if (month >= 1 && month <= 12 && day >= 1 && day <= 28) return true;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** @throws RangeError when the text is not a real day */
export function civilDate(text: string): CivilDate {
  if (!isCivilDate(text)) throw new RangeError(`not a calendar day: ${text}`);
  return text;
}

let last = { at: Number.NaN, date: LONG_TERM };

/** The day on the wall clock of Shanghai (UTC+8, no daylight saving since 1991) at this instant. */
export function civilDateOf(instant: Date): CivilDate {
  const at = instant.getTime();
  // The rows of a file share an instant, and are asked about twice each.
  if (at !== last.at) last = { at, date: new Date(at + SHANGHAI_MS).toISOString().slice(0, 10) as CivilDate };
  return last.date;
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10) as CivilDate;
}

/** 0 Sunday … 6 Saturday. */
export function weekdayOf(date: CivilDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

export function yearOf(date: CivilDate): number {
  return Number(date.slice(0, 4));
}

/** The same day so many years on; 29 February becomes 28 February where there is none. */
export function addYears(date: CivilDate, years: number): CivilDate {
  const year = String(Number(date.slice(0, 4)) + years).padStart(4, '0');
  const same = `${year}${date.slice(4)}`;
  return isCivilDate(same) ? same : (`${year}-02-28` as CivilDate);
}
