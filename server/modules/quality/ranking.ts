import type { Rates } from './rates.ts';

interface Ranked {
  readonly received: number;
  readonly rates: Rates;
}

/** Best first: in time, then complying, then without gaps. */
function compare(a: Rates, b: Rates): number {
  return (
    (b.timely ?? -1) - (a.timely ?? -1) ||
    (b.compliance ?? -1) - (a.compliance ?? -1) ||
    (a.missing ?? 0) - (b.missing ?? 0)
  );
}

/** Places from 1; equals share a place. Who brought nothing has none. */
export function ranksOf(rows: readonly Ranked[]): (number | null)[] {
  return rows.map((row) => {
    if (row.received === 0) return null;
    return 1 + rows.filter((other) => other.received > 0 && compare(other.rates, row.rates) < 0).length;
  });
}
