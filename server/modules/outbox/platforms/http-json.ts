import { UpstreamError } from '../../../lib/errors.ts';
import type { HttpAnswer, HttpClient } from '../../../lib/http-client.ts';
import type { PushableRecord } from '../../credit-record/index.ts';
import { decodeAnswer } from './answer.ts';
import { httpJsonListing } from './http-json-listing.ts';
import { itemIdOf, mannerOf, Wording } from './item.ts';
import type { ColumnCode, Encoded, LocalFault, PlatformAdapter, PlatformAddress, PushItem } from './types.ts';

/** An item as it stands in a body, or why it cannot stand there. */
type EncodedItem = { readonly text: string } | { readonly fault: LocalFault };
type EncodeItem = (item: PushItem, manner: PlatformAddress) => EncodedItem;

function encodeWith(wording: Wording): EncodeItem {
  return (item, manner) => {
    const put = wording.put(item, manner);
    return 'item' in put ? { text: JSON.stringify(put.item) } : put;
  };
}

/** Platforms that are sent the same record in the same manner are sent the same text. */
function rememberItems(encode: EncodeItem): EncodeItem {
  const known = {
    INSERT: new Map<string, WeakMap<PushableRecord, EncodedItem>>(),
    UPDATE: new Map<string, WeakMap<PushableRecord, EncodedItem>>(),
  };
  return (item, manner) => {
    const manners = known[item.operation];
    const name = mannerOf(manner);
    let texts = manners.get(name);
    if (!texts) manners.set(name, (texts = new WeakMap()));
    let encoded = texts.get(item.record);
    if (!encoded) texts.set(item.record, (encoded = encode(item, manner)));
    return encoded;
  };
}

export function encodeBatch(
  items: readonly PushItem[],
  batch: string,
  address: PlatformAddress,
  columnCode: ColumnCode,
  encode: EncodeItem = encodeWith(new Wording(columnCode)),
): Encoded & { readonly body: string } {
  const invalid = new Map<string, LocalFault>();
  const good: string[] = [];
  for (const item of items) {
    const encoded = encode(item, address);
    if ('text' in encoded) good.push(encoded.text);
    else invalid.set(itemIdOf(item.record), encoded.fault);
  }
  const { template, callback } = address;
  const head = JSON.stringify({ batch, template, ...(callback === undefined ? {} : { callback }) });
  const body = `${head.slice(0, -1)},"items":[${good.join(',')}]}`;
  return { body, invalid, n: good.length };
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
  const encode = rememberItems(encodeWith(new Wording(columnCode)));
  const headersOf = ({ token }: PlatformAddress) => ({
    authorization: `Bearer ${token}`,
    accept: 'application/json',
  });
  const addressOf = ({ url }: PlatformAddress, batch?: string) =>
    `${url.replace(/\/+$/, '')}/batches${batch === undefined ? '' : `/${batch}`}`;
  return {
    numbered: false,
    alwaysOpen: false,
    encode: (items, batch, address) => encodeBatch(items, batch, address, columnCode, encode),
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
