import { FEN_PER_WAN_YUAN, FEN_PER_YUAN, parseMoney, type Fen } from './money.ts';

export type CapitalWarning = 'CAPITAL_UNIT_ASSUMED' | 'CAPITAL_UNREADABLE';

/**
 * Registered capital 注册资本 as it was written, and what of it could be read. `amount` is in hundredths of the
 * currency (分 for CNY); `currency` is ISO 4217. Text that cannot be read is kept with a warning, never lost.
 */
export interface RegisteredCapital {
  readonly text: string;
  readonly amount?: Fen;
  readonly currency?: string;
  readonly warning?: CapitalWarning;
}

const CURRENCIES: readonly (readonly [RegExp, string])[] = [
  [/^(人民币|人民币元)?$/, 'CNY'],
  [/^(美元|美金)$/, 'USD'],
  [/^(香港元|港元|港币)$/, 'HKD'],
  [/^(欧元)$/, 'EUR'],
  [/^(日元)$/, 'JPY'],
  [/^(英镑)$/, 'GBP'],
  [/^(加拿大元|加元)$/, 'CAD'],
  [/^(澳大利亚元|澳元)$/, 'AUD'],
  [/^(新加坡元)$/, 'SGD'],
  [/^(瑞士法郎)$/, 'CHF'],
  [/^(台湾元|新台币)$/, 'TWD'],
];
const SHAPE = /^([\d,]+(?:\.\d+)?)\(?([^()\d]*)\)?$/;
const NONE = new Set(['', 'N/A', '无', '-', '暂无']);

function unitOf(text: string): { unit: bigint; currency: string } | undefined {
  const match = /^(万?)元?(.*)$/.exec(text) as RegExpExecArray;
  const currency = CURRENCIES.find(([names]) => names.test(match[2] as string))?.[1];
  if (currency === undefined) return undefined;
  return { unit: match[1] ? FEN_PER_WAN_YUAN : FEN_PER_YUAN, currency };
}

/**
 * Reads a registry's amount: `30(万元人民币)`, `2,260.5(万元人民币)`, `36700万人民币`, `0.5元人民币`, `500(万美元)`.
 * A number without a unit (`500()`, `43`) is read as 万元人民币, the unit of the register, and says so.
 * @returns undefined when the field holds nothing (`N/A`)
 */
export function parseRegisteredCapital(raw: string): RegisteredCapital | undefined {
  const text = raw.trim();
  if (NONE.has(text.toUpperCase())) return undefined;
  const match = SHAPE.exec(text.normalize('NFKC').replace(/\s/g, ''));
  const label = match?.[2] ?? '';
  const unit = label === '' ? { unit: FEN_PER_WAN_YUAN, currency: 'CNY' } : unitOf(label);
  const amount = match && unit && parseMoney(match[1] as string, unit.unit);
  if (!amount && amount !== (0n as Fen)) return { text, warning: 'CAPITAL_UNREADABLE' };
  const read = { text, amount, currency: unit?.currency as string };
  return label === '' ? { ...read, warning: 'CAPITAL_UNIT_ASSUMED' } : read;
}
