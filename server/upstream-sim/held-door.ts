import { isCivilDate } from '../lib/civil-date.ts';
import { CallerError } from './caller-error.ts';
import type { Holdings } from './holdings.ts';

const MOST_ITEMS = 5000;
const MOST_KEYS = 1000;

function dayOf(url: URL): string {
  const day = url.searchParams.get('day') ?? '';
  if (!isCivilDate(day)) throw new CallerError(400, 'DAY_INVALID');
  return day;
}

function keysOf(body: Buffer): string[] {
  try {
    const { keys } = JSON.parse(body.toString('utf8')) as { keys?: unknown };
    if (Array.isArray(keys) && keys.length <= MOST_KEYS && keys.every((key) => typeof key === 'string')) {
      return keys;
    }
  } catch {
    // Said below.
  }
  throw new CallerError(400, 'KEYS_INVALID');
}

/**
 * What the platform holds, each key under the Shanghai day of its last effective acceptance: `GET /held/days`,
 * `GET /held?day=`, `GET /held/items?day=&agency=&kind=&after=&limit=` in the order of the keys, and
 * `POST /held/lookup` with `{keys}`.
 * @throws CallerError 400, 404
 */
export function answerHeld(holdings: Holdings, url: URL, body: Buffer | undefined): object {
  const action = /\/held(?:\/(\w+))?$/.exec(url.pathname)?.[1] ?? '';
  if (body) {
    if (action !== 'lookup') throw new CallerError(404, 'NO_SUCH_ADDRESS');
    return { items: keysOf(body).flatMap((key) => holdings.get(key) ?? []) };
  }
  switch (action) {
    case 'days':
      return { days: holdings.days() };
    case '':
      return { day: dayOf(url), groups: holdings.summary(dayOf(url)) };
    case 'items': {
      const { searchParams: given } = url;
      const limit = Number(given.get('limit') ?? MOST_ITEMS);
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ITEMS)
        throw new CallerError(400, 'LIMIT_INVALID');
      const [agency, kind, after] = ['agency', 'kind', 'after'].map((name) => given.get(name) ?? '');
      const items = holdings.list(dayOf(url), agency ?? '', kind ?? '', after ?? '', limit + 1);
      const page = items.slice(0, limit);
      return { items: page, ...(items.length > limit ? { next: page.at(-1)?.key ?? '' } : {}) };
    }
    default:
      throw new CallerError(404, 'NO_SUCH_ADDRESS');
  }
}
