import { asNumber, bsonTypeOf, type Doc } from './bson.ts';
import { fail } from './error.ts';
import { dateOfText, typeName } from './expression-convert.ts';
import { isNothing } from './expression-number.ts';

const DAY_MS = 86_400_000;

/** @throws MongoError 16006 for what is no moment in time */
function dateOf(value: unknown): Date {
  if (value instanceof Date) return value;
  if (bsonTypeOf(value) === 'ObjectId') return (value as { getTimestamp(): Date }).getTimestamp();
  return fail(16006, `can't convert from BSON type ${typeName(value)} to Date`);
}

const zones = new Map<string, Intl.DateTimeFormat>();

/** By how much the clocks of a zone are ahead of UTC at a moment. @throws MongoError 40485 for an unknown zone */
export function offsetOf(zone: unknown, at: Date): number {
  if (isNothing(zone)) return 0;
  const name = String(zone);
  const fixed = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(name);
  if (fixed) return Number(`${fixed[1] ?? ''}1`) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)) * 60_000;
  let format = zones.get(name);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch {
      return fail(40485, `unrecognized time zone identifier: "${name}"`);
    }
    zones.set(name, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at.getTime() / 1000) * 1000;
}

const startOfYear = (year: number): number => Date.UTC(year, 0, 1);
const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - startOfYear(date.getUTCFullYear())) / DAY_MS);

/** The Thursday of a date's week decides its ISO year. */
function isoThursday(date: Date): Date {
  const weekday = (date.getUTCDay() + 6) % 7;
  return new Date(date.getTime() + (3 - weekday) * DAY_MS);
}

/** Each reads a date whose UTC fields show the local time. */
const PARTS: Readonly<Record<string, (date: Date) => number>> = {
  $year: (date) => date.getUTCFullYear(),
  $month: (date) => date.getUTCMonth() + 1,
  $dayOfMonth: (date) => date.getUTCDate(),
  $hour: (date) => date.getUTCHours(),
  $minute: (date) => date.getUTCMinutes(),
  $second: (date) => date.getUTCSeconds(),
  $millisecond: (date) => date.getUTCMilliseconds(),
  $dayOfYear: (date) => dayOfYear(date) + 1,
  $dayOfWeek: (date) => date.getUTCDay() + 1,
  $week: (date) => Math.floor((dayOfYear(date) + 7 - date.getUTCDay()) / 7),
  $isoDayOfWeek: (date) => date.getUTCDay() || 7,
  $isoWeek: (date) => Math.floor(dayOfYear(isoThursday(date)) / 7) + 1,
  $isoWeekYear: (date) => isoThursday(date).getUTCFullYear(),
};

/** The operators that read one part of a date, given `{date, timezone}`. */
export const DATE_PARTS: Readonly<Record<string, (spec: Doc) => unknown>> = Object.fromEntries(
  Object.entries(PARTS).map(([name, read]) => [
    name,
    ({ date, timezone }: Doc) => {
      if (isNothing(date) || timezone === null) return null;
      const at = dateOf(date);
      return read(new Date(at.getTime() + offsetOf(timezone, at)));
    },
  ]),
);

const FIXED_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
};
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const ORIGIN = Date.UTC(2000, 0, 1);

/** Bins are counted from the start of 2000, local time. */
function truncate({ date, unit, binSize = 1, timezone, startOfWeek = 'sunday' }: Doc): unknown {
  if ([date, unit, binSize, startOfWeek].some(isNothing) || timezone === null) return null;
  const at = dateOf(date);
  const local = at.getTime() + offsetOf(timezone, at);
  const bins = asNumber(binSize) ?? 0;
  if (!Number.isInteger(bins) || bins < 1) return fail(5439018, '$dateTrunc takes a positive whole binSize');
  const months = MONTHS[String(unit)];
  const fixed = FIXED_MS[String(unit)];
  let start: number;
  if (months !== undefined) {
    const shown = new Date(local);
    const since = (shown.getUTCFullYear() - 2000) * 12 + shown.getUTCMonth();
    start = Date.UTC(2000, Math.floor(since / (months * bins)) * months * bins, 1);
  } else if (fixed !== undefined) {
    const first = WEEKDAYS.indexOf(String(startOfWeek).toLowerCase().slice(0, 3));
    if (first < 0) return fail(5439015, `unknown startOfWeek ${String(startOfWeek)}`);
    // The first of January 2000 was a Saturday.
    const origin = unit === 'week' ? ORIGIN + ((first - 6 + 7) % 7) * DAY_MS : ORIGIN;
    start = origin + Math.floor((local - origin) / (fixed * bins)) * fixed * bins;
  } else return fail(5439014, `unknown time unit ${String(unit)}`);
  const guess = new Date(start - offsetOf(timezone, at));
  return new Date(start - offsetOf(timezone, guess));
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');
const sign = (offset: number): string => (offset < 0 ? '-' : '+');

/** What may stand in a format: how many characters a value has, and where it comes from. */
const SPECIFIERS: Readonly<Record<string, readonly [string, number]>> = {
  Y: ['$year', 4],
  m: ['$month', 2],
  d: ['$dayOfMonth', 2],
  H: ['$hour', 2],
  M: ['$minute', 2],
  S: ['$second', 2],
  L: ['$millisecond', 3],
  j: ['$dayOfYear', 3],
  u: ['$isoDayOfWeek', 1],
  w: ['$dayOfWeek', 1],
  U: ['$week', 2],
  V: ['$isoWeek', 2],
  G: ['$isoWeekYear', 4],
};

function formatted({ date, format, timezone, onNull = null }: Doc): unknown {
  if (isNothing(date)) return onNull;
  if (timezone === null || format === null) return null;
  const at = dateOf(date);
  const offset = offsetOf(timezone, at);
  const shown = new Date(at.getTime() + offset);
  const minutes = Math.abs(offset) / 60_000;
  const zone = isNothing(timezone)
    ? 'Z'
    : `${sign(offset)}${pad(Math.floor(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
  const pattern = format === undefined ? `%Y-%m-%dT%H:%M:%S.%L${offset === 0 ? 'Z' : ''}` : String(format);
  return pattern.replace(/%(.?)/gs, (_whole, letter: string) => {
    if (letter === '%') return '%';
    if (letter === 'z') return zone === 'Z' ? '+0000' : zone;
    if (letter === 'Z') return String(offset / 60_000);
    const [part, length] =
      SPECIFIERS[letter] ?? fail(18536, `Invalid format character '%${letter}' in format string`);
    return pad(PARTS[part]?.(shown) ?? 0, length);
  });
}

/** Brings a text of a given format into the form of ISO 8601. @throws MongoError 241 */
function asIso(text: string, format: string): string {
  const order: string[] = [];
  const source = format.replace(/%(.)|[.*+?^${}()|[\]\\]/gs, (whole, letter: string | undefined) => {
    if (letter === undefined) return `\\${whole}`;
    if (letter === '%') return '%';
    if (!'YmdHMSLz'.includes(letter))
      return fail(18536, `Invalid format character '%${letter}' in format string`);
    order.push(letter);
    return letter === 'z' ? '([+-]\\d{2}:?\\d{2}|Z)' : `(\\d{${String(SPECIFIERS[letter]?.[1] ?? 2)}})`;
  });
  const found = new RegExp(`^${source}$`).exec(text);
  if (!found) return fail(241, `Error parsing date string '${text}'`);
  const {
    Y = '',
    m = '01',
    d = '01',
    H = '00',
    M = '00',
    S = '00',
    L = '000',
    z = '',
  } = Object.fromEntries(order.map((letter, i) => [letter, found[i + 1]]));
  return `${Y}-${m}-${d}T${H}:${M}:${S}.${L}${z}`;
}

function fromString({ dateString: given, format, timezone }: Doc): unknown {
  if (typeof given !== 'string') return fail(241, '$dateFromString requires that dateString be a string');
  const dateString = isNothing(format) ? given : asIso(given, String(format));
  const shown = dateOfText(dateString, 0);
  const zone = offsetOf(timezone, shown);
  return dateOfText(dateString, offsetOf(timezone, new Date(shown.getTime() - zone)));
}

const CALENDAR_PARTS = [
  ['year', '$year'],
  ['month', '$month'],
  ['day', '$dayOfMonth'],
] as const;
const ISO_PARTS = [
  ['isoWeekYear', '$isoWeekYear'],
  ['isoWeek', '$isoWeek'],
  ['isoDayOfWeek', '$isoDayOfWeek'],
] as const;
const TIME_PARTS = [
  ['hour', '$hour'],
  ['minute', '$minute'],
  ['second', '$second'],
  ['millisecond', '$millisecond'],
] as const;

/** Operators whose operand is one document, all of it evaluated. */
export const DATE_FUNCTIONS: Readonly<Record<string, (spec: Doc) => unknown>> = {
  $dateTrunc: truncate,
  $dateToString: formatted,
  $dateToParts({ date, timezone, iso8601 = false }) {
    if (isNothing(date) || timezone === null || iso8601 === null) return null;
    const days = iso8601 === true ? ISO_PARTS : CALENDAR_PARTS;
    return Object.fromEntries(
      [...days, ...TIME_PARTS].map(([name, part]) => [name, DATE_PARTS[part]?.({ date, timezone })]),
    );
  },
  $dateFromString(spec) {
    if (isNothing(spec['dateString'])) return 'onNull' in spec ? spec['onNull'] : null;
    try {
      return fromString(spec);
    } catch (error) {
      if ('onError' in spec) return spec['onError'];
      throw error;
    }
  },
};
