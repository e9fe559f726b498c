import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { civilDateOf, type CivilDate } from '../../../lib/civil-date.ts';
import { UpstreamError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../../lib/http-client.ts';
import type { HeldGroup, HeldItem, PlatformAddress, PlatformListing } from './types.ts';

const FILE = new URL('../../../../schema/upstream/http-json/held.json', import.meta.url);
const PAGE = 2000;

const ajv = new Ajv2020({ strict: true });
formats.default(ajv, ['date', 'date-time']);
ajv.addSchema(JSON.parse(readFileSync(FILE, 'utf8')) as object);

function validatorOf<T>(name: string): ValidateFunction<T> {
  return ajv.compile<T>({ $ref: `upstream/http-json/held#/$defs/${name}` });
}

const isDays = validatorOf<{ days: { day: CivilDate; n: number }[] }>('days');
const isGroups = validatorOf<{ day: CivilDate; groups: HeldGroup[] }>('groups');
const isItems = validatorOf<{ items: HeldItem[]; next?: string }>('items');

function invalid(): UpstreamError {
  return new UpstreamError('LISTING_INVALID', false);
}

function ensure(holds: boolean): void {
  if (!holds) throw invalid();
}

function statusError(status: number): UpstreamError {
  if (status === 404) return new UpstreamError('LISTING_NOT_OFFERED', false);
  const again = status >= 500 || status === 408 || status === 429;
  return new UpstreamError(again ? `HTTP_${String(status)}` : 'LISTING_TURNED_DOWN', again, { status });
}

/** A page has to be what was asked for, or a merge by its order would find differences that are none. */
function checkPage(
  place: Parameters<PlatformListing['items']>[0],
  { items, next }: { items: HeldItem[]; next?: string },
): void {
  let last = place.after ?? '';
  for (const { key, agency, kind, acceptedAt } of items) {
    ensure(key > last && agency === place.agency && kind === place.kind);
    ensure(civilDateOf(new Date(acceptedAt)) === place.day);
    last = key;
  }
  ensure(next === undefined || (items.length > 0 && next === last));
}

/** `GET <url>/held/days`, `/held?day=`, `/held/items?…` and `POST <url>/held/lookup`; see `held.json`. */
export function httpJsonListing(client: HttpClient): PlatformListing {
  const call = async <T>(
    valid: ValidateFunction<T>,
    path: string,
    { url, token }: PlatformAddress,
    signal: AbortSignal,
    body?: object,
  ): Promise<T> => {
    const answer = await client.send({
      method: body ? 'POST' : 'GET',
      url: `${url.replace(/\/+$/, '')}/held${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal,
    });
    if (answer.status !== 200) throw statusError(answer.status);
    let parsed: unknown;
    try {
      parsed = JSON.parse(answer.body.toString('utf8'));
    } catch {
      throw invalid();
    }
    if (!valid(parsed)) throw invalid();
    return parsed;
  };
  return {
    days: async (address, signal) => (await call(isDays, '/days', address, signal)).days,
    async groups(day, address, signal) {
      const said = await call(isGroups, `?day=${day}`, address, signal);
      const names = new Set(said.groups.map(({ agency, kind }) => `${agency}\n${kind}`));
      ensure(said.day === day && names.size === said.groups.length);
      return said.groups;
    },
    async items(place, address, signal) {
      const { after = '', ...rest } = place;
      const query = new URLSearchParams({ ...rest, after, limit: String(PAGE) });
      const page = await call(isItems, `/items?${query.toString()}`, address, signal);
      checkPage(place, page);
      return page;
    },
    async lookup(keys, address, signal) {
      const { items } = await call(isItems, '/lookup', address, signal, { keys });
      const asked = new Set(keys);
      ensure(items.every(({ key }) => asked.delete(key)));
      return items;
    },
  };
}
