import { formatInstant } from '../../shared/format.ts';

/** This month in China. */
export function thisMonth(): string {
  return formatInstant(Date.now()).slice(0, 7);
}

const WEEK = /^(\d{4})-W(\d\d)$/;

/** 2023年第19周, 2023年5月, 2023年第2季度, 2023年 */
export function periodText(period: string): string {
  const week = WEEK.exec(period);
  if (week) return `${week[1] ?? ''}年第${String(Number(week[2]))}周`;
  const [year = '', part] = period.split('-');
  if (part === undefined) return `${year}年`;
  return part.startsWith('Q') ? `${year}年第${part.slice(1)}季度` : `${year}年${String(Number(part))}月`;
}

/** Parts per million as percent with two decimals. */
export function percentText(ppm: number | null | undefined): string {
  return ppm === null || ppm === undefined ? '—' : `${(ppm / 10_000).toFixed(2)}%`;
}
