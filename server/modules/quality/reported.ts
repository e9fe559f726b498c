import type { Db } from '../../db/connect.ts';
import type { CivilDate } from '../../lib/civil-date.ts';
import type { CreditRecordService } from '../credit-record/index.ts';
import { figuresIn, monthOf } from '../quality-counters/index.ts';
import type { Duty } from './duties.ts';
import { monthsOf } from './period.ts';

/**
 * Days on which feeds brought rows and months they decided in, read once for many duties: a document per feed and day or
 * month.
 */
export class ReportedDays {
  readonly #days = new Map<string, Set<string>>();
  /** `<agency>|<feed>|<month>` with stored decisions. */
  readonly #decided = new Set<string>();
  readonly #records: Pick<CreditRecordService, 'countDecided'>;

  private constructor(records: Pick<CreditRecordService, 'countDecided'>) {
    this.#records = records;
  }

  static async read(
    db: Db,
    records: Pick<CreditRecordService, 'countDecided'>,
    range: { readonly from: CivilDate; readonly to: CivilDate; readonly agencyId?: string },
  ): Promise<ReportedDays> {
    const reported = new ReportedDays(records);
    for await (const { agencyId, feed, period, figures } of figuresIn(db, { unit: 'day', ...range })) {
      if (figures.received === 0) continue;
      const key = `${agencyId}|${feed}`;
      const days = reported.#days.get(key);
      if (days) days.add(period);
      else reported.#days.set(key, new Set([period]));
    }
    const months = { ...range, unit: 'month' as const, from: monthOf(range.from), to: monthOf(range.to) };
    for await (const { agencyId, feed, period, figures } of figuresIn(db, months))
      if (figures.decided > 0) reported.#decided.add(`${agencyId}|${feed}|${period}`);
    return reported;
  }

  /** Rows were received in the period, or decisions of the period came at another time. */
  async has({ agencyId, feed, period }: Duty): Promise<boolean> {
    const { first, last, cadence } = period;
    for (const day of this.#days.get(`${agencyId}|${feed}`) ?? [])
      if (day >= first && day <= last) return true;
    const months = cadence === 'WEEKLY' ? [monthOf(first), monthOf(last)] : monthsOf(period);
    if (!months.some((month) => this.#decided.has(`${agencyId}|${feed}|${month}`))) return false;
    if (cadence !== 'WEEKLY') return true;
    return (await this.#records.countDecided(agencyId, feed, [first, last], 1)) > 0;
  }
}
