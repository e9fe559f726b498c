import type { Figures } from '../quality-counters/index.ts';

/** What the 双公示 statistics say of one agency's licences or penalties. */
export interface MonthlyFigures {
  /** 产生数量, 本单位公示数量 and 未报送依据: of the agency's own statement, absent where it made none. */
  readonly produced?: number;
  readonly ownSite?: number;
  readonly reasons: readonly string[];
  /** 报送数量: rows received in the month. */
  readonly reported: number;
  /** 未报送数量: decisions of the month, of its own count, that are not stored. */
  readonly unreported?: number;
  /** 有效入库数: rows of the month that passed all checks. */
  readonly stored: number;
  /** 市级网站公示数量: decisions of the month that the city's site shows today. */
  readonly shown: number;
  readonly counted: Figures;
}

export interface MonthlyRow {
  readonly name: string;
  readonly license: MonthlyFigures;
  readonly penalty: MonthlyFigures;
  /** Periods that were not reported. */
  readonly gaps: number;
}
