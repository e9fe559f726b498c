import { addDays, civilDate, type CivilDate } from '../lib/civil-date.ts';
import type { WorkingCalendar } from '../lib/working-day.ts';
import { SectorService } from '../modules/sector/index.ts';
import {
  csvOf,
  cellsOf,
  decisionDays,
  feedRows,
  fieldsOf,
  FirmSource,
  headerOf,
  SUBJECT_HEADER,
  subjectCells,
  type RowOptions,
} from '../generate/index.ts';

/** What the demo city depends on: it dates itself relative to today. */
export interface DemoCity {
  readonly today: CivilDate;
  readonly cityName: string;
  readonly calendar: WorkingCalendar;
  readonly seed?: string;
}

export interface DemoFile {
  /** `<sector>/<kind>` */
  readonly feed: string;
  readonly fileName: string;
  readonly csv: string;
}

const SEED = 'demo';
const FIRMS = 60;
/** Calendar days: some decisions are past their seven working days, some are not. */
const WINDOW = 45;
const WITH_PROBLEMS = 0.2;
const FEEDS: readonly (readonly [feed: string, rows: number, errorShare: number])[] = [
  ['market/license', 45, 0],
  ['market/penalty', 14, WITH_PROBLEMS],
  ['food/license', 35, 0],
  ['food/penalty', 14, WITH_PROBLEMS],
  ['tax/license', 22, 0],
  ['tax/penalty', 9, WITH_PROBLEMS],
  ['transport/license', 18, 0],
  ['transport/penalty', 10, 0],
  ['medical/license', 12, 0],
  ['eco/penalty', 8, 0],
  ['build/license', 10, 0],
  ['fire/penalty', 8, 0],
  ['tax/grade', 10, 0],
  ['eco/grade', 8, 0],
  ['market/abnormal', 8, 0],
  ['market/inspection', 10, WITH_PROBLEMS],
  ['labour/wage-list', 3, 0],
  ['commerce/honor', 6, 0],
  ['land/commitment', 6, 0],
  ['ip/patent', 8, 0],
  ['court/dishonest', 3, 0],
];

function firmsOf({ today, cityName, seed = SEED }: DemoCity): FirmSource {
  const year = addDays(today, -WINDOW).slice(0, 4);
  return new FirmSource({ seed, count: FIRMS, cityName, foundedBefore: civilDate(`${year}-01-01`) });
}

/** The register of the demo city, as an export that `import-subjects` reads: 60 invented firms. */
export function demoSubjectsCsv(city: DemoCity): string {
  const firms = firmsOf(city);
  const rows = Array.from({ length: FIRMS }, (_, i) => subjectCells(firms.at(i)));
  return csvOf([SUBJECT_HEADER, ...rows]);
}

/**
 * Some two hundred and fifty invented records of the last weeks, on working days before today, a file for each feed;
 * a few rows hold a mistake on purpose, so that there is something to correct.
 */
export function demoFiles(city: DemoCity): DemoFile[] {
  const { today, cityName, calendar, seed = SEED } = city;
  const until = addDays(today, -1);
  const options: Omit<RowOptions, 'errorShare'> = {
    seed,
    cityName,
    firms: firmsOf(city),
    calendar,
    days: decisionDays(calendar, addDays(today, -WINDOW), until),
    until,
  };
  const sectors = new SectorService();
  return FEEDS.map(([path, count, errorShare]) => {
    const feed = sectors.feedOf(path);
    if (!feed) throw new RangeError(`no feed ${path}`);
    const fields = fieldsOf(feed.path);
    const rows = [...feedRows(feed, count, { ...options, errorShare })].map(({ row }) =>
      cellsOf(fields, row),
    );
    return {
      feed: feed.path,
      fileName: `${path.replace('/', '-')}-${today}.csv`,
      csv: csvOf([headerOf(feed.path), ...rows]),
    };
  });
}
