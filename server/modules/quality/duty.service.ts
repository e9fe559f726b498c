import { Types } from 'mongoose';
import { actorOf, requirePermission, type Viewer } from '../../auth/viewer.ts';
import { addDays, civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import { InputError, NotFoundError, RuleError } from '../../lib/errors.ts';
import type { AuditService } from '../audit/index.ts';
import type { Organization } from '../organization/index.ts';
import { dueDayOf, dutiesOf, dutyKey, feedsOf, isOwedBy, type Duty } from './duties.ts';
import type { DecisionCountDoc } from './gap.model.ts';
import { parsePeriod, type Period } from './period.ts';
import { agencyFor } from './quality.policy.ts';
import { activeAgencies } from './report.service.ts';
import { ReportedDays } from './reported.ts';
import { CADENCE_FILE } from './rules.ts';
import type { SilenceDeps, SilenceService } from './silence.service.ts';

/**
 * RUNNING: the period is not over. WAITING: over, not reported, not due. DUE_SOON: the same, some working days before.
 * OVERDUE: not reported and past its day; a gap, once the job has found it.
 */
export type DutyState = 'RUNNING' | 'WAITING' | 'DUE_SOON' | 'OVERDUE' | 'REPORTED' | 'ZERO';

export interface DutyOfAgency extends Duty {
  readonly state: DutyState;
}

export interface DecisionCount {
  readonly agencyId: string;
  readonly feed: string;
  readonly period: string;
  readonly count: number;
  /** How many of them the agency shows on its own site. */
  readonly published?: number | null;
  /** Why some were not reported. */
  readonly reason?: string | null;
  readonly source: string;
}

interface DutyDeps extends SilenceDeps {
  readonly audit: AuditService;
  readonly silence: SilenceService;
}

/** Ended periods of so many days are shown. */
const SHOWN_DAYS = 45;
/** A year that began lately ends within so many days. */
const YEAR_DAYS = 370;
const MOST_COUNTED = 100_000_000;

/** What agencies have to report and when, zero reports, and the counts of their own systems. */
export class DutyService {
  readonly #deps: DutyDeps;

  constructor(deps: DutyDeps) {
    this.#deps = deps;
  }

  /**
   * Duties of an agency: the periods under way and those that ended lately, latest first.
   * @throws ForbiddenError; NotFoundError for another agency's; InputError QUALITY_AGENCY_MISSING when none is named
   */
  async duties(viewer: Viewer, asked?: string): Promise<DutyOfAgency[]> {
    const agencyId = agencyFor(viewer, asked);
    if (agencyId === undefined) throw new InputError(['agency'], 'QUALITY_AGENCY_MISSING');
    const agency = await this.#deps.organizations.byId(agencyId);
    if (agency?.kind !== 'AGENCY') throw new NotFoundError('QUALITY_NOT_FOUND');
    const duties = await this.dutiesOf(agency);
    return duties.sort(
      (a, b) =>
        (a.period.last < b.period.last ? 1 : a.period.last > b.period.last ? -1 : 0) ||
        (a.feed < b.feed ? -1 : 1),
    );
  }

  /** The same for the program itself. */
  async dutiesOf(agency: Organization): Promise<DutyOfAgency[]> {
    const { clock, db, records, gaps, sectors } = this.#deps;
    const today = civilDateOf(clock.now());
    const range = { from: addDays(today, -SHOWN_DAYS), to: addDays(today, YEAR_DAYS) };
    const duties = dutiesOf(agency, sectors, this.#deps.calendar, range).filter(
      ({ period }) => period.first <= today,
    );
    const from = duties.reduce((first, { period }) => (period.first < first ? period.first : first), today);
    const reported = await ReportedDays.read(db, records, { from, to: today, agencyId: agency.id });
    const zeros = await gaps.zerosBetween(from, range.to);
    const found: DutyOfAgency[] = [];
    for (const duty of duties) {
      const zero = zeros.has(dutyKey(duty.agencyId, duty.feed, duty.period.name));
      const state = zero ? 'ZERO' : (await reported.has(duty)) ? 'REPORTED' : this.#stateOf(duty, today);
      found.push({ ...duty, state });
    }
    return found;
  }

  #stateOf({ period, dueOn }: Duty, today: CivilDate): DutyState {
    if (period.last >= today) return 'RUNNING';
    if (dueOn < today) return 'OVERDUE';
    const left = this.#deps.calendar.workingDaysBetween(today, dueOn);
    return left <= CADENCE_FILE.remindWorkingDaysBefore ? 'DUE_SOON' : 'WAITING';
  }

  /**
   * Says for the viewer's agency that nothing was decided in a period. Saying it again changes nothing.
   * @throws InputError QUALITY_PERIOD_INVALID; NotFoundError QUALITY_NOT_FOUND for a feed of another agency; RuleError
   *   QUALITY_PERIOD_RUNNING before its end, QUALITY_ZERO_NOT_TRUE where decisions are stored
   */
  async fileZero(
    viewer: Viewer,
    { feed, period: name }: { feed: string; period: string },
  ): Promise<DutyOfAgency> {
    requirePermission(viewer, 'quality:report');
    const { clock, gaps, records, db, audit, organizations, sectors, silence } = this.#deps;
    const agency = await organizations.byId(viewer.organizationId ?? '');
    if (agency?.kind !== 'AGENCY' || !feedsOf(agency, sectors).includes(feed))
      throw new NotFoundError('QUALITY_NOT_FOUND');
    const period = parsePeriod(name);
    if (!period || !isOwedBy(period, feed, sectors))
      throw new InputError(['period'], 'QUALITY_PERIOD_INVALID', { period: name });
    const now = clock.now();
    const today = civilDateOf(now);
    if (period.last >= today) throw new RuleError('QUALITY_PERIOD_RUNNING', { last: period.last });
    const duty = { agencyId: agency.id, feed, period, dueOn: dueDayOf(this.#deps.calendar, period) };
    const range = { from: period.first, to: period.last, agencyId: agency.id };
    if (await (await ReportedDays.read(db, records, range)).has(duty))
      throw new RuleError('QUALITY_ZERO_NOT_TRUE');
    const _id = dutyKey(agency.id, feed, name);
    const zero = {
      _id,
      agencyId: new Types.ObjectId(agency.id),
      last: period.last,
      at: now,
      by: actorOf(viewer),
    };
    if (await gaps.fileZero(zero))
      await audit.record(viewer, {
        action: 'quality:zero-report',
        object: `organization:${agency.id}`,
        result: 'OK',
        detail: { feed, period: name },
      });
    const gap = await gaps.byId(_id);
    if (gap?.open && (await silence.isMended(gap))) await gaps.close(_id, now);
    return { ...duty, state: 'ZERO' };
  }

  /**
   * Keeps what the systems of agencies count; a count that came before is replaced.
   * @param before how many there were before these, for what is told of a bad one
   * @throws InputError on an unknown agency, feed or period or a bad count, with its place; nothing is kept then
   */
  async saveCounts(viewer: Viewer, counts: readonly DecisionCount[], before = 0): Promise<number> {
    requirePermission(viewer, 'quality:manage');
    const agencies = new Map((await activeAgencies(this.#deps.organizations)).map((one) => [one.id, one]));
    const at = this.#deps.clock.now();
    const docs = counts.map((count, i) => this.#countDoc(count, before + i, agencies, at));
    await this.#deps.gaps.saveCounts(docs);
    await this.#deps.audit.record(viewer, {
      action: 'quality:decision-counts',
      object: 'decision-counts:-',
      result: 'OK',
      detail: { counts: docs.length },
    });
    return docs.length;
  }

  #countDoc(
    { agencyId, feed, period: name, count, published, reason, source }: DecisionCount,
    place: number,
    agencies: ReadonlyMap<string, Organization>,
    at: Date,
  ): DecisionCountDoc {
    const path = (field: string): string[] => ['counts', String(place), field];
    const agency = agencies.get(agencyId);
    if (!agency) throw new InputError(path('agency'), 'QUALITY_COUNT_AGENCY', { place: place + 1 });
    if (!feedsOf(agency, this.#deps.sectors).includes(feed))
      throw new InputError(path('feed'), 'QUALITY_COUNT_FEED', { place: place + 1, feed });
    const period: Period | undefined = parsePeriod(name);
    if (!period) throw new InputError(path('period'), 'QUALITY_PERIOD_INVALID', { period: name });
    if (![count, published ?? 0].every((n) => Number.isInteger(n) && n >= 0 && n <= MOST_COUNTED))
      throw new InputError(path('count'), 'QUALITY_COUNT_INVALID', { place: place + 1 });
    const _id = dutyKey(agencyId, feed, name);
    const own = { agencyId: new Types.ObjectId(agencyId), feed, period: name, last: period.last };
    const said = {
      ...(published == null ? {} : { published }),
      ...(reason?.trim() ? { reason: reason.trim().slice(0, 500) } : {}),
    };
    return { _id, ...own, count, ...said, source: source.trim().slice(0, 100), at };
  }
}
