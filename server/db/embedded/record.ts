import { encode, ObjectId, setOwn, type Doc, type Raw } from './bson.ts';
import { ELEMENT, elementValue, int32At } from './element.ts';
import { fail } from './error.ts';

function malformed(): never {
  return fail(2, 'malformed BSON document');
}

function cstringEnd(raw: Raw, from: number): number {
  const end = raw.indexOf(0, from);
  return end < 0 ? malformed() : end + 1;
}

/** Where the value that starts at `at` ends. */
function valueEnd(raw: Raw, type: number, at: number): number {
  switch (type) {
    case 0x01: // double
    case 0x09: // date
    case 0x11: // timestamp
    case 0x12: // int64
      return at + 8;
    case 0x02: // string
    case 0x0d: // code
    case 0x0e: // symbol
      return at + 4 + Math.max(1, int32At(raw, at));
    case 0x03: // object
    case 0x04: // array
    case 0x0f: // code with scope
      return at + Math.max(5, int32At(raw, at));
    case 0x05: // binary
      return at + 5 + Math.max(0, int32At(raw, at));
    case 0x07: // ObjectId
      return at + 12;
    case 0x08: // boolean
      return at + 1;
    case 0x06: // undefined
    case 0x0a: // null
    case 0x7f: // max key
    case 0xff: // min key
      return at;
    case 0x0b: // regex: two zero-terminated strings
      return cstringEnd(raw, cstringEnd(raw, at));
    case 0x0c: // pointer
      return at + 4 + Math.max(1, int32At(raw, at)) + 12;
    case 0x10: // int32
      return at + 4;
    case 0x13: // decimal128
      return at + 16;
    default:
      return fail(2, `unknown BSON type 0x${type.toString(16)}`);
  }
}

/** Visits the elements of the document or array whose bytes lie from `from` to `to`. @throws MongoError 2 */
export function forEachElement(
  raw: Raw,
  from: number,
  to: number,
  visit: (type: number, at: number, end: number) => void,
): void {
  const last = to - 1;
  for (let at = from + 4; at < last;) {
    const type = raw[at] ?? 0;
    const value = cstringEnd(raw, at + 1);
    const end = valueEnd(raw, type, value);
    if (end > last) malformed();
    visit(type, value, end);
    at = end;
  }
}

const HASH_SLOTS = 64;

/**
 * Finds a fixed set of top-level fields in raw documents without decoding them. What it found stands in its arrays, by
 * the position of the name, until the next call; type 0 means missing.
 */
export class FieldFinder {
  readonly names: readonly string[];
  readonly types: Uint8Array;
  readonly starts: Int32Array;
  readonly values: Int32Array;
  readonly ends: Int32Array;
  /** The slots that were found, in the order of the document. */
  private readonly found: Uint16Array;
  private count = 0;
  private readonly bytes: readonly Buffer[];
  /** Names by a hash of their bytes, so that most fields of a document are passed over at once. */
  private readonly byHash: readonly (readonly number[] | undefined)[];

  constructor(names: Iterable<string>) {
    this.names = [...new Set(names)];
    this.bytes = this.names.map((name) => Buffer.from(name, 'utf8'));
    this.types = new Uint8Array(this.names.length);
    this.starts = new Int32Array(this.names.length);
    this.values = new Int32Array(this.names.length);
    this.ends = new Int32Array(this.names.length);
    this.found = new Uint16Array(this.names.length);
    const byHash: (number[] | undefined)[] = new Array<undefined>(HASH_SLOTS).fill(undefined);
    for (const [slot, name] of this.bytes.entries()) {
      let hash = 0;
      for (const byte of name) hash = (hash * 31 + byte) | 0;
      (byHash[hash & (HASH_SLOTS - 1)] ??= []).push(slot);
    }
    this.byHash = byHash;
  }

  /** @throws MongoError 2 for bytes that are no BSON document */
  find(raw: Raw): void {
    this.types.fill(0);
    this.count = 0;
    let missing = this.names.length;
    const last = raw.length - 1;
    let at = 4;
    while (at < last && missing > 0) {
      const start = at;
      const type = raw[at] ?? 0;
      let hash = 0;
      at += 1;
      for (let byte = raw[at]; byte !== 0; byte = raw[at]) {
        if (byte === undefined) malformed();
        hash = (hash * 31 + byte) | 0;
        at += 1;
      }
      const value = at + 1;
      const end = valueEnd(raw, type, value);
      if (end > last) malformed();
      const slots = this.byHash[hash & (HASH_SLOTS - 1)];
      if (slots) {
        const slot = this.slotOf(slots, raw, start + 1, at);
        if (slot >= 0) {
          if (this.types[slot] === 0) {
            missing -= 1;
            this.found[this.count] = slot;
            this.count += 1;
          }
          this.types[slot] = type;
          this.starts[slot] = start;
          this.values[slot] = value;
          this.ends[slot] = end;
        }
      }
      at = end;
    }
  }

  /** Decodes what the last `find` found, as `decodeRaw` does, or with `promoted` as `decodeRead`. */
  decode(raw: Raw, promoted = false): Doc {
    const doc: Doc = {};
    for (let i = 0; i < this.count; i += 1) {
      const slot = this.found[i] ?? 0;
      setOwn(doc, this.names[slot] ?? '', this.value(raw, slot, promoted));
    }
    return doc;
  }

  /** The value in one slot; undefined when it is missing. */
  value(raw: Raw, slot: number, promoted: boolean): unknown {
    const type = this.types[slot] ?? 0;
    if (type === 0) return undefined;
    return elementValue(raw, type, this.values[slot] ?? 0, this.ends[slot] ?? 0, promoted);
  }

  /** The document that has only what the last `find` found, in its order. */
  pick(raw: Raw): Raw {
    const found: number[] = [];
    for (let slot = 0; slot < this.names.length; slot += 1) if (this.types[slot] !== 0) found.push(slot);
    found.sort((a, b) => (this.starts[a] ?? 0) - (this.starts[b] ?? 0));
    return assemble(found.map((slot) => raw.subarray(this.starts[slot], this.ends[slot])));
  }

  private slotOf(slots: readonly number[], raw: Raw, from: number, to: number): number {
    for (const slot of slots) {
      const name = this.bytes[slot];
      if (name?.length !== to - from) continue;
      let i = 0;
      while (i < name.length && name[i] === raw[from + i]) i += 1;
      if (i === name.length) return slot;
    }
    return -1;
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

/** Makes a reader of the named top-level fields, which gives what `decodeRead` gives. */
export function fieldReader(names: Iterable<string>): (raw: Raw) => Doc {
  const finder = new FieldFinder(names);
  return (raw) => {
    finder.find(raw);
    return finder.decode(raw, true);
  };
}

/** Makes a copier of the named top-level fields, in the document's order. */
export function picker(names: Iterable<string>): (raw: Raw) => Raw {
  const finder = new FieldFinder(names);
  return (raw) => {
    finder.find(raw);
    return finder.pick(raw);
  };
}

const idFinder = new FieldFinder(['_id']);
const NO_IDS: ReadonlySet<number> = new Set([ELEMENT.array, ELEMENT.regex, ELEMENT.undefined]);

/**
 * The document with its `_id` first; one without gets an ObjectId.
 * @throws MongoError 53 for an `_id` that is an array, a regular expression or undefined, 52 for one with `$` fields
 */
export function withId(raw: Raw): Raw {
  idFinder.find(raw);
  const [type = 0] = idFinder.types;
  if (NO_IDS.has(type)) return fail(53, "The '_id' value is of a type that no _id may have");
  if (type === ELEMENT.object) checkIdFields(idFinder.decode(raw)['_id'] as Doc);
  const [start = 0] = idFinder.starts;
  if (type !== 0 && start === 4) return raw;
  if (type === 0) {
    const id = encode({ _id: new ObjectId() }).subarray(4, -1);
    return assemble([id, raw.subarray(4, -1)]);
  }
  const [end = 0] = idFinder.ends;
  return assemble([raw.subarray(start, end), raw.subarray(4, start), raw.subarray(end, -1)]);
}

function checkIdFields(id: Doc): void {
  const odd = Object.keys(id).find((name) => name.startsWith('$'));
  if (odd !== undefined && !('$ref' in id && '$id' in id))
    fail(52, `_id fields may not contain '$'-prefixed fields: ${odd} is not valid for storage.`);
}
