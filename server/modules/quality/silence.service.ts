import { Types } from 'mongoose';
import { addDays, civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { Viewer } from '../../auth/viewer.ts';
import { InputError } from '../../lib/errors.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { CreditRecordService } from '../credit-record/index.ts';
import { figuresIn } from '../quality-counters/index.ts';
import { dueDayOf, dutiesOf, dutyKey, type Duty } from './duties.ts';
import type { GapDoc } from './gap.model.ts';
import { monthsOf, parsePeriod } from './period.ts';
import { agencyFor } from './quality.policy.ts';
import { activeAgencies, type ReportDeps } from './report.service.ts';
import { ReportedDays } from './reported.ts';
import { CADENCE_FILE } from './rules.ts';

export interface SilenceDeps extends ReportDeps {
  readonly records: Pick<CreditRecordService, 'countDecided'>;
}

const PAGE = 500;

/** Finds what was never reported: by the cadence of the feeds, and by the counts of the agencies' own systems. */
export class SilenceService {
  readonly #deps: SilenceDeps;

  constructor(deps: SilenceDeps) {
    this.#deps = deps;
  }

  /**
   * Opens a gap for every period that is due and was not reported, and closes those that were mended since. May stop
   * anywhere and run twice.
   */
  async find(signal: AbortSignal): Promise<{ opened: number; closed: number; open: number }> {
    const { clock, gaps } = this.#deps;
    const today = civilDateOf(clock.now());
    const { from, missing } = await this.#missingOn(today, signal);
    const known = new Map((await gaps.openBetween(from, today)).map((gap) => [gap._id, gap]));
    let opened = 0;
    for (const [id, gap] of missing) {
      signal.throwIfAborted();
      const told = known.get(id);
      if (told?.reason === gap.reason && told.expected === gap.expected && told.found === gap.found) continue;
      if (await gaps.open(gap, clock.now())) opened += 1;
    }
    return { opened, closed: await this.#closeMended(missing, signal), open: missing.size };
  }

  /**
   * What a search on an earlier day should have opened a gap for: periods without rows and without zero report that
   * have none to this day. For `credit verify`.
   */
  async unfoundOn(day: CivilDate): Promise<{ checked: number; ids: readonly string[] }> {
    const { from, missing } = await this.#missingOn(day);
    const open = new Set((await this.#deps.gaps.openBetween(from, day)).map(({ _id }) => _id));
    const silent = [...missing.values()].filter(({ reason }) => reason === 'SILENT');
    return { checked: silent.length, ids: silent.flatMap(({ _id }) => (open.has(_id) ? [] : [_id])) };
  }

  /** Every period that was due before a day and is not reported, or not in full. */
  async #missingOn(today: CivilDate, signal?: AbortSignal) {
    const from = addDays(today, -CADENCE_FILE.lookBackDays);
    const duties = await this.#dueDuties(from, today);
    const short = await this.#short(from, today);
    const missing = new Map(short);
    const zeros = await this.#deps.gaps.zerosBetween(from, today);
    const reported = await this.#reportedFrom(duties, civilDateOf(this.#deps.clock.now()));
    for (const duty of duties) {
      signal?.throwIfAborted();
      const id = dutyKey(duty.agencyId, duty.feed, duty.period.name);
      if (!short.has(id) && !zeros.has(id) && !(await reported.has(duty))) missing.set(id, gapOf(duty));
    }
    return { from, missing };
  }

  async #dueDuties(from: CivilDate, today: CivilDate): Promise<Duty[]> {
    const agencies = await activeAgencies(this.#deps.organizations);
    return agencies.flatMap((agency) =>
      dutiesOf(agency, this.#deps.sectors, this.#deps.calendar, { from, to: today }).filter(
        ({ dueOn }) => dueOn < today,
      ),
    );
  }

  #reportedFrom(duties: readonly Duty[], today: CivilDate): Promise<ReportedDays> {
    const from = duties.reduce((first, { period }) => (period.first < first ? period.first : first), today);
    return ReportedDays.read(this.#deps.db, this.#deps.records, { from, to: today });
  }

  /** Periods for which another system counts more decisions than are stored. */
  async #short(from: CivilDate, today: CivilDate) {
    const found = new Map<string, Omit<GapDoc, 'open' | 'openedAt'>>();
    for (const { _id, agencyId, feed, period: name, last, count } of await this.#deps.gaps.countsBetween(
      from,
      today,
    )) {
      const period = parsePeriod(name);
      if (!period || dueDayOf(this.#deps.calendar, period) >= today) continue;
      const stored = await this.#stored({ agencyId: agencyId.toHexString(), feed, period });
      if (stored >= count) continue;
      const dueOn = dueDayOf(this.#deps.calendar, period);
      const numbers = { expected: count, found: stored };
      found.set(_id, { _id, agencyId, feed, period: name, last, dueOn, reason: 'SHORT', ...numbers });
    }
    return found;
  }

  /** Stored decisions of a period: from the monthly figures, for a week from the records. */
  async #stored({ agencyId, feed, period }: Pick<Duty, 'agencyId' | 'feed' | 'period'>): Promise<number> {
    const months = monthsOf(period);
    const [from, to] = [months[0], months.at(-1)];
    if (from === undefined || to === undefined)
      return this.#deps.records.countDecided(agencyId, feed, [period.first, period.last]);
    let sum = 0;
    for await (const place of figuresIn(this.#deps.db, { unit: 'month', from, to, agencyId }))
      if (place.feed === feed) sum += place.figures.decided;
    return sum;
  }

  /** Looks again at every open gap that was not found this time, those from before the days looked back on too. */
  async #closeMended(missing: ReadonlyMap<string, unknown>, signal: AbortSignal): Promise<number> {
    const { gaps, clock } = this.#deps;
    let closed = 0;
    let after: { last: string; id: string } | undefined;
    for (;;) {
      const page = await gaps.page({ open: true }, after, PAGE);
      for (const gap of page) {
        signal.throwIfAborted();
        if (!missing.has(gap._id) && (await this.isMended(gap)) && (await gaps.close(gap._id, clock.now())))
          closed += 1;
      }
      const end = page.at(-1);
      if (!end) return closed;
      after = { last: end.last, id: end._id };
    }
  }

  async isMended({ _id, agencyId, feed, period: name }: GapDoc): Promise<boolean> {
    const period = parsePeriod(name);
    if (!period) return true;
    const duty = {
      agencyId: agencyId.toHexString(),
      feed,
      period,
      dueOn: dueDayOf(this.#deps.calendar, period),
    };
    const expected = await this.#deps.gaps.countOf(_id);
    if (expected !== undefined) return (await this.#stored(duty)) >= expected;
    if (await this.#deps.gaps.hasZero(_id)) return true;
    return (await this.#reportedIn(duty)).has(duty);
  }

  #reportedIn({ agencyId, period }: Duty): Promise<ReportedDays> {
    const { db, records } = this.#deps;
    return ReportedDays.read(db, records, { from: period.first, to: period.last, agencyId });
  }

  /**
   * Gaps, latest period first: an agency's own, all for the centre.
   * @throws ForbiddenError; NotFoundError for another agency's; InputError on a bad page
   */
  async gaps(
    viewer: Viewer,
    { agencyId: asked, open = true }: { agencyId?: string; open?: boolean },
    page: PageArgs,
  ): Promise<Page<GapDoc>> {
    const agencyId = agencyFor(viewer, asked);
    const first = pageSize(page);
    const found = await this.#deps.gaps.page(
      { open, ...(agencyId === undefined ? {} : { agencyId }) },
      placeOf(page.after),
      first + 1,
    );
    return pageOf(
      found,
      first,
      ({ last, _id }) => [last, _id],
      (gap) => gap,
    );
  }
}

function gapOf({ agencyId, feed, period, dueOn }: Duty): Omit<GapDoc, 'open' | 'openedAt'> {
  return {
    _id: dutyKey(agencyId, feed, period.name),
    agencyId: new Types.ObjectId(agencyId),
    feed,
    period: period.name,
    last: period.last,
    dueOn,
    reason: 'SILENT',
  };
}

function placeOf(cursor: string | undefined): { last: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [last, id] = decodeCursor(cursor, 2);
  if (typeof last !== 'string' || typeof id !== 'string') throw new InputError(['after'], 'CURSOR_INVALID');
  return { last, id };
}
