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

export function bsonTypeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const type = (value as { _bsontype?: unknown })._bsontype;
  // A stored document may have a field of that name: only the prototypes of bson's classes count.
  return typeof type === 'string' && !Object.hasOwn(value, '_bsontype') ? type : undefined;
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
