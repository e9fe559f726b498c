const EIGHT_HOURS_MS = 8 * 3_600_000;
const LOCAL = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)?$/;

/** `YYYY-MM-DD HH:mm:ss` in Asia/Shanghai. */
export function localTime(instant: Date): string {
  return new Date(instant.getTime() + EIGHT_HOURS_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** The instant of a local time of Asia/Shanghai, of an ISO text with zone, or of milliseconds; undefined when it is none. */
export function instantOf(value: unknown): Date | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  const local = LOCAL.exec(text);
  if (local) {
    const [year, month, day, hour, minute, second] = local.slice(1, 7).map((part) => Number(part ?? '0'));
    const ms = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
    return new Date(ms + Number((local[7] ?? '0').padEnd(3, '0')) - EIGHT_HOURS_MS);
  }
  const ms = /^\d{12,14}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms);
}

/** The newest of these times, those that are none left out. */
export function newestOf(values: Iterable<unknown>): Date | undefined {
  let newest: Date | undefined;
  for (const value of values) {
    const at = instantOf(value);
    if (at && (!newest || at > newest)) newest = at;
  }
  return newest;
}
