import { BSON, decodeRaw, decodeRead, ObjectId, type Doc, type Raw } from './bson.ts';

const { Double, Int32, Long } = BSON;

/** BSON element types that the store looks at by number. */
export const ELEMENT = {
  double: 0x01,
  string: 0x02,
  object: 0x03,
  array: 0x04,
  undefined: 0x06,
  objectId: 0x07,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  symbol: 0x0e,
  int32: 0x10,
  int64: 0x12,
  decimal128: 0x13,
} as const;

export function int32At(raw: Raw, at: number): number {
  return (raw[at] ?? 0) | ((raw[at + 1] ?? 0) << 8) | ((raw[at + 2] ?? 0) << 16) | ((raw[at + 3] ?? 0) << 24);
}

const TWO_32 = 2 ** 32;
/** Up to here js-bson makes a number of a Long. */
const PROMOTED_LIMIT = 2 ** 53;

/** As a double; exact up to 2^53. */
export function int64At(raw: Raw, at: number): number {
  return int32At(raw, at + 4) * TWO_32 + (int32At(raw, at) >>> 0);
}

const eight = new Uint8Array(8);
const eightView = new DataView(eight.buffer);

export function doubleAt(raw: Raw, at: number): number {
  for (let i = 0; i < 8; i += 1) eight[i] = raw[at + i] ?? 0;
  return eightView.getFloat64(0, true);
}

export function textAt(raw: Raw, from: number, to: number): string {
  return bufferOf(raw).toString('utf8', from, to);
}

export function bufferOf(raw: Raw): Buffer {
  return Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.length);
}

function longAt(raw: Raw, at: number, promoted: boolean): unknown {
  const near = int64At(raw, at);
  if (promoted && near <= PROMOTED_LIMIT && near >= -PROMOTED_LIMIT) {
    const long = new Long(int32At(raw, at), int32At(raw, at + 4));
    return Number.isSafeInteger(near) ? near : promotedLong(long);
  }
  return new Long(int32At(raw, at), int32At(raw, at + 4));
}

function promotedLong(long: InstanceType<typeof Long>): unknown {
  const edge = Long.fromNumber(PROMOTED_LIMIT);
  return long.lessThanOrEqual(edge) && long.greaterThanOrEqual(edge.negate()) ? long.toNumber() : long;
}

/** One value as `decodeRaw` gives it, or with `promoted` as `decodeRead` does; the usual types without the library. */
export function elementValue(raw: Raw, type: number, at: number, end: number, promoted: boolean): unknown {
  switch (type) {
    case ELEMENT.string:
      return textAt(raw, at + 4, end - 1);
    case ELEMENT.int32:
      return promoted ? int32At(raw, at) : new Int32(int32At(raw, at));
    case ELEMENT.double:
      return promoted ? doubleAt(raw, at) : new Double(doubleAt(raw, at));
    case ELEMENT.int64:
      return longAt(raw, at, promoted);
    case ELEMENT.date:
      return new Date(int64At(raw, at));
    case ELEMENT.objectId:
      return new ObjectId(raw.slice(at, end));
    case ELEMENT.boolean:
      return raw[at] === 1;
    case ELEMENT.null:
      return null;
    default:
      return otherValue(raw, type, at, end, promoted);
  }
}

function otherValue(raw: Raw, type: number, at: number, end: number, promoted: boolean): unknown {
  const doc = Buffer.alloc(end - at + 8);
  doc.writeInt32LE(doc.length, 0);
  doc[4] = type;
  doc[5] = 0x76; // a field named v
  doc.set(raw.subarray(at, end), 7);
  const decoded: Doc = promoted ? decodeRead(doc) : decodeRaw(doc);
  return decoded['v'];
}
