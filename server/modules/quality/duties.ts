import { civilDateOf, type CivilDate } from '../../lib/civil-date.ts';
import type { WorkingCalendar } from '../../lib/working-day.ts';
import type { Organization } from '../organization/index.ts';
import type { SectorService } from '../sector/index.ts';
import { CADENCES, periodsBetween, type Period } from './period.ts';
import { CADENCE_FILE, cadenceOf } from './rules.ts';

/** That an agency must report a feed for a period, with rows or a zero report 零报告. */
export interface Duty {
  readonly agencyId: string;
  readonly feed: string;
  readonly period: Period;
  readonly dueOn: CivilDate;
}

/** `<agency>|<feed>|<period>`: what zero reports, gaps and counts of other systems are known by. */
export function dutyKey(agencyId: string, feed: string, period: string): string {
  return `${agencyId}|${feed}|${period}`;
}

export function feedsOf(agency: Pick<Organization, 'sectors'>, sectors: SectorService): string[] {
  return sectors
    .feeds()
    .filter(
      ({ sector, catalogue }) =>
        catalogue !== undefined && sector.origin === undefined && agency.sectors.includes(sector.slug),
    )
    .map(({ path }) => path);
}

/** The last day to report a period. */
export function dueDayOf(calendar: WorkingCalendar, { cadence, last }: Period): CivilDate {
  return calendar.addWorkingDays(last, CADENCE_FILE.dueWorkingDays[cadence]).date;
}

/**
 * Whether a feed is to be reported for a period of this cadence: as its first or its last day says, so that no day is left
 * out when the cadence changes.
 */
export function isOwedBy({ cadence, first, last }: Period, feed: string, sectors: SectorService): boolean {
  return [first, last].some((day) => cadenceOf(feed, day, sectors) === cadence);
}

/**
 * Duties of an agency for the periods that end from one day to another. Periods that began before the agency was set
 * up, or that end after a feed has left the catalogue, are none.
 */
export function dutiesOf(
  agency: Pick<Organization, 'id' | 'sectors' | 'createdAt'>,
  sectors: SectorService,
  calendar: WorkingCalendar,
  range: { readonly from: CivilDate; readonly to: CivilDate },
): Duty[] {
  const since = civilDateOf(agency.createdAt);
  return feedsOf(agency, sectors).flatMap((feed) =>
    CADENCES.flatMap((cadence) => periodsBetween(cadence, range.from, range.to))
      .filter((period) => isOwedBy(period, feed, sectors))
      .filter(({ first, last }) => last >= range.from && last <= range.to && first >= since)
      .filter(({ last }) => sectors.isCollected(feed, last))
      .map((period) => ({ agencyId: agency.id, feed, period, dueOn: dueDayOf(calendar, period) })),
  );
}
