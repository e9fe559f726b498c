import { addDays, civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import { dutyKey } from './duties.ts';
import type { DutyOfAgency, DutyService } from './duty.service.ts';
import type { NewNotice, NoticeService } from './notice.service.ts';
import { activeAgencies } from './report.service.ts';
import { CADENCE_FILE } from './rules.ts';
import type { SilenceDeps } from './silence.service.ts';

interface ReminderDeps extends SilenceDeps {
  readonly duties: DutyService;
  readonly notices: NoticeService;
}

/** Reminds agencies of what is due, overdue or missing, on working days. */
export class ReminderService {
  readonly #deps: ReminderDeps;

  constructor(deps: ReminderDeps) {
    this.#deps = deps;
  }

  /** Sends what was not sent today; running twice sends nothing twice. On days off it does nothing. */
  async remind(signal: AbortSignal): Promise<{ sent: number }> {
    const { calendar, clock, organizations, duties, notices, gaps } = this.#deps;
    const today = civilDateOf(clock.now());
    let sent = 0;
    if (!calendar.isWorkingDay(today)) return { sent };
    const open = await gaps.openBetween(addDays(today, -CADENCE_FILE.lookBackDays), today);
    const missing = new Set(open.map(({ _id }) => _id));
    for (const agency of await activeAgencies(organizations)) {
      signal.throwIfAborted();
      const own = await duties.dutiesOf(agency);
      sent += await notices.send(own.flatMap((duty) => noticeOf(duty, missing, today) ?? []));
    }
    return { sent };
  }
}

function noticeOf(
  { agencyId, feed, period, dueOn, state }: DutyOfAgency,
  missing: ReadonlySet<string>,
  today: CivilDate,
): NewNotice | undefined {
  if (state !== 'DUE_SOON' && state !== 'OVERDUE') return undefined;
  const id = dutyKey(agencyId, feed, period.name);
  const kind = state === 'OVERDUE' && missing.has(id) ? 'GAP' : state;
  return {
    key: `${id}|${today}`,
    organizationId: agencyId,
    kind,
    params: { feed, period: period.name, dueOn },
  };
}
