import { mongo } from 'mongoose';
import { fail } from './error.ts';

// The one copy of bson that mongoose and its driver use: a second copy would not recognise their types.
export const { BSON } = mongo;
export const { Binary, Decimal128, Double, Int32, Long, ObjectId } = BSON;
export type Decimal128 = InstanceType<typeof BSON.Decimal128>;
export type Long = InstanceType<typeof BSON.Long>;

export type Raw = Uint8Array;
export type Doc = Record<string, unknown>;

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const UNPROMOTED = { promoteValues: false, promoteBuffers: false, useBigInt64: false } as const;
const PROMOTED = { promoteValues: true, promoteLongs: true } as const;

/** Decodes with every number in its own BSON type (Int32, Long, Double, Decimal128). */
export function decodeRaw(raw: Raw): Doc {
  return BSON.deserialize(raw, UNPROMOTED);
}

/** Decodes for expressions: plain numbers; a Long beyond 2^53 stays a Long. */
export function decodeRead(raw: Raw): Doc {
  return BSON.deserialize(raw, PROMOTED);
}

const INT32_MAX = 2 ** 31 - 1;

/** js-bson would write whole numbers beyond 32 bits as Double; amounts must stay whole. */
function wholeNumbers(value: unknown): unknown {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && Math.abs(value) > INT32_MAX ? Long.fromNumber(value) : value;
  }
  if (typeof value === 'bigint') return Long.fromBigInt(value);
  if (Array.isArray(value)) return value.map(wholeNumbers);
  if (isPlain(value)) {
    const out: Doc = {};
    for (const key of Object.keys(value)) setOwn(out, key, wholeNumbers(value[key]));
    return out;
  }
  return value;
}

/** @throws MongoError 10334 when the document is over 16 MiB */
export function encode(doc: Doc, computed = false): Raw {
  const raw = BSON.serialize((computed ? wholeNumbers(doc) : doc) as Doc, { ignoreUndefined: true });
  if (raw.length > MAX_DOCUMENT_BYTES) fail(10334, 'document is larger than 16777216 bytes');
  return raw;
}

export function isPlain(value: unknown): value is Doc {
  if (typeof value !== 'object' || value === null) return false;
  if (
    Array.isArray(value) ||
    value instanceof Date ||
    value instanceof RegExp ||
    value instanceof Uint8Array
  ) {
    return false;
  }
  return (value as { _bsontype?: unknown })._bsontype === undefined || Object.hasOwn(value, '_bsontype');
}

/** Assigns an own property whatever its name: `__proto__` in a document must not reach a prototype. */
export function setOwn(target: Doc, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else target[key] = value;
}

export function getOwn(target: unknown, key: string): unknown {
  if (typeof target !== 'object' || target === null || !Object.hasOwn(target, key)) return undefined;
  return (target as Doc)[key];
}

export function bsonTypeOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null
    ? (value as { _bsontype?: string })._bsontype
    : undefined;
}

/** A number of any BSON type as a JavaScript number (Long beyond 2^53 loses precision), else undefined. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  switch (bsonTypeOf(value)) {
    case 'Int32':
    case 'Double':
      return (value as { value: number }).value;
    case 'Long':
      return (value as Long).toNumber();
    case 'Decimal128':
      return Number((value as Decimal128).toString());
    default:
      return undefined;
  }
}

export function isNumeric(value: unknown): boolean {
  return asNumber(value) !== undefined;
}

/** Byte ranges of the top-level elements of a document. */
export function* elements(
  raw: Raw,
): Generator<{ name: string; type: number; start: number; value: number; end: number }> {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  let at = 4;
  while (at < raw.length - 1) {
    const type = raw[at] ?? 0;
    const start = at;
    let nameEnd = at + 1;
    while (raw[nameEnd] !== 0) nameEnd += 1;
    const name = Buffer.from(raw.buffer, raw.byteOffset + at + 1, nameEnd - at - 1).toString('utf8');
    const value = nameEnd + 1;
    const end = value + valueLength(view, raw, type, value);
    yield { name, type, start, value, end };
    at = end;
  }
}

function cstring(raw: Raw, at: number): number {
  let end = at;
  while (raw[end] !== 0) end += 1;
  return end + 1 - at;
}

function valueLength(view: DataView, raw: Raw, type: number, at: number): number {
  switch (type) {
    case 0x01: // double
    case 0x09: // date
    case 0x11: // timestamp
    case 0x12: // int64
      return 8;
    case 0x02: // string
    case 0x0d: // code
    case 0x0e: // symbol
      return 4 + view.getInt32(at, true);
    case 0x03: // object
    case 0x04: // array
    case 0x0f: // code with scope
      return view.getInt32(at, true);
    case 0x05: // binary
      return 5 + view.getInt32(at, true);
    case 0x07: // ObjectId
      return 12;
    case 0x08: // boolean
      return 1;
    case 0x06: // undefined
    case 0x0a: // null
    case 0x7f: // max key
    case 0xff: // min key
      return 0;
    case 0x0b: {
      const pattern = cstring(raw, at);
      return pattern + cstring(raw, at + pattern);
    }
    case 0x0c:
      return 4 + view.getInt32(at, true) + 12;
    case 0x10: // int32
      return 4;
    case 0x13: // decimal128
      return 16;
    default:
      return fail(2, `unknown BSON type 0x${type.toString(16)}`);
  }
}

function assemble(parts: readonly Raw[]): Raw {
  let length = 5;
  for (const part of parts) length += part.length;
  const out = Buffer.allocUnsafe(length);
  out.writeInt32LE(length, 0);
  let at = 4;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  out[length - 1] = 0;
  return out;
}

/** Copies the named top-level elements, in the document's order. */
export function pickRaw(raw: Raw, names: ReadonlySet<string>): Raw {
  const parts: Raw[] = [];
  for (const element of elements(raw)) {
    if (names.has(element.name)) parts.push(raw.subarray(element.start, element.end));
  }
  return assemble(parts);
}

/** Decodes only the named top-level fields, numbers unpromoted. */
export function fields(raw: Raw, names: ReadonlySet<string>): Doc {
  return decodeRaw(pickRaw(raw, names));
}

/** The document with its `_id` first; one without gets an ObjectId. */
export function withId(raw: Raw): Raw {
  const rest: Raw[] = [];
  let id: Raw | undefined;
  let first = true;
  for (const element of elements(raw)) {
    if (element.name === '_id') {
      if (first) return raw;
      id = raw.subarray(element.start, element.end);
    } else rest.push(raw.subarray(element.start, element.end));
    first = false;
  }
  id ??= encode({ _id: new ObjectId() }).subarray(4, -1);
  return assemble([id, ...rest]);
}
