import type { Figures } from '../quality-counters/index.ts';
import { RULES, type QualityRules } from './rules.ts';

/** What rates are made of: the counted figures and, by period, what was due and what was missing. */
export interface Volume extends Figures {
  /** Periods of feeds that were due, and those of them without rows and without zero report. */
  readonly duePeriods: number;
  readonly gaps: number;
}

/** Parts per million, rounded to the nearest; null where there is nothing to divide by. */
export interface Rates {
  /** 合规率: stored rows of received rows. */
  readonly compliance: number | null;
  /** 及时率: first versions in time of all first versions. */
  readonly timely: number | null;
  /** 迟报率: late first versions of received rows. */
  readonly late: number | null;
  /** 重复率: repeats of received rows. */
  readonly duplicate: number | null;
  /** 疑问数据率: refused rows of received rows. */
  readonly problem: number | null;
  /** 错码率: rows with a wrong code of received rows. */
  readonly wrongCode: number | null;
  /** 漏报率: missing periods of due periods. */
  readonly missing: number | null;
}

const MILLION = 1_000_000;

export function ppm(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.floor((2 * part * MILLION + whole) / (2 * whole));
}

/** 入库量: rows that passed all checks, whether they changed anything or not (domain: rows that passed cleaning). */
export function storedOf({ inserted, updated, unchanged }: Figures): number {
  return inserted + updated + unchanged;
}

export function ratesOf(volume: Volume, rules: QualityRules = RULES): Rates {
  const { received, onTime, late, decided, decidedLate } = volume;
  const byDecision = rules.timeliness.by === 'DECIDED';
  return {
    compliance: ppm(storedOf(volume), received),
    timely: byDecision ? ppm(decided - decidedLate, decided) : ppm(onTime, onTime + late),
    late: ppm(late, received),
    duplicate: ppm(volume.duplicate, received),
    problem: ppm(volume.refused, received),
    wrongCode: ppm(volume.wrongCode, received),
    missing: ppm(volume.gaps, volume.duePeriods),
  };
}
