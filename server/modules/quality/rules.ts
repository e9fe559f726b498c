import { readFileSync } from 'node:fs';
import type { CivilDate } from '../../lib/civil-date.ts';
import type { SectorService } from '../sector/index.ts';
import { findFeed } from '../template/index.ts';
import type { Cadence, Period } from './period.ts';

/** What no source settles, `schema/quality/rules.json`. */
export interface QualityRules {
  /** Whose punctuality counts: of first versions received in the period, or of decisions made in it. */
  readonly timeliness: { readonly by: 'RECEIVED' | 'DECIDED' };
  /** 上报率: agencies that reported of all that must, or decisions stored of those the other systems count. */
  readonly reporting: { readonly of: 'AGENCIES' | 'DECISIONS' };
  /** Agencies whose 迟报率 is higher are named. */
  readonly lateNamedAbovePpm: number;
}

/** What says otherwise than the catalogue, `schema/quality/cadence.json`. */
interface CadenceFile {
  /** For feeds without an entry in the catalogue. */
  readonly default: Cadence;
  readonly kinds: Readonly<Record<string, Cadence>>;
  readonly feeds: Readonly<Record<string, Cadence>>;
  /** Working days behind the end of a period. */
  readonly dueWorkingDays: Readonly<Record<Period['cadence'], number>>;
  /** Periods that were due in the last so many days are looked at. */
  readonly lookBackDays: number;
  readonly remindWorkingDaysBefore: number;
}

function read<T>(name: string): T {
  return JSON.parse(
    readFileSync(new URL(`../../../schema/quality/${name}.json`, import.meta.url), 'utf8'),
  ) as T;
}

export const RULES = read<QualityRules>('rules');
export const CADENCE_FILE = read<CadenceFile>('cadence');

/** Zero reports are filed by the week at most: of a feed that comes every day a week without rows is missed. */
function inPeriods(cadence: Cadence | 'DAILY'): Cadence {
  return cadence === 'DAILY' ? 'WEEKLY' : cadence;
}

/**
 * How often a feed must be reported on a day.
 * @param path `<sector>/<feed>`
 */
export function cadenceOf(path: string, day: CivilDate, sectors: Pick<SectorService, 'cadenceOf'>): Cadence {
  const named = CADENCE_FILE.feeds[path] ?? CADENCE_FILE.kinds[findFeed(path)?.kind ?? ''];
  return inPeriods(named ?? sectors.cadenceOf(path, day) ?? CADENCE_FILE.default);
}
