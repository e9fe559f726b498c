const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far what is here is behind the source, in the unit a person would say. */
export function lagText(seconds: number | null): string {
  if (seconds === null) return '—';
  if (seconds < MINUTE) return '不到 1 分钟';
  if (seconds < HOUR) return `${String(Math.floor(seconds / MINUTE))} 分钟`;
  if (seconds < 2 * DAY) return `${String(Math.floor(seconds / HOUR))} 小时`;
  return `${String(Math.floor(seconds / DAY))} 天`;
}
