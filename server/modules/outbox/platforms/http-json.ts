import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { UpstreamError } from '../../../lib/errors.ts';
import type { HttpAnswer, HttpClient } from '../../../lib/http-client.ts';
import type { PushableRecord } from '../../credit-record/index.ts';
import { httpJsonListing } from './http-json-listing.ts';
import type {
  ColumnCode,
  Encoded,
  Outcome,
  Outcomes,
  PlatformAdapter,
  PlatformAddress,
  PushItem,
} from './types.ts';

const FOLDER = new URL('../../../../schema/upstream/http-json/', import.meta.url);

interface AnswerBody {
  readonly batch: string;
  readonly results: readonly ({ readonly itemId: string } & Outcome)[];
}

function schemaOf(name: string): object {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as object;
}

const ajv = new Ajv2020({ strict: true });
const itemIsValid = ajv.compile(schemaOf('push.json'));
const answerIsValid = ajv.compile<AnswerBody>(schemaOf('answer.json'));

/** An item as it stands in a body, or the place of its fault. */
type EncodedItem = { readonly text: string } | { readonly fault: string };
type EncodeItem = (item: PushItem) => EncodedItem;

function encodeItem({ record, operation }: PushItem, columnCode: ColumnCode): EncodedItem {
  const data: Record<string, string> = {};
  for (const field of Object.keys(record.fields)) {
    const code = columnCode(record.kind, field);
    const value = record.fields[field];
    if (code !== undefined && value !== undefined) data[code] = value;
  }
  const { naturalKey: key, contentHash, kind, sector, agencyId: agency } = record;
  const item = { itemId: itemIdOf(record), key, contentHash, operation, kind, sector, agency, data };
  if (itemIsValid(item)) return { text: JSON.stringify(item) };
  return { fault: itemIsValid.errors?.[0]?.instancePath.slice(0, 100) ?? '' };
}

function itemIdOf({ recordId, revision }: PushableRecord): string {
  return `${recordId}:${String(revision)}`;
}

/** Platforms that are sent the same record are sent the same text. */
function rememberItems(columnCode: ColumnCode): EncodeItem {
  const known = {
    INSERT: new WeakMap<PushableRecord, EncodedItem>(),
    UPDATE: new WeakMap<PushableRecord, EncodedItem>(),
  };
  return (item) => {
    const texts = known[item.operation];
    let encoded = texts.get(item.record);
    if (!encoded) texts.set(item.record, (encoded = encodeItem(item, columnCode)));
    return encoded;
  };
}

export function encodeBatch(
  items: readonly PushItem[],
  batch: string,
  { template, callback }: PlatformAddress,
  columnCode: ColumnCode,
  encode: EncodeItem = (item) => encodeItem(item, columnCode),
): Encoded {
  const invalid = new Map<string, string>();
  const good: string[] = [];
  for (const item of items) {
    const encoded = encode(item);
    if ('text' in encoded) good.push(encoded.text);
    else invalid.set(itemIdOf(item.record), encoded.fault);
  }
  const head = JSON.stringify({ batch, template, ...(callback === undefined ? {} : { callback }) });
  const body = `${head.slice(0, -1)},"items":[${good.join(',')}]}`;
  return { body, invalid, n: good.length };
}

const COLUMN = /^[A-Z][A-Z0-9_]{0,31}$/;

/** Looks every code up once. @throws RangeError on a code that is none: the fault is in the template, not the record */
function rememberCodes(columnCode: ColumnCode): ColumnCode {
  const kinds = new Map<string, Map<string, string | undefined>>();
  return (kind, field) => {
    let codes = kinds.get(kind);
    if (!codes) kinds.set(kind, (codes = new Map()));
    if (codes.has(field)) return codes.get(field);
    const code = columnCode(kind, field);
    if (code !== undefined && !COLUMN.test(code)) throw new RangeError(`${code} is no column code`);
    codes.set(field, code);
    return code;
  };
}

/** The first word on an item counts: platforms repeat themselves. Lines that are no result spoil the whole answer. */
export function decodeAnswer(body: Uint8Array): { batch: string; outcomes: Outcomes } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  if (!answerIsValid(parsed)) return undefined;
  const outcomes = new Map<string, Outcome>();
  for (const { itemId, result, code, message, acceptedAt } of parsed.results) {
    if (outcomes.has(itemId)) continue;
    outcomes.set(itemId, {
      result,
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
      ...(acceptedAt === undefined ? {} : { acceptedAt }),
    });
  }
  return { batch: parsed.batch, outcomes };
}

/** Only these words of the platform say that it never saw the batch; any other 404 may be a wrong address. */
function neverSeen({ status, body }: HttpAnswer): boolean {
  if (status !== 404) return false;
  try {
    return (JSON.parse(body.toString('utf8')) as { code?: unknown }).code === 'BATCH_UNKNOWN';
  } catch {
    return false;
  }
}

/** Turned down because of what the request holds. */
const OURS = new Set([400, 413, 422]);
/** Time-out and conflict: the batch may be at work there. */
const UNCLEAR = new Set([408, 409]);

/**
 * HTTP/JSON with a token: `POST <url>/batches` answers per item, `GET <url>/batches/<batch>` tells what became of it,
 * `<url>/held` what is held.
 */
export function httpJsonAdapter(client: HttpClient, columnCode: ColumnCode): PlatformAdapter {
  const codeOf = rememberCodes(columnCode);
  const encode = rememberItems(codeOf);
  const headersOf = ({ token }: PlatformAddress) => ({
    authorization: `Bearer ${token}`,
    accept: 'application/json',
  });
  const addressOf = ({ url }: PlatformAddress, batch?: string) =>
    `${url.replace(/\/+$/, '')}/batches${batch === undefined ? '' : `/${batch}`}`;
  return {
    encode: (items, batch, address) => encodeBatch(items, batch, address, codeOf, encode),
    decode: decodeAnswer,
    listing: httpJsonListing(client),
    async send(body, batch, address, signal) {
      try {
        const answer = await client.send({
          method: 'POST',
          url: addressOf(address),
          headers: {
            ...headersOf(address),
            'content-type': 'application/json; charset=utf-8',
            'idempotency-key': batch,
          },
          body,
          signal,
        });
        const { status } = answer;
        if (status >= 400 && status < 500 && !UNCLEAR.has(status)) {
          return { kind: 'TURNED_DOWN', code: `HTTP_${String(status)}`, ours: OURS.has(status) };
        }
        const said = status === 200 ? decodeAnswer(answer.body) : undefined;
        if (said?.batch !== batch) return { kind: 'UNKNOWN', code: `HTTP_${String(status)}` };
        return { kind: 'ANSWER', outcomes: said.outcomes, raw: answer.body };
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        return { kind: error.code === 'NOT_CONNECTED' ? 'NOT_SENT' : 'UNKNOWN', code: error.code };
      }
    },
    async ask(batch, address, signal) {
      try {
        const answer = await client.send({
          method: 'GET',
          url: addressOf(address, batch),
          headers: headersOf(address),
          signal,
        });
        if (neverSeen(answer)) return { kind: 'NEVER_SEEN' };
        const said = answer.status === 200 ? decodeAnswer(answer.body) : undefined;
        if (said?.batch !== batch) return { kind: 'FAILED', code: `HTTP_${String(answer.status)}` };
        return { kind: 'KNOWN', outcomes: said.outcomes, raw: answer.body };
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        return { kind: 'FAILED', code: error.code };
      }
    },
  };
}
