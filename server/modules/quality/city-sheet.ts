import { readFileSync } from 'node:fs';

/** What our own figures can tell of an indicator. */
export type CityFigure = 'DOUBLE_PUBLICITY' | 'COLLECTION' | 'WRONG_CODES';

/** An indicator of the national city monitoring 城市信用状况监测, as `schema/quality/city-monitoring-2020.json` has it. */
export interface CityIndicator {
  readonly code: string;
  readonly level: 1 | 2 | 3;
  readonly name: string;
  /** Points; those of the third level are not published. */
  readonly weight?: number;
  /** False for what no source names: configuration. */
  readonly named?: boolean;
  readonly figure?: CityFigure;
}

interface CityFile {
  readonly edition: string;
  readonly name: string;
  readonly indicators: readonly CityIndicator[];
}

const FILE = new URL('../../../schema/quality/city-monitoring-2020.json', import.meta.url);

export const CITY_MONITORING = JSON.parse(readFileSync(FILE, 'utf8')) as CityFile;

/** Scores are given on the second level; the first level is their sum. */
export function scoreOf(indicator: CityIndicator, scores: ReadonlyMap<string, number>): number | undefined {
  if (indicator.level !== 1) return scores.get(indicator.code);
  const own = [...scores].filter(([code]) => code.startsWith(`${indicator.code}.`));
  // Tenths, so that the sum is what a person adds up.
  return own.length === 0 ? undefined : own.reduce((sum, [, score]) => sum + score * 10, 0) / 10;
}
