import type { CivilDate } from '../lib/civil-date.ts';
import type { WorkingCalendar } from '../lib/working-day.ts';
import type { Random } from './random.ts';

const LIMIT = 7;
const LATEST = 45;
/** Working days between decision and report of those in time; most agencies report within the week. */
const PROMPT = [0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7];

export interface Received {
  /** `YYYY-MM-DD HH:mm:ss`, Asia/Shanghai. */
  readonly at: string;
  /** After the seventh working day. */
  readonly late: boolean;
}

/**
 * When a decision reached the platform, within office hours. A decision too fresh to be late by `until` is in time, so
 * the share of late ones comes out a little lower at the end of a period.
 */
export function receivedAt(
  random: Random,
  decidedOn: CivilDate,
  rules: { readonly calendar: WorkingCalendar; readonly lateShare: number; readonly until: CivilDate },
): Received {
  const { calendar, until } = rules;
  const delay = random.chance(rules.lateShare)
    ? LIMIT + 1 + random.below(LATEST - LIMIT)
    : random.pick(PROMPT);
  const wanted = calendar.addWorkingDays(decidedOn, delay).date;
  const day = wanted <= until ? wanted : decidedOn;
  const time = [9 + random.below(8), random.below(60), random.below(60)].map((n) =>
    String(n).padStart(2, '0'),
  );
  return { at: `${day} ${time.join(':')}`, late: wanted <= until && delay > LIMIT };
}
