import { bsonTypeOf, type Doc, type Raw } from './bson.ts';
import { ELEMENT, elementValue, int32At } from './element.ts';
import { numberBytes } from './number-key.ts';
import { typeByte, TYPE } from './type-order.ts';

let buffer = Buffer.allocUnsafe(4096);
let length = 0;

function reserve(more: number): void {
  if (length + more <= buffer.length) return;
  const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + more));
  buffer.copy(grown, 0, 0, length);
  buffer = grown;
}

function putByte(byte: number): void {
  reserve(1);
  buffer[length] = byte;
  length += 1;
}

function putBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  buffer.set(bytes, length);
  length += bytes.length;
}

/** After the 00 that ends a string; FF after 00 stands for a 00 inside it. */
const STRING_END = 1;
/** How many bytes close an encoded string. */
export const STRING_END_BYTES = 2;

function putText(text: string): void {
  reserve(text.length * 3 + STRING_END_BYTES);
  const from = length;
  length += buffer.write(text, length, 'utf8');
  if (text.includes('\0')) {
    const escaped = Buffer.from(
      buffer.subarray(from, length).toString('latin1').replaceAll('\0', '\0\xff'),
      'latin1',
    );
    length = from;
    putBytes(escaped);
  }
  // Two bytes, so that no key is the beginning of another one: inverted, the shorter would stand on the wrong side.
  putByte(0);
  putByte(STRING_END);
}

function putInt64(value: bigint): void {
  reserve(8);
  buffer.writeBigUInt64BE(BigInt.asUintN(64, value ^ (1n << 63n)), length);
  length += 8;
}

const TWO_32 = 2 ** 32;

/** The number as a double, when that says it exactly. */
function plainNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const type = bsonTypeOf(value);
  if (type === 'Int32' || type === 'Double') return (value as { value: number }).value;
  if (type !== 'Long') return undefined;
  const { high, low } = value as { high: number; low: number };
  const near = high * TWO_32 + (low >>> 0);
  return Number.isSafeInteger(near) ? near : undefined;
}

/** The usual case of `numberBytes`: a value that is exactly a double. */
function putDouble(value: number): void {
  reserve(9);
  if (Number.isNaN(value)) buffer.fill(0, length, length + 8);
  else {
    buffer.writeDoubleBE(value === 0 ? 0 : value, length);
    if (value < 0) for (let i = length; i < length + 8; i += 1) buffer[i] = ~(buffer[i] ?? 0) & 0xff;
    else buffer[length] = (buffer[length] ?? 0) ^ 0x80;
  }
  buffer[length + 8] = 0;
  length += 9;
}

function entriesOf(value: object): [string, unknown][] {
  if (bsonTypeOf(value) === 'DBRef') {
    const ref = value as { collection: string; oid: unknown; db?: string; fields?: Doc };
    return Object.entries({
      $ref: ref.collection,
      $id: ref.oid,
      ...(ref.db ? { $db: ref.db } : {}),
      ...ref.fields,
    });
  }
  return Object.entries(value);
}

function putPayload(value: unknown, type: number): void {
  switch (type) {
    case TYPE.number: {
      const plain = plainNumber(value);
      if (plain === undefined) putBytes(numberBytes(value));
      else putDouble(plain);
      return;
    }
    case TYPE.string:
      putText(typeof value === 'string' ? value : String((value as { value: string }).value));
      return;
    case TYPE.object:
      for (const [name, field] of entriesOf(value as object)) {
        const inner = typeByte(field);
        putByte(inner);
        putText(name);
        putPayload(field, inner);
      }
      putByte(0);
      return;
    case TYPE.array:
      for (const element of value as unknown[]) putValue(element);
      putByte(0);
      return;
    case TYPE.binary: {
      const plain = value instanceof Uint8Array;
      const bytes = plain ? value : (value as { value(): Uint8Array }).value();
      reserve(5);
      buffer.writeUInt32BE(bytes.length, length);
      length += 4;
      putByte(plain ? 0 : (value as { sub_type: number }).sub_type);
      putBytes(bytes);
      return;
    }
    case TYPE.objectId:
      putBytes((value as { id: Uint8Array }).id);
      return;
    case TYPE.boolean:
      putByte(value === true ? 1 : 0);
      return;
    case TYPE.date:
      putInt64(BigInt((value as Date).getTime()));
      return;
    case TYPE.timestamp: {
      const stamp = value as { high: number; low: number };
      reserve(8);
      buffer.writeUInt32BE(stamp.high >>> 0, length);
      buffer.writeUInt32BE(stamp.low >>> 0, length + 4);
      length += 8;
      return;
    }
    case TYPE.regex: {
      const regex = value as { source?: string; flags?: string; pattern?: string; options?: string };
      putText(regex.pattern ?? regex.source ?? '');
      putText(regex.options ?? regex.flags ?? '');
      return;
    }
    case TYPE.code:
      putText(String((value as { code: unknown }).code));
      return;
    default:
      return; // null, empty array, MinKey, MaxKey: the type says it all
  }
}

function putValue(value: unknown): void {
  const type = typeByte(value);
  putByte(type);
  putPayload(value, type);
}

function invertFrom(from: number): void {
  for (let i = from; i < length; i += 1) buffer[i] = ~(buffer[i] ?? 0) & 0xff;
}

/**
 * Puts together a key in the one buffer of the module: `begin`, any puts, `end`. Between the two nothing else may
 * encode, which a single thread without awaits gives.
 */
export const keyBuilder = {
  begin(): number {
    return length;
  },
  uint32(value: number): void {
    reserve(4);
    length = buffer.writeUInt32BE(value, length);
  },
  bytes: putBytes,
  value(value: unknown, descending: boolean): void {
    const from = length;
    putValue(value);
    if (descending) invertFrom(from);
  },
  /** The value of an element straight from its BSON bytes; gives what `value` gives for the decoded value. */
  raw(raw: Raw, type: number, at: number, end: number, descending: boolean): void {
    const from = length;
    putRaw(raw, type, at, end);
    if (descending) invertFrom(from);
  },
  /** How many bytes were put since `begin`. */
  size(from: number): number {
    return length - from;
  },
  /** Copies what was put and forgets it. */
  end(from: number): Buffer {
    const out = Buffer.allocUnsafe(length - from);
    buffer.copy(out, 0, from, length);
    length = from;
    return out;
  },
};

function reversed(raw: Raw, at: number): void {
  reserve(8);
  for (let i = 7; i >= 0; i -= 1) {
    buffer[length] = raw[at + i] ?? 0;
    length += 1;
  }
}

function putRaw(raw: Raw, type: number, at: number, end: number): void {
  switch (type) {
    case ELEMENT.string: {
      // Without the length in front and the zero behind; a zero inside must be escaped.
      const zero = raw.indexOf(0, at + 4);
      if (zero !== end - 1) break;
      putByte(TYPE.string);
      putBytes(raw.subarray(at + 4, end - 1));
      putByte(0);
      putByte(STRING_END);
      return;
    }
    case ELEMENT.objectId:
      putByte(TYPE.objectId);
      putBytes(raw.subarray(at, end));
      return;
    case ELEMENT.int32:
      putByte(TYPE.number);
      putDouble(int32At(raw, at));
      return;
    case ELEMENT.date:
      putByte(TYPE.date);
      reversed(raw, at);
      buffer[length - 8] = (buffer[length - 8] ?? 0) ^ 0x80;
      return;
    case ELEMENT.boolean:
      putByte(TYPE.boolean);
      putByte(raw[at] === 0 ? 0 : 1);
      return;
    case ELEMENT.null:
      putByte(TYPE.null);
      return;
    default:
      break;
  }
  putValue(elementValue(raw, type, at, end, false));
}

/** Bytes that compare as the values do, of any length; self-delimiting, so components can be joined. */
export function encodeComponent(value: unknown, descending = false): Buffer {
  const from = length;
  try {
    putValue(value);
    if (descending) invertFrom(from);
    return Buffer.from(buffer.subarray(from, length));
  } finally {
    length = from;
  }
}
