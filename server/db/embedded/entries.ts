import type { Raw } from './bson.ts';
import type { Index } from './index-spec.ts';
import { ELEMENT } from './element.ts';
import { encodeComponent, keyBuilder } from './key-bytes.ts';
import { extractKeys, fitKey, ID_KEY_LIMIT, INDEX_KEY_LIMIT } from './keys.ts';
import { FieldFinder, forEachElement } from './record.ts';

/** One entry of a document in an index: the whole key, with the numbers of index and document. */
export interface IndexEntry {
  readonly index: Index;
  readonly key: Buffer;
}

/** Which top-level fields a set of indexes needs, and where each index finds its own. */
export interface Layout {
  readonly finder: FieldFinder;
  readonly idSlot: number;
  readonly indexes: readonly {
    readonly index: Index;
    /** Slot of each part of the key, when all are top-level fields; such keys come straight from the bytes. */
    readonly slots: readonly number[] | undefined;
  }[];
}

export function layoutOf(indexes: readonly Index[]): Layout {
  const finder = new FieldFinder(['_id', ...indexes.flatMap((index) => [...index.fields])]);
  return {
    finder,
    idSlot: finder.names.indexOf('_id'),
    indexes: indexes
      .filter((index) => index.spec.name !== '_id_')
      .map((index) => ({
        index,
        slots:
          index.partial || index.parts.some((part) => part.parts.length > 1)
            ? undefined
            : index.parts.map((part) => finder.names.indexOf(part.path)),
      })),
  };
}

const NUMBER_BYTES = 4;

/** The key of a document's `_id`; the layout's finder has just looked at the document. */
export function idKey({ finder, idSlot }: Layout, raw: Raw): Buffer {
  const type = finder.types[idSlot] ?? 0;
  if (type === 0) return encodeComponent(null);
  const from = keyBuilder.begin();
  keyBuilder.raw(raw, type, finder.values[idSlot] ?? 0, finder.ends[idSlot] ?? 0, false);
  return fitKey(keyBuilder.end(from), ID_KEY_LIMIT);
}

/** The whole key of an entry. */
export function entryKey(index: Index, key: Buffer, id: Buffer): Buffer {
  const unique = index.spec.unique === true;
  const out = Buffer.allocUnsafe(NUMBER_BYTES + key.length + (unique ? 0 : id.length));
  out.writeUInt32BE(index.id, 0);
  key.copy(out, NUMBER_BYTES);
  if (!unique) id.copy(out, NUMBER_BYTES + key.length);
  return out;
}

/**
 * All index entries of a document; the layout's finder has just looked at it.
 * @param onArray told of every path through which an array was met
 * @throws MongoError 171 when two fields of one index hold arrays of their own
 */
export function entriesOf(
  { finder, indexes }: Layout,
  raw: Raw,
  id: Buffer,
  onArray: (index: Index, path: string) => void,
): IndexEntry[] {
  const entries: IndexEntry[] = [];
  let doc: ReturnType<FieldFinder['decode']> | undefined;
  for (const { index, slots } of indexes) {
    const arrays = slots ? arraysIn(slots, finder) : MANY;
    if (slots && arrays < MANY) {
      if (index.spec.sparse === true && slots.every((slot) => finder.types[slot] === 0)) continue;
      if (arrays === 0) entries.push({ index, key: plainKey({ index, slots, finder, raw, id }) });
      else {
        const at = slots.findIndex((slot) => finder.types[slot] === ELEMENT.array);
        onArray(index, index.parts[at]?.path ?? '');
        for (const key of arrayKeys({ index, slots, finder, raw, id }, at)) entries.push({ index, key });
      }
      continue;
    }
    doc ??= finder.decode(raw);
    if (index.partial && !index.partial(doc)) continue;
    const { keys, multikey, allMissing } = extractKeys(doc, index.parts);
    if (index.spec.sparse === true && allMissing) continue;
    for (const path of multikey) onArray(index, path);
    for (const key of keys) entries.push({ index, key: entryKey(index, key, id) });
  }
  return entries;
}

const MANY = 2;

/** How many of the fields hold an array; no more than two are counted. */
function arraysIn(slots: readonly number[], finder: FieldFinder): number {
  let arrays = 0;
  for (const slot of slots) if (finder.types[slot] === ELEMENT.array) arrays += 1;
  return Math.min(arrays, MANY);
}

/** A document and an index all of whose fields are top-level. */
interface Plain {
  readonly index: Index;
  readonly slots: readonly number[];
  readonly finder: FieldFinder;
  readonly raw: Raw;
  readonly id: Buffer;
}

/** An element of an array that stands for the field in one key. */
interface Element {
  readonly part: number;
  readonly type: number;
  readonly at: number;
  readonly end: number;
}

/** The keys of a document whose field `part` holds an array: one for each value in it, each once. */
function arrayKeys(plain: Plain, part: number): Buffer[] {
  const { slots, finder, raw } = plain;
  const slot = slots[part] ?? 0;
  const from = finder.values[slot] ?? 0;
  const to = finder.ends[slot] ?? 0;
  const keys: Buffer[] = [];
  forEachElement(raw, from, to, (type, at, end) => keys.push(plainKey(plain, { part, type, at, end })));
  // The empty array is a value of its own.
  if (keys.length === 0) return [plainKey(plain)];
  keys.sort((a, b) => Buffer.compare(a, b));
  return keys.filter((key, i) => keys[i - 1]?.equals(key) !== true);
}

function plainKey({ index, slots, finder, raw, id }: Plain, element?: Element): Buffer {
  const from = keyBuilder.begin();
  keyBuilder.uint32(index.id);
  for (let i = 0; i < slots.length; i += 1) {
    const slot = slots[i] ?? 0;
    const type = finder.types[slot] ?? 0;
    const descending = index.parts[i]?.descending === true;
    if (type === 0) keyBuilder.value(null, descending);
    else if (element?.part === i) keyBuilder.raw(raw, element.type, element.at, element.end, descending);
    else keyBuilder.raw(raw, type, finder.values[slot] ?? 0, finder.ends[slot] ?? 0, descending);
  }
  if (keyBuilder.size(from) - NUMBER_BYTES > INDEX_KEY_LIMIT) {
    const key = keyBuilder.end(from).subarray(NUMBER_BYTES);
    return entryKey(index, fitKey(key, INDEX_KEY_LIMIT), id);
  }
  if (index.spec.unique !== true) keyBuilder.bytes(id);
  return keyBuilder.end(from);
}
