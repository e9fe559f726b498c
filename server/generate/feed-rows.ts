import type { CivilDate } from '../lib/civil-date.ts';
import type { WorkingCalendar } from '../lib/working-day.ts';
import { agencyNameIn, type SectorFeed } from '../modules/sector/index.ts';
import { COUNTERPART_KINDS } from '../modules/template/index.ts';
import { rowOf, type Row } from './columns.ts';
import { spreadOver } from './days.ts';
import { decide } from './decisions.ts';
import { spoil, spoilOther } from './faults.ts';
import { otherRow } from './other-rows.ts';
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

/** Of all records of a sector, those that are neither 行政许可 nor 行政处罚. */
const OTHERS = 0.3;
const UNKNOWN_WEIGHT = 1;

/** Decisions of the sectors that have a profile; everything else is made from the columns of its feed. */
function profileOf({ sector, kind }: SectorFeed): SectorProfile | undefined {
  return kind === 'LICENSE' || kind === 'PENALTY' ? PROFILES[sector.slug] : undefined;
}

function weightOf(feed: SectorFeed, feeds: readonly SectorFeed[]): number {
  const sectorWeight = PROFILES[feed.sector.slug]?.weight ?? UNKNOWN_WEIGHT;
  const others = feeds.filter((other) => other.sector === feed.sector && !profileOf(other)).length;
  const profile = profileOf(feed);
  if (!profile) return (sectorWeight * 100 * OTHERS) / others;
  const share = feed.kind === 'PENALTY' ? profile.penalties : 100 - profile.penalties;
  return sectorWeight * share * (others > 0 ? 1 - OTHERS : 1);
}

/** Shares records out over the feeds, in whole numbers that add up. */
export function sharesOf(feeds: readonly SectorFeed[], records: number): number[] {
  return apportion(
    records,
    feeds.map((feed) => weightOf(feed, feeds)),
  );
}

interface Made {
  readonly row: Row;
  readonly spoil: (mistakes: Random) => { readonly row: Row; readonly code: string };
}

function decided(random: Random, from: Parameters<typeof decide>[1]): Made {
  const decision = decide(random, from);
  const row = rowOf(decision);
  return { row, spoil: (mistakes) => spoil(mistakes, row, decision) };
}

function other(random: Random, from: Parameters<typeof otherRow>[1]): Made {
  const made = otherRow(random, from);
  return { row: made.row, spoil: (mistakes) => spoilOther(mistakes, made) };
}

/** The rows of one feed in the order of their decisions. Every feed has a chance of its own, so none moves another. */
export function* feedRows(feed: SectorFeed, count: number, options: RowOptions): Generator<FeedRow> {
  const { seed, cityName, firms, calendar, until, errorShare, lateShare } = options;
  const { sector, kind, path } = feed;
  const random = Random.of(seed, path);
  // Mistakes and times are drawn apart: with and without them the decisions are the same.
  const mistakes = Random.of(seed, `${path} mistakes`);
  const times = Random.of(seed, `${path} times`);
  const profile = profileOf(feed);
  const subjects = feed.catalogue?.subjects ?? COUNTERPART_KINDS;
  const agency = { name: agencyNameIn(cityName, sector.agencyName), uscc: sector.agencyUscc };
  const turn = { next: 0 };
  let serial = 0;
  for (const [decidedOn, number] of spreadOver(options.days, count, random)) {
    for (let n = 0; n < number; n += 1) {
      serial += 1;
      const made = profile
        ? decided(random, {
            kind: kind as 'LICENSE',
            profile,
            agency,
            cityName,
            firms,
            subjects,
            decidedOn,
            serial,
          })
        : other(random, { feed, agency, firms, decidedOn, until, serial, turn });
      const spoiled = mistakes.chance(errorShare) ? made.spoil(mistakes) : undefined;
      yield {
        row: spoiled?.row ?? made.row,
        ...(spoiled && { refusal: spoiled.code }),
        ...(lateShare !== undefined && {
          received: receivedAt(times, decidedOn, { calendar, lateShare, until }),
        }),
      };
    }
  }
}
