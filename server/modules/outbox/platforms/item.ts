import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { scrubPersonal } from '../../../lib/scrub.ts';
import type { PushableRecord } from '../../credit-record/index.ts';
import { feedPathOf } from '../../template/index.ts';
import { loadCodeMaps, mappedValue, type CodeMaps } from './code-maps.ts';
import type { ColumnCode, LocalFault, PlatformAddress, PushItem } from './types.ts';

/** An item in the words of a platform, whatever it is packed into; see `schema/upstream/http-json/push.json`. */
export interface SentItem {
  readonly itemId: string;
  readonly key: string;
  readonly contentHash: string;
  readonly operation: PushItem['operation'];
  readonly kind: string;
  readonly sector: string;
  readonly agency: string;
  /** By column code. */
  readonly data: Readonly<Record<string, string>>;
}

export type ItemInWords = { readonly item: SentItem } | { readonly fault: LocalFault };

/** What of a platform settles how items are put: platforms that agree in it get the same. */
type Manner = Pick<PlatformAddress, 'template' | 'codeMaps'>;

const SCHEMA = new URL('../../../../schema/upstream/http-json/push.json', import.meta.url);
const COLUMN = /^[A-Z][A-Z0-9_]{0,31}$/;
const LONGEST_PLACE = 100;

const isItem = new Ajv2020({ strict: true }).compile<SentItem>(
  JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
);

export function itemIdOf({ recordId, revision }: PushableRecord): string {
  return `${recordId}:${String(revision)}`;
}

const manners = new WeakMap<Manner, string>();

/** A name that platforms share which are sent the same; found once for an address, since every item asks. */
export function mannerOf(manner: Manner): string {
  let name = manners.get(manner);
  if (name === undefined) {
    name = [manner.template, ...(manner.codeMaps ?? [])].join('/');
    manners.set(manner, name);
  }
  return name;
}

/**
 * Puts items in the words of platforms: the one place where column codes and values are looked up. A field that the
 * edition has no column for is left out; a value that the platform has no word for is a fault of the item.
 */
export class Wording {
  readonly #columnCode: ColumnCode;
  /** By template, feed and field. */
  readonly #codes = new Map<string, Map<string, Map<string, string | undefined>>>();
  readonly #maps = new Map<string, CodeMaps>();

  constructor(columnCode: ColumnCode) {
    this.#columnCode = columnCode;
  }

  #codesOf(feed: string, template: string): Map<string, string | undefined> {
    let feeds = this.#codes.get(template);
    if (!feeds) this.#codes.set(template, (feeds = new Map()));
    let codes = feeds.get(feed);
    if (!codes) feeds.set(feed, (codes = new Map()));
    return codes;
  }

  /** Looks every code up once. @throws RangeError on one that is none: the fault is in the template, not the record */
  #codeOf(
    codes: Map<string, string | undefined>,
    feed: string,
    field: string,
    template: string,
  ): string | undefined {
    if (codes.has(field)) return codes.get(field);
    const code = this.#columnCode(feed, field, template);
    if (code !== undefined && !COLUMN.test(code)) throw new RangeError(`${code} is no column code`);
    codes.set(field, code);
    return code;
  }

  #mapsOf(manner: Manner): CodeMaps {
    const name = mannerOf(manner);
    const known = this.#maps.get(name);
    if (known) return known;
    const maps = loadCodeMaps(manner.codeMaps ?? []);
    this.#maps.set(name, maps);
    return maps;
  }

  put({ record, operation }: PushItem, manner: Manner): ItemInWords {
    const feed = feedPathOf(record);
    const maps = this.#mapsOf(manner);
    const codes = this.#codesOf(feed, manner.template);
    const data: Record<string, string> = {};
    for (const field of Object.keys(record.fields)) {
      const code = this.#codeOf(codes, feed, field, manner.template);
      const text = record.fields[field];
      if (code === undefined || text === undefined) continue;
      const word = maps.size === 0 ? text : mappedValue(maps, field, text);
      if (word === undefined) {
        const message = scrubPersonal(`${code}：${text}`).slice(0, LONGEST_PLACE);
        return { fault: { code: 'PUSH_CODE_UNMAPPED', message } };
      }
      data[code] = word;
    }
    const { naturalKey: key, contentHash, kind, sector, agencyId: agency } = record;
    const item = { itemId: itemIdOf(record), key, contentHash, operation, kind, sector, agency, data };
    if (isItem(item)) return { item };
    const message = isItem.errors?.[0]?.instancePath.slice(0, LONGEST_PLACE) ?? '';
    return { fault: { code: 'PUSH_SCHEMA', message } };
  }
}
