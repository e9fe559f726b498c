import { BSON, decodeRaw, encode, type Doc, type Raw } from './bson.ts';
import type { Batch } from './cursor.ts';
import { BATCH } from './cursor.ts';
import { fail } from './error.ts';

const OP_QUERY = 2004;
const OP_REPLY = 1;
const OP_MSG = 2013;
const HEADER = 16;
export const MAX_MESSAGE_BYTES = 48_000_000;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Arrays that may come as a section of raw documents; inserted ones are never decoded. */
const RAW_ARRAYS = new Set(['documents']);

export interface Message {
  readonly requestId: number;
  readonly legacy: boolean;
  readonly body: Doc;
  /** The client does not wait for a reply. */
  readonly silent: boolean;
}

/** Cuts a stream of bytes into messages. @throws Error on a length no client sends */
export class Framer {
  private chunks: Buffer[] = [];
  private size = 0;

  *push(chunk: Buffer): Generator<Buffer> {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.size >= 4) {
      const head = this.front(4);
      const length = head.readInt32LE(0);
      if (length < HEADER || length > MAX_MESSAGE_BYTES)
        throw new Error('not a message of the wire protocol');
      if (this.size < length) return;
      const all = this.front(length);
      yield all.subarray(0, length);
      this.chunks = all.length > length ? [all.subarray(length)] : this.chunks.slice(1);
      this.size -= length;
    }
  }

  /** Makes the first chunk hold at least `length` bytes. */
  private front(length: number): Buffer {
    const [first] = this.chunks;
    if (first && first.length >= length) return first;
    const joined = Buffer.concat(this.chunks);
    this.chunks = [joined];
    return joined;
  }
}

export function readMessage(bytes: Buffer): Message {
  const requestId = bytes.readInt32LE(4);
  const opcode = bytes.readInt32LE(12);
  if (opcode === OP_QUERY) return { requestId, legacy: true, body: readQuery(bytes), silent: false };
  if (opcode !== OP_MSG) return fail(2, `opcode ${String(opcode)} is not served`);
  const flags = bytes.readUInt32LE(16);
  const end = (flags & CHECKSUM_PRESENT) === 0 ? bytes.length : bytes.length - 4;
  let body: Doc = {};
  const sections: [string, unknown][] = [];
  let at = 20;
  while (at < end) {
    const kind = bytes[at];
    at += 1;
    const length = bytes.readInt32LE(at);
    if (length < 5 || at + length > end) fail(2, 'a section is longer than its message');
    if (kind === 0) body = readBody(bytes.subarray(at, at + length));
    else if (kind === 1) sections.push(readSection(bytes.subarray(at + 4, at + length)));
    else fail(2, `unknown section kind ${String(kind)}`);
    at += length;
  }
  for (const [name, value] of sections) body[name] = value;
  return { requestId, legacy: false, body, silent: (flags & MORE_TO_COME) !== 0 };
}

/** The same arrays may stand in the body itself; inserted documents then become bytes again. */
function readBody(raw: Raw): Doc {
  const body = decodeRaw(raw);
  if ('insert' in body && Array.isArray(body['documents'])) {
    // Too large a document is refused by the insert, which can say so.
    const bytes = (doc: Doc) => BSON.serialize(doc, { ignoreUndefined: true });
    body['documents'] = { documents: (body['documents'] as Doc[]).map(bytes) };
  }
  return body;
}

function readSection(bytes: Buffer): [string, unknown] {
  const nameEnd = bytes.indexOf(0);
  const name = bytes.toString('utf8', 0, nameEnd);
  const documents: Raw[] = [];
  let at = nameEnd + 1;
  while (at < bytes.length) {
    const length = bytes.readInt32LE(at);
    if (length < 5 || at + length > bytes.length) fail(2, 'a document is longer than its section');
    documents.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [name, RAW_ARRAYS.has(name) ? { documents } : documents.map((raw) => decodeRaw(raw))];
}

function readQuery(bytes: Buffer): Doc {
  const nameEnd = bytes.indexOf(0, 20);
  const name = bytes.toString('utf8', 20, nameEnd);
  if (!name.endsWith('.$cmd')) fail(2, 'only commands are served by OP_QUERY');
  const body = decodeRaw(bytes.subarray(nameEnd + 9));
  return { ...body, $db: name.slice(0, -5) };
}

let nextId = 1;

export function writeMessage(to: Message, reply: Doc): Buffer {
  const head = to.legacy ? 36 : 21;
  const batch = (reply as { [BATCH]?: Batch })[BATCH];
  const out = batch ? cursorReply(batch, head) : behind(head, encode(reply));
  out.fill(0, 0, head);
  out.writeInt32LE(out.length, 0);
  out.writeInt32LE((nextId = (nextId + 1) & 0x7fffffff), 4);
  out.writeInt32LE(to.requestId, 8);
  out.writeInt32LE(to.legacy ? OP_REPLY : OP_MSG, 12);
  if (to.legacy) {
    out.writeInt32LE(8, 16); // awaitCapable
    out.writeInt32LE(1, 32); // one document
  }
  return out;
}

function behind(head: number, body: Raw): Buffer {
  const out = Buffer.allocUnsafe(head + body.length);
  out.set(body, head);
  return out;
}

const CURSOR = Buffer.from('\x03cursor\0', 'latin1');
const ID = Buffer.from('\x12id\0', 'latin1');
const NAMESPACE = Buffer.from('\x02ns\0', 'latin1');
const OK = Buffer.from('\x01ok\0\0\0\0\0\0\0\xf0\x3f', 'latin1');
/** Type, up to six digits, zero. */
const LONGEST_ELEMENT_HEAD = 8;
/** More than everything around the documents takes, without the namespace. */
const FRAME = 96;

/** `{cursor: {firstBatch: […], id, ns}, ok: 1}` around documents that stay as they are, with room for a head. */
function cursorReply({ documents, name, id, namespace }: Batch, head: number): Buffer {
  let room = head + FRAME + namespace.length * 3;
  for (const raw of documents) room += raw.length + LONGEST_ELEMENT_HEAD;
  const out = Buffer.allocUnsafe(room);
  const cursorAt = head + 4 + CURSOR.copy(out, head + 4);
  let at = cursorAt + 4;
  out[at] = 4;
  at += 1 + out.write(name, at + 1, 'latin1');
  out[at] = 0;
  const arrayAt = at + 1;
  at = arrayAt + 4;
  for (let i = 0; i < documents.length; i += 1) {
    out[at] = 3;
    at += 1 + out.write(String(i), at + 1, 'latin1');
    out[at] = 0;
    const raw = documents[i] as Raw;
    out.set(raw, at + 1);
    at += 1 + raw.length;
  }
  out[at] = 0;
  at += 1;
  out.writeInt32LE(at - arrayAt, arrayAt);
  at += ID.copy(out, at);
  at = out.writeInt32LE(id.low, at);
  at = out.writeInt32LE(id.high, at);
  at += NAMESPACE.copy(out, at);
  const length = out.write(namespace, at + 4, 'utf8');
  out.writeInt32LE(length + 1, at);
  at += 4 + length;
  out[at] = 0; // of the text
  out[at + 1] = 0; // of the cursor
  at += 2;
  out.writeInt32LE(at - cursorAt, cursorAt);
  at += OK.copy(out, at);
  out[at] = 0;
  at += 1;
  out.writeInt32LE(at - head, head);
  return out.subarray(0, at);
}
