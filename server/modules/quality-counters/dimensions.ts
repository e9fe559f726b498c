import { readFileSync } from 'node:fs';
import type { Figure } from './figures.ts';

/** The seven dimensions of data quality (SAMR's campaign of 2023). */
type DimensionCode =
  'COMPLETENESS' | 'NORMATIVITY' | 'REDUNDANCY' | 'RELATION' | 'ACCURACY' | 'TIMELINESS' | 'COVERAGE';

interface Dimension {
  readonly code: DimensionCode;
  /** Chinese. */
  readonly name: string;
  /** The figure that counts its faults; gaps are counted by period, not by row. */
  readonly figure: Figure | 'gaps';
}

interface DimensionFile {
  readonly dimensions: readonly Dimension[];
  /** Where a code belongs that the table does not have. */
  readonly otherFaults: DimensionCode;
  readonly faults: Readonly<Partial<Record<DimensionCode, readonly string[]>>>;
  /** Faults that say that a unified code is wrong 错码. */
  readonly wrongCodes: readonly string[];
}

const FILE = new URL('../../../schema/quality/dimensions.json', import.meta.url);

const file = JSON.parse(readFileSync(FILE, 'utf8')) as DimensionFile;
const byFault = new Map(
  Object.entries(file.faults).flatMap(([dimension, codes]) =>
    codes.map((code) => [code, dimension] as const),
  ),
);
const figures = new Map(file.dimensions.map(({ code, figure }) => [code as string, figure]));
const wrongCodes = new Set(file.wrongCodes);

export const DIMENSIONS: readonly Dimension[] = file.dimensions;

/** The figure that a fault of a row counts in. Repeats are told by the outcome of the row and are not in here. */
export function figureOfFault(code: string): Figure | undefined {
  const dimension = byFault.get(code) ?? file.otherFaults;
  const figure = figures.get(dimension);
  return dimension === 'REDUNDANCY' || figure === undefined || figure === 'gaps' ? undefined : figure;
}

export function isWrongCode(code: string): boolean {
  return wrongCodes.has(code);
}
