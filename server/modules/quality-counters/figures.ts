/**
 * What is counted of an agency's feed. By day of receipt: rows by outcome, repeats, rows with a wrong code, rows with a
 * fault of a quality dimension, and first accepted versions that came in time or late. By month of the decision:
 * stored decisions, and those of them that came late.
 */
export const FIGURES = [
  'received',
  'inserted',
  'updated',
  'unchanged',
  'refused',
  'conflict',
  'duplicate',
  'wrongCode',
  'incomplete',
  'malformed',
  'unrelated',
  'inaccurate',
  'onTime',
  'late',
  'decided',
  'decidedLate',
] as const;

export type Figure = (typeof FIGURES)[number];
export type Figures = Readonly<Record<Figure, number>>;

export function noFigures(): Record<Figure, number> {
  return Object.fromEntries(FIGURES.map((name) => [name, 0])) as Record<Figure, number>;
}

export function addFigures(sum: Record<Figure, number>, more: Readonly<Partial<Figures>>): void {
  for (const name of FIGURES) sum[name] += Number(more[name] ?? 0);
}
