import { systemViewer, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import { civilDateOf } from '../../lib/civil-date.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError } from '../../lib/errors.ts';
import type { WorkingCalendar } from '../../lib/working-day.ts';
import type { Organization, OrganizationService } from '../organization/index.ts';
import { figuresIn } from '../quality-counters/index.ts';
import type { SectorService } from '../sector/index.ts';
import { originOf } from '../template/index.ts';
import { dutiesOf, dutyKey, type Duty } from './duties.ts';
import type { GapRepository } from './gap.repository.ts';
import { monthsOf, parsePeriod, type Period } from './period.ts';
import { agencyFor } from './quality.policy.ts';
import { ppm } from './rates.ts';
import { ReportSums, type Grouping, type QualityRow } from './report.ts';
import { RULES } from './rules.ts';

export interface ReportOrder {
  /** Month, quarter or year. */
  readonly period: string;
  readonly by: Grouping;
  /** For the centre: one agency's figures only. */
  readonly agencyId?: string;
}

export interface QualityReport {
  readonly period: string;
  readonly by: Grouping;
  readonly rows: readonly QualityRow[];
  readonly total: QualityRow;
  /** 上报率, parts per million; null where nothing had to be reported. */
  readonly reporting: number | null;
}

export interface ReportDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly calendar: WorkingCalendar;
  readonly organizations: OrganizationService;
  readonly sectors: SectorService;
  readonly gaps: GapRepository;
}

/** @throws InputError QUALITY_PERIOD_INVALID unless it names a month, quarter or year */
export function reportPeriod(name: string): Period {
  const period = parsePeriod(name);
  if (!period || period.cadence === 'WEEKLY')
    throw new InputError(['period'], 'QUALITY_PERIOD_INVALID', { period: name });
  return period;
}

function comesFromAbove(sectors: readonly string[]): boolean {
  return sectors.length > 0 && sectors.every((slug) => originOf(slug) !== undefined);
}

/** Every agency in office that reports to us, by name; not those that hand down what other levels hold. */
export async function activeAgencies(organizations: OrganizationService): Promise<Organization[]> {
  const found: Organization[] = [];
  for (let after: string | undefined; ;) {
    const page = await organizations.list(
      systemViewer,
      { first: 100, ...(after === undefined ? {} : { after }) },
      'AGENCY',
    );
    found.push(...page.nodes.filter(({ active, sectors }) => active && !comesFromAbove(sectors)));
    if (!page.hasNext) return found;
    after = page.cursors.at(-1);
  }
}

/** Figures and rates out of the maintained counters. */
export class ReportService {
  readonly #deps: ReportDeps;

  constructor(deps: ReportDeps) {
    this.#deps = deps;
  }

  /**
   * An agency sees its own figures, the centre all. Costs a read of one counter document per feed, month and lane (per
   * day where it is asked for by day), however many rows there are.
   * @throws InputError QUALITY_PERIOD_INVALID; ForbiddenError; NotFoundError for another agency's
   */
  async report(viewer: Viewer, { period: name, by, agencyId: asked }: ReportOrder): Promise<QualityReport> {
    const agencyId = agencyFor(viewer, asked);
    const period = reportPeriod(name);
    if (by === 'DAY' && period.cadence !== 'MONTHLY')
      throw new InputError(['by'], 'QUALITY_DAYS_OF_MONTH', { period: name });
    const { db, gaps, organizations } = this.#deps;
    const agencies = (await activeAgencies(organizations)).filter(
      ({ id }) => agencyId === undefined || id === agencyId,
    );
    const sums = new ReportSums(by, by === 'AGENCY' ? agencies.map(({ id }) => id) : []);
    const range =
      by === 'DAY'
        ? { unit: 'day' as const, from: period.first, to: period.last }
        : { unit: 'month' as const, from: monthsOf(period)[0] ?? '', to: monthsOf(period).at(-1) ?? '' };
    const reported = new Set<string>();
    const own = agencyId === undefined ? {} : { agencyId };
    for await (const place of figuresIn(db, { ...range, ...own })) {
      sums.figures(place);
      if (place.figures.received > 0) reported.add(place.agencyId);
    }
    const duties = this.dueIn(agencies, period);
    for (const duty of duties) sums.due(duty);
    const due = new Set(duties.map((duty) => dutyKey(duty.agencyId, duty.feed, duty.period.name)));
    for (const gap of await gaps.openBetween(period.first, period.last, agencyId))
      if (due.has(gap._id)) sums.gap({ ...gap, agencyId: gap.agencyId.toHexString() });
    const total = sums.total();
    const reporting = await this.#reporting(period, agencies, reported, total, agencyId);
    return { period: name, by, rows: sums.rows(), total, reporting };
  }

  /** Duties whose period ends in another one and whose due day is over. */
  dueIn(agencies: readonly Organization[], { first, last }: Period): Duty[] {
    const today = civilDateOf(this.#deps.clock.now());
    return agencies.flatMap((agency) =>
      dutiesOf(agency, this.#deps.sectors, this.#deps.calendar, { from: first, to: last }).filter(
        ({ dueOn }) => dueOn < today,
      ),
    );
  }

  async #reporting(
    period: Period,
    agencies: readonly Organization[],
    reported: ReadonlySet<string>,
    total: QualityRow,
    agencyId: string | undefined,
  ): Promise<number | null> {
    const { gaps } = this.#deps;
    if (RULES.reporting.of === 'DECISIONS') {
      const counts = await gaps.countsBetween(period.first, period.last);
      const own = counts.filter(
        (count) => agencyId === undefined || count.agencyId.toHexString() === agencyId,
      );
      return ppm(
        total.decided,
        own.reduce((sum, { count }) => sum + count, 0),
      );
    }
    const zeros = await gaps.zerosBetween(period.first, period.last);
    const said = new Set([...reported, ...[...zeros].map((key) => key.slice(0, key.indexOf('|')))]);
    const must = agencies.filter(({ sectors }) => sectors.length > 0);
    return ppm(must.filter(({ id }) => said.has(id)).length, must.length);
  }
}
