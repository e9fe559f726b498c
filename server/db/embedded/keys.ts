import { createHash } from 'node:crypto';
import { bsonTypeOf, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { encodeComponent } from './key-bytes.ts';

/** LMDB takes keys of at most 1,978 bytes. */
export const MAX_KEY = 1978;
/** Longer ones keep this much and a digest: equality stays exact, order beyond it does not. */
const KEPT_PREFIX = 1850;

/** Cuts a key that LMDB would not take. */
export function fitKey(key: Buffer, limit = MAX_KEY): Buffer {
  if (key.length <= limit) return key;
  const digest = createHash('sha256').update(key).digest();
  return Buffer.concat([key.subarray(0, Math.min(KEPT_PREFIX, limit - digest.length)), digest]);
}

/** Room left for a document's key at the end of an index key of a non-unique index. */
export const ID_KEY_LIMIT = 900;
/** Longest key of a document in an index, without the numbers of index and document around it. */
export const INDEX_KEY_LIMIT = MAX_KEY - ID_KEY_LIMIT - 8;

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
  return fitKey(parts.length === 1 && only ? only : Buffer.concat(parts), INDEX_KEY_LIMIT);
}

export function keyParts(spec: Readonly<Record<string, unknown>>): KeyPart[] {
  return Object.entries(spec).map(([path, direction]) => ({
    path,
    parts: path.split('.'),
    descending: Number(direction) < 0,
  }));
}
