import { FEN_PER_WAN_YUAN, parseMoney, type Fen } from '../../../lib/money.ts';
import { halfWidth } from './clean-text.ts';

/** Digits a spreadsheet keeps; what follows them is noise of its arithmetic (0.1 + 0.2). */
const SHEET_DIGITS = 15;

/** A number cell as the plain decimal a clerk sees; with an exponent only where no amount can be meant. */
export function decimalText(value: number): string {
  const text = String(value);
  return text.replace(/\D/g, '').length > SHEET_DIGITS
    ? String(Number(value.toPrecision(SHEET_DIGITS)))
    : text;
}

/** @returns fen; undefined when it is not a plain number of 万元 with at most six decimals, or negative */
export function readAmount(text: string): Fen | undefined {
  const fen = parseMoney(halfWidth(text), FEN_PER_WAN_YUAN);
  return fen === undefined || fen < 0n ? undefined : fen;
}

/** The amount in 万元, exact, without needless zeros: 0.2, 12, 0.000001. */
export function wanYuanText(fen: Fen): string {
  const decimals = String(fen % FEN_PER_WAN_YUAN)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const whole = String(fen / FEN_PER_WAN_YUAN);
  return decimals === '' ? whole : `${whole}.${decimals}`;
}
