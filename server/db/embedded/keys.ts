import { createHash } from 'node:crypto';
import { bsonTypeOf, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { numberBytes } from './number-key.ts';

/** LMDB takes keys of at most 1,978 bytes. */
export const MAX_KEY = 1978;
/** Longer ones keep this much and a digest: equality stays exact, order beyond it does not. */
const KEPT_PREFIX = 1850;

/** The order of BSON types, with gaps, so that a bracket can name its neighbours. */
export const TYPE = {
  minKey: 10,
  emptyArray: 14,
  null: 20,
  number: 30,
  string: 40,
  object: 50,
  array: 60,
  binary: 70,
  objectId: 80,
  boolean: 90,
  date: 100,
  timestamp: 110,
  regex: 120,
  code: 130,
  maxKey: 240,
} as const;

export function typeByte(value: unknown): number {
  switch (typeof value) {
    case 'undefined':
      return TYPE.null;
    case 'number':
    case 'bigint':
      return TYPE.number;
    case 'string':
      return TYPE.string;
    case 'boolean':
      return TYPE.boolean;
    default:
      break;
  }
  if (value === null) return TYPE.null;
  if (Array.isArray(value)) return value.length === 0 ? TYPE.emptyArray : TYPE.array;
  if (value instanceof Date) return TYPE.date;
  if (value instanceof RegExp) return TYPE.regex;
  if (value instanceof Uint8Array) return TYPE.binary;
  switch (bsonTypeOf(value)) {
    case 'Int32':
    case 'Double':
    case 'Long':
    case 'Decimal128':
      return TYPE.number;
    case 'ObjectId':
      return TYPE.objectId;
    case 'Binary':
      return TYPE.binary;
    case 'Timestamp':
      return TYPE.timestamp;
    case 'BSONRegExp':
      return TYPE.regex;
    case 'Code':
      return TYPE.code;
    case 'BSONSymbol':
      return TYPE.string;
    case 'MinKey':
      return TYPE.minKey;
    case 'MaxKey':
      return TYPE.maxKey;
    default:
      return TYPE.object;
  }
}

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
    case TYPE.number:
      putBytes(numberBytes(value));
      return;
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

function taken(from: number): Buffer {
  const out = Buffer.from(buffer.subarray(from, length));
  length = from;
  return out;
}

function invert(bytes: Buffer): Buffer {
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = ~(bytes[i] ?? 0) & 0xff;
  return bytes;
}

/** Bytes that compare as the values do, of any length; self-delimiting, so components can be joined. */
export function encodeComponent(value: unknown, descending = false): Buffer {
  const from = length;
  putValue(value);
  const bytes = taken(from);
  return descending ? invert(bytes) : bytes;
}

/** Cuts a key that LMDB would not take. */
export function fitKey(key: Buffer, limit = MAX_KEY): Buffer {
  if (key.length <= limit) return key;
  const digest = createHash('sha256').update(key).digest();
  return Buffer.concat([key.subarray(0, Math.min(KEPT_PREFIX, limit - digest.length)), digest]);
}

/** Room left for a document's key at the end of an index key of a non-unique index. */
export const ID_KEY_LIMIT = 900;

/** The key of an `_id`. */
export function encodeId(value: unknown): Buffer {
  return fitKey(encodeComponent(value), ID_KEY_LIMIT);
}

export interface KeyPart {
  readonly path: string;
  readonly parts: readonly string[];
  readonly descending: boolean;
}

export interface ExtractedKeys {
  /** Distinct keys of the document in this index, sorted. */
  readonly keys: readonly Buffer[];
  /** Paths through which an array was met. */
  readonly multikey: readonly string[];
  /** Whether none of the fields exists (a sparse index leaves such a document out). */
  readonly allMissing: boolean;
}

type Leaf = { value: unknown } | undefined;

/** Values at a path for indexing: arrays spread, an empty array is its own value. */
function leaves(value: unknown, parts: readonly string[], at: number, arrays: Set<string>): Leaf[] {
  if (at === parts.length) {
    if (!Array.isArray(value)) return [value === undefined ? undefined : { value }];
    arrays.add(parts.join('.'));
    return value.length === 0 ? [{ value: [] }] : value.map((element: unknown) => ({ value: element }));
  }
  const part = parts[at] ?? '';
  if (Array.isArray(value)) {
    const list = value as unknown[];
    if (/^\d+$/.test(part)) return leaves(list[Number(part)], parts, at + 1, arrays);
    arrays.add(parts.slice(0, at).join('.'));
    if (list.length === 0) return [undefined];
    return list.flatMap((element) =>
      Array.isArray(element) ? [undefined] : leaves(element, parts, at, arrays),
    );
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    bsonTypeOf(value) !== undefined ||
    value instanceof Date
  ) {
    return [undefined];
  }
  return leaves(Object.hasOwn(value, part) ? (value as Doc)[part] : undefined, parts, at + 1, arrays);
}

/** All index keys of a document. @throws MongoError 171 when two fields of the index hold arrays of their own */
export function extractKeys(doc: Doc, key: readonly KeyPart[]): ExtractedKeys {
  const multikey = new Set<string>();
  const columns = key.map((part) => {
    const arrays = new Set<string>();
    const values = leaves(doc, part.parts, 0, arrays);
    for (const path of arrays) multikey.add(path);
    return { part, values, array: [...arrays].sort((a, b) => a.length - b.length)[0] };
  });
  const arrayColumns = columns.filter((column) => column.array !== undefined);
  const shared = arrayColumns[0]?.array;
  if (arrayColumns.some((column) => column.array !== shared)) {
    fail(
      171,
      `cannot index parallel arrays [${arrayColumns.map((column) => column.array ?? '').join('] [')}]`,
    );
  }
  const allMissing = columns.every((column) => column.values.every((value) => value === undefined));
  if (arrayColumns.length === 0) {
    return { keys: [joinKey(columns.map((c) => encodeLeaf(c.values[0], c.part)))], multikey: [], allMissing };
  }
  // Fields under one array expand together: element i of one goes with element i of the other.
  const rows = arrayColumns[0]?.values.length ?? 0;
  if (arrayColumns.some((column) => column.values.length !== rows)) {
    unsupported('an index over arrays nested in an array beside another field of it');
  }
  const seen = new Map<string, Buffer>();
  for (let row = 0; row < rows; row += 1) {
    const bytes = joinKey(
      columns.map((c) => encodeLeaf(c.array === undefined ? c.values[0] : c.values[row], c.part)),
    );
    seen.set(bytes.toString('latin1'), bytes);
  }
  return {
    keys: [...seen.values()].sort((a, b) => Buffer.compare(a, b)),
    multikey: [...multikey],
    allMissing,
  };
}

function encodeLeaf(leaf: Leaf, part: KeyPart): Buffer {
  return encodeComponent(leaf === undefined ? null : leaf.value, part.descending);
}

function joinKey(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return fitKey(parts.length === 1 && only ? only : Buffer.concat(parts), MAX_KEY - ID_KEY_LIMIT - 8);
}

export function keyParts(spec: Readonly<Record<string, unknown>>): KeyPart[] {
  return Object.entries(spec).map(([path, direction]) => ({
    path,
    parts: path.split('.'),
    descending: Number(direction) < 0,
  }));
}
