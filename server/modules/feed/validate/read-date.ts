import { addDays, isCivilDate, LONG_TERM, type CivilDate } from '../../../lib/civil-date.ts';
import { halfWidth } from './clean-text.ts';
import { memo } from './memo.ts';
import { loadFeedRules } from './rules.ts';

const SHAPE =
  /^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d{2})(\d{2}))(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;
/** Day 0 of the date numbers of a workbook, for all days after 1900-02-28 (which it counts one too many). */
const SERIAL_ORIGIN = '1899-12-30' as CivilDate;
const LAST_SERIAL = 2_958_465;
const LAST_YEAR = '9999';

/** The day behind a number in a date cell: a date number of a workbook, or YYYYMMDD typed as a number. */
export function serialDateText(value: number): string {
  const day = Math.trunc(value);
  if (day >= 10_000_101) return String(day);
  if (day < 0 || day > LAST_SERIAL) return String(value);
  // Before March 1900 only the day 0 and 1 occur: what spreadsheets make of an empty date.
  if (day < 61) return day < 2 ? '1900-01-01' : addDays('1899-12-31' as CivilDate, day);
  return addDays(SERIAL_ORIGIN, day);
}

export type ReadDate = CivilDate | '' | undefined;

/**
 * Reads a calendar day as agencies write it: 2024/2/2, 2024-02-02, 2024.2.2, 20240202, 2024年2月2日, with a time of
 * day or not, or the date number of a workbook. A time with a zone is refused: its day depends on the zone.
 * @returns an empty text for the null dates of exports, undefined when it is no day
 */
export function readDate(text: string, endDate: boolean): ReadDate {
  return endDate ? readEndDate(text) : readPlainDate(text);
}

const readPlainDate = memo((text) => read(text, false));
const readEndDate = memo((text) => read(text, true));

function read(text: string, endDate: boolean): ReadDate {
  const rules = loadFeedRules();
  const plain = halfWidth(text);
  if (endDate && rules.longTerm.has(plain)) return LONG_TERM;
  if (/^\d{5}$/.test(plain)) return read(serialDateText(Number(plain)), endDate);
  const match = SHAPE.exec(plain);
  if (!match) return undefined;
  const month = (match[3] ?? match[5] ?? match[7]) as string;
  const day = (match[4] ?? match[6] ?? match[8]) as string;
  const date = `${match[1] as string}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (rules.nullDates.has(date)) return '';
  if (date > LONG_TERM && (endDate || match[1] === LAST_YEAR))
    return isShaped(month, day) ? LONG_TERM : undefined;
  return isCivilDate(date) ? date : undefined;
}

/** 9999-99-99 is no "far future", it is a slip. */
function isShaped(month: string, day: string): boolean {
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
}
