import type { Raw } from './bson.ts';
import type { Index } from './index-spec.ts';
import { encodeComponent, keyBuilder } from './key-bytes.ts';
import { extractKeys, fitKey, ID_KEY_LIMIT, INDEX_KEY_LIMIT } from './keys.ts';
import { ELEMENT, FieldFinder } from './record.ts';

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
    if (slots && !slots.some((slot) => finder.types[slot] === ELEMENT.array)) {
      if (index.spec.sparse === true && slots.every((slot) => finder.types[slot] === 0)) continue;
      entries.push({ index, key: plainKey(index, slots, finder, raw, id) });
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

function plainKey(index: Index, slots: readonly number[], finder: FieldFinder, raw: Raw, id: Buffer): Buffer {
  const from = keyBuilder.begin();
  keyBuilder.uint32(index.id);
  for (let i = 0; i < slots.length; i += 1) {
    const slot = slots[i] ?? 0;
    const type = finder.types[slot] ?? 0;
    const descending = index.parts[i]?.descending === true;
    if (type === 0) keyBuilder.value(null, descending);
    else keyBuilder.raw(raw, type, finder.values[slot] ?? 0, finder.ends[slot] ?? 0, descending);
  }
  if (keyBuilder.size(from) - NUMBER_BYTES > INDEX_KEY_LIMIT) {
    const key = keyBuilder.end(from).subarray(NUMBER_BYTES);
    return entryKey(index, fitKey(key, INDEX_KEY_LIMIT), id);
  }
  if (index.spec.unique !== true) keyBuilder.bytes(id);
  return keyBuilder.end(from);
}
