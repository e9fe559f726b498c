import type { CivilDate } from '../lib/civil-date.ts';
import type { WorkingCalendar } from '../lib/working-day.ts';
import { agencyNameIn, feedPath, type SectorFeed } from '../modules/sector/index.ts';
import { rowOf, type Row } from './columns.ts';
import { spreadOver } from './days.ts';
import { decide } from './decisions.ts';
import { spoil } from './faults.ts';
import { PROFILES, type SectorProfile } from './profiles.ts';
import { apportion, Random } from './random.ts';
import { receivedAt, type Received } from './received.ts';
import type { FirmSource } from './subjects.ts';

export interface RowOptions {
  readonly seed: string;
  readonly cityName: string;
  readonly firms: FirmSource;
  readonly calendar: WorkingCalendar;
  /** How much is decided on which day. */
  readonly days: ReadonlyMap<CivilDate, number>;
  readonly until: CivilDate;
  /** Share of rows with a deliberate mistake. */
  readonly errorShare: number;
  /** Present when rows say when they were received; share of those after the limit. */
  readonly lateShare?: number;
}

export interface FeedRow {
  readonly row: Row;
  /** With which code it must be refused. */
  readonly refusal?: string;
  readonly received?: Received;
}

export function profileOf(slug: string): SectorProfile {
  const profile = PROFILES[slug];
  if (!profile) throw new RangeError(`no profile for the sector ${slug}`);
  return profile;
}

/** Shares records out over the feeds, in whole numbers that add up. */
export function sharesOf(feeds: readonly SectorFeed[], records: number): number[] {
  return apportion(
    records,
    feeds.map(({ sector, kind }) => {
      const { weight, penalties } = profileOf(sector.slug);
      return weight * (kind === 'PENALTY' ? penalties : 100 - penalties);
    }),
  );
}

/** The rows of one feed in the order of their decisions. Every feed has a chance of its own, so none moves another. */
export function* feedRows(feed: SectorFeed, count: number, options: RowOptions): Generator<FeedRow> {
  const { seed, cityName, firms, calendar, until, errorShare, lateShare } = options;
  const { sector, kind } = feed;
  const path = feedPath(feed);
  const random = Random.of(seed, path);
  // Mistakes and times are drawn apart: with and without them the decisions are the same.
  const mistakes = Random.of(seed, `${path} mistakes`);
  const times = Random.of(seed, `${path} times`);
  const profile = profileOf(sector.slug);
  const agency = { name: agencyNameIn(cityName, sector.agencyName), uscc: sector.agencyUscc };
  let serial = 0;
  for (const [decidedOn, number] of spreadOver(options.days, count, random)) {
    for (let n = 0; n < number; n += 1) {
      serial += 1;
      const decision = decide(random, { kind, profile, agency, cityName, firms, decidedOn, serial });
      const row = rowOf(decision);
      const spoiled = mistakes.chance(errorShare) ? spoil(mistakes, row, decision) : undefined;
      yield {
        row: spoiled?.row ?? row,
        ...(spoiled && { refusal: spoiled.code }),
        ...(lateShare !== undefined && {
          received: receivedAt(times, decidedOn, { calendar, lateShare, until }),
        }),
      };
    }
  }
}
