/** Whole fen 分, never a float. */
export type Fen = bigint & { readonly __brand: 'Fen' };

/** Fen in one unit of what the text counts: 元 or 万元. */
export const FEN_PER_YUAN = 100n;
export const FEN_PER_WAN_YUAN = 1_000_000n;

const DECIMAL = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,6}))?$/;

/**
 * Reads a decimal of at most six places, counted in `unit` fen, half up where the unit leaves a part of a fen.
 * @returns undefined when the text is not such a number, or more than 15 digits before the point
 */
export function parseMoney(text: string, unit: bigint): Fen | undefined {
  const match = DECIMAL.exec(text.trim());
  if (!match) return undefined;
  const whole = (match[2] as string).replaceAll(',', '');
  if (whole.length > 15) return undefined;
  const micro = BigInt(whole) * 1_000_000n + BigInt((match[3] ?? '').padEnd(6, '0'));
  const fen = (micro * unit + 500_000n) / 1_000_000n;
  return (match[1] === '-' ? -fen : fen) as Fen;
}

/** Yuan with two places, as the API's `Money` scalar shows it. */
export function formatYuan(fen: Fen): string {
  const sign = fen < 0n ? '-' : '';
  const absolute = fen < 0n ? -fen : fen;
  return `${sign}${absolute / 100n}.${String(absolute % 100n).padStart(2, '0')}`;
}
