import type { CivilDate } from '../../lib/civil-date.ts';
import type { CatalogueItem, ValueList } from '../template/index.ts';

export const REFERENCE_KINDS = ['CATALOGUE', 'DIRECTORY', 'POWER', 'CODE', 'HOLIDAY'] as const;
/** 公共信用信息目录, 双公示目录, 权责清单, 代码, 放假安排 */
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

/** Kinds that are lists of an agency. */
export const AGENCY_KINDS: readonly ReferenceKind[] = ['DIRECTORY', 'POWER'];

/** A text of a value list: with `means` another word for values of it, without a value of its own. */
export interface CodeValue {
  readonly list: ValueList;
  readonly text: string;
  readonly means?: readonly string[];
  /** A licence kind that must say what it is. */
  readonly noted?: boolean;
}

export interface HolidayValue {
  readonly document?: string;
  /** First and last day of each time off. */
  readonly off: readonly { readonly name?: string; readonly from: CivilDate; readonly to: CivilDate }[];
  /** Weekend days worked in exchange 调休. */
  readonly work: readonly CivilDate[];
}

/** One item of an agency's list: 权力类别, 权力编码, 权力名称, 实施依据, 行政相对人类别. */
export interface PowerItem {
  readonly kind: string;
  readonly code: string;
  readonly name: string;
  readonly legalBasis: string;
  readonly counterpart?: string;
}

export interface ValueByKind {
  CATALOGUE: CatalogueItem;
  DIRECTORY: { readonly items: readonly PowerItem[] };
  POWER: { readonly items: readonly PowerItem[] };
  CODE: CodeValue;
  HOLIDAY: HolidayValue;
}
export type ReferenceValue = ValueByKind[ReferenceKind];
