import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { addDays, isCivilDate, weekdayOf, type CivilDate } from '../../lib/civil-date.ts';
import { InputError } from '../../lib/errors.ts';
import { findFeed, listFeeds, valueKey, type CatalogueItem, type ValueLists } from '../template/index.ts';
import { knows } from './code-lists.ts';
import type { CodeValue, HolidayValue, PowerItem, ReferenceKind, ReferenceValue } from './reference.types.ts';

/** What an entry is filed under, and what people call it. */
export interface Named {
  readonly key: string;
  readonly title: string;
  readonly value: ReferenceValue;
  /** Number of items of a list. */
  readonly items?: number;
}

const FOLDER = new URL('../../../schema/reference/', import.meta.url);
const LONGEST_REST = 15;
const FIRST_YEAR = 2000;

const validators = new Map<ReferenceKind, ValidateFunction>();

function validatorOf(kind: ReferenceKind): ValidateFunction {
  let validate = validators.get(kind);
  if (!validate) {
    const ajv = formats.default(new Ajv({ strict: true }), ['date']);
    const file = new URL(`${kind.toLowerCase()}.json`, FOLDER);
    validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
    validators.set(kind, validate);
  }
  return validate;
}

function faultOf(error: ErrorObject | undefined): InputError {
  const named = (error?.params['additionalProperty'] ?? error?.params['missingProperty']) as
    string | undefined;
  const place = `${error?.instancePath ?? ''}${named === undefined ? '' : `/${named}`}`.slice(1);
  return new InputError(['value', ...place.split('/').filter(Boolean)], 'REFERENCE_VALUE_INVALID', {
    place: place === '' ? '/' : place,
  });
}

function catalogue(value: CatalogueItem, path: string): Named {
  const feed = findFeed(path);
  if (!feed) throw new InputError(['key'], 'REFERENCE_FEED_UNKNOWN', { feed: path });
  const other = listFeeds().find((one) => one.path !== path && one.catalogue?.code === value.code);
  if (other)
    throw new InputError(['value', 'code'], 'REFERENCE_CODE_TAKEN', { code: value.code, feed: other.name });
  return { key: path, title: feed.name, value };
}

function checkRests({ off }: HolidayValue, fits: (day: CivilDate) => boolean): void {
  let last = '';
  for (const { from, to } of [...off].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const bad = !fits(from) || !fits(to) || to < from || from <= last || addDays(from, LONGEST_REST) <= to;
    if (bad)
      throw new InputError(['value', 'off'], 'REFERENCE_REST_INVALID', { from, to, max: LONGEST_REST });
    last = to;
  }
}

function holiday(value: HolidayValue, key: string): Named {
  const year = Number(key);
  if (!/^\d{4}$/.test(key) || year < FIRST_YEAR)
    throw new InputError(['key'], 'REFERENCE_YEAR_INVALID', { year: key });
  // A rest at the turn of the year is announced with the days of December that belong to it.
  const fits = (day: CivilDate): boolean =>
    isCivilDate(day) && day >= `${String(year - 1)}-12-15` && day <= `${key}-12-31`;
  checkRests(value, fits);
  for (const day of value.work) {
    const weekend = fits(day) && [0, 6].includes(weekdayOf(day));
    if (!weekend || value.off.some(({ from, to }) => from <= day && day <= to))
      throw new InputError(['value', 'work'], 'REFERENCE_WORKDAY_INVALID', { day });
  }
  return { key, title: `${key} 年`, value };
}

function code(value: CodeValue, lists: ValueLists): Named {
  const text = value.text.trim();
  const { list, means } = value;
  if (!means && (list === 'states' || list === 'counterpart-kinds'))
    throw new InputError(['value', 'means'], 'REFERENCE_MEANING_MISSING');
  for (const name of means ?? []) {
    if (valueKey(name) === valueKey(text) || !knows(lists, list, name))
      throw new InputError(['value', 'means'], 'REFERENCE_MEANING_UNKNOWN', { value: name });
  }
  if ((means?.length ?? 0) > 1 && list !== 'penalty-kinds')
    throw new InputError(['value', 'means'], 'REFERENCE_MEANING_ONE');
  if (list === 'penalty-kinds' && lists.penaltyOther.has(valueKey(text)))
    throw new InputError(['value', 'text'], 'REFERENCE_TEXT_RESERVED', { value: text });
  return { key: `${list}/${valueKey(text)}`, title: text, value: { ...value, text } };
}

/** 双公示 is about these two. */
const DIRECTORY_KINDS = ['行政许可', '行政处罚'];

function list(
  kind: ReferenceKind,
  value: { readonly items: readonly PowerItem[] },
  key: string,
  agencyName: string,
): Named {
  const other = kind === 'DIRECTORY' && value.items.find((item) => !DIRECTORY_KINDS.includes(item.kind));
  if (other) throw new InputError(['value', 'items'], 'REFERENCE_DIRECTORY_KIND', { code: other.code });
  const seen = new Set<string>();
  for (const { code: own } of value.items) {
    if (seen.has(own)) throw new InputError(['value', 'items'], 'REFERENCE_ITEM_TWICE', { code: own });
    seen.add(own);
  }
  return { key, title: agencyName, value, items: value.items.length };
}

/**
 * Checks what somebody entered by the schema of its kind and by what it must agree with.
 * @param key what the caller files it under; a code is filed under its list and text
 * @param about the lists that will count then, and the agency whose list it is
 * @throws InputError REFERENCE_…
 */
export function checkedValue(
  kind: ReferenceKind,
  key: string,
  value: unknown,
  about: { readonly lists: ValueLists; readonly agency?: { readonly uscc: string; readonly name: string } },
): Named {
  const validate = validatorOf(kind);
  if (!validate(value)) throw faultOf(validate.errors?.[0]);
  switch (kind) {
    case 'CATALOGUE':
      return catalogue(value as CatalogueItem, key);
    case 'HOLIDAY':
      return holiday(value as HolidayValue, key);
    case 'CODE':
      return code(value as CodeValue, about.lists);
    case 'DIRECTORY':
    case 'POWER':
      return list(kind, value as { items: PowerItem[] }, about.agency?.uscc ?? '', about.agency?.name ?? '');
  }
}
