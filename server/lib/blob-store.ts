import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, link, mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LimitError, NotFoundError } from './errors.ts';
import type { FieldCipher } from './field-cipher.ts';

export interface StoredBlob {
  /** Name of the blob; says nothing about its content without the key. */
  readonly key: string;
  /** SHA-256 of the plain content, hex. */
  readonly sha256: string;
  /** Bytes of the plain content. */
  readonly size: number;
}

export interface BlobStore {
  /**
   * Keeps the content of a stream or file. The same content has the same key and is kept once.
   * @throws LimitError FILE_TOO_LARGE beyond `maxBytes`; nothing is left behind
   */
  put(source: Readable | string, maxBytes: number): Promise<StoredBlob>;
  /** The plain content; the stream fails when the file was changed, cut or reordered. */
  read(key: string): Readable;
  /** Writes the plain content to a new file (mode 0600), for readers that need one. The caller removes it. */
  openTo(key: string, path: string): Promise<void>;
  has(key: string): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** Keys of everything stored, in any order. */
  keys(): AsyncIterable<string>;
  /** When the content of this key was last put in; undefined when it is not there. */
  storedAt(key: string): Promise<Date | undefined>;
  /** Removes a blob unless its content was put in again since then. @returns whether it was removed */
  removeOlder(key: string, before: Date): Promise<boolean>;
  /** Removes half-written files last touched before this instant. @returns how many */
  sweep(before: Date): Promise<number>;
}

const MAGIC = Buffer.from('CXB1');
const ID_BYTES = 16;
const CHUNK = 64 * 1024;
const MAX_FRAME = CHUNK + 256;

/** Ties a frame to its file, its place and to being the last one, so frames cannot be swapped, dropped or cut off. */
function frameContext(id: Buffer, index: number, last: boolean): string {
  return `${id.toString('hex')}:${String(index)}:${last ? 'last' : 'more'}`;
}

async function* chunksOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const piece of source) {
    held = Buffer.concat([held, typeof piece === 'string' ? Buffer.from(piece) : piece]);
    while (held.length >= CHUNK) {
      yield held.subarray(0, CHUNK);
      held = held.subarray(CHUNK);
    }
  }
  yield held;
}

async function writeFrame(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  await file.writeFile(Buffer.concat([length, bytes]));
}

/** Makes a rename or removal in this folder survive a power cut. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function* plainFrames(path: string, cipher: FieldCipher): AsyncGenerator<Buffer> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new NotFoundError('BLOB_NOT_FOUND') : error;
  });
  try {
    const exactly = async (bytes: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(bytes);
      let filled = 0;
      while (filled < bytes) {
        const { bytesRead } = await file.read(buffer, filled, bytes - filled);
        if (bytesRead === 0) throw new Error('a stored file is cut off');
        filled += bytesRead;
      }
      return buffer;
    };
    const { size } = await file.stat();
    if (!(await exactly(MAGIC.length)).equals(MAGIC)) throw new Error('not a stored file');
    const id = await exactly(ID_BYTES);
    let at = MAGIC.length + ID_BYTES;
    for (let index = 0; ; index += 1) {
      const length = (await exactly(4)).readUInt32BE();
      if (length > MAX_FRAME) throw new Error('a stored file is damaged');
      const frame = await exactly(length);
      at += 4 + length;
      const last = at === size;
      yield Buffer.from(cipher.decrypt(frame, frameContext(id, index, last)));
      if (last) return;
    }
  } finally {
    await file.close();
  }
}

class FileBlobStore implements BlobStore {
  readonly #dir: string;
  readonly #cipher: FieldCipher;

  constructor(dir: string, cipher: FieldCipher) {
    this.#dir = dir;
    this.#cipher = cipher;
  }

  #path(key: string): string {
    if (!/^[0-9a-f]{64}$/.test(key)) throw new NotFoundError('BLOB_NOT_FOUND');
    return join(this.#dir, key.slice(0, 2), key);
  }

  #temporary(): string {
    return join(this.#dir, 'tmp');
  }

  async put(source: Readable | string, maxBytes: number): Promise<StoredBlob> {
    await mkdir(this.#temporary(), { recursive: true, mode: 0o700 });
    const path = join(this.#temporary(), randomBytes(12).toString('hex'));
    const stream = typeof source === 'string' ? createReadStream(source) : source;
    // The reader below throws it; before it listens an error would end the process.
    stream.on('error', () => undefined);
    const file = await open(path, 'wx', 0o600);
    try {
      const { sha256, size } = await this.#write(file, stream, maxBytes);
      await file.sync();
      await file.close();
      const key = this.#cipher.hash(`blob:${sha256}`);
      const target = this.#path(key);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await rename(path, target);
      await syncFolder(dirname(target));
      return { key, sha256, size };
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      stream.destroy();
      throw error;
    }
  }

  async #write(
    file: FileHandle,
    stream: Readable,
    maxBytes: number,
  ): Promise<{ sha256: string; size: number }> {
    const digest = createHash('sha256');
    const id = randomBytes(ID_BYTES);
    let size = 0;
    let index = 0;
    let held: Buffer | undefined;
    await file.writeFile(Buffer.concat([MAGIC, id]));
    // One chunk is held back, because only the end of the stream tells which frame is the last.
    for await (const chunk of chunksOf(stream as AsyncIterable<Uint8Array | string>)) {
      size += chunk.length;
      if (size > maxBytes) throw new LimitError('FILE_TOO_LARGE', { maxBytes });
      digest.update(chunk);
      if (held) await writeFrame(file, this.#cipher.encrypt(held, frameContext(id, index++, false)));
      held = chunk;
    }
    await writeFrame(file, this.#cipher.encrypt(held ?? Buffer.alloc(0), frameContext(id, index, true)));
    return { sha256: digest.digest('hex'), size };
  }

  read(key: string): Readable {
    return Readable.from(plainFrames(this.#path(key), this.#cipher), { objectMode: false });
  }

  async openTo(key: string, path: string): Promise<void> {
    const content = this.read(key);
    try {
      await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(path, { force: true });
      throw error;
    }
  }

  has(key: string): Promise<boolean> {
    return access(this.#path(key)).then(
      () => true,
      () => false,
    );
  }

  async remove(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  async *keys(): AsyncGenerator<string> {
    const folders = await readdir(this.#dir).catch(() => [] as string[]);
    for (const folder of folders.filter((name) => /^[0-9a-f]{2}$/.test(name)))
      yield* (await readdir(join(this.#dir, folder))).filter((name) => /^[0-9a-f]{64}$/.test(name));
  }

  async storedAt(key: string): Promise<Date | undefined> {
    return (await stat(this.#path(key)).catch(() => undefined))?.mtime;
  }

  async removeOlder(key: string, before: Date): Promise<boolean> {
    const path = this.#path(key);
    const found = await stat(path).catch(() => undefined);
    if (!found || found.mtime >= before) return false;
    await mkdir(this.#temporary(), { recursive: true, mode: 0o700 });
    const aside = join(this.#temporary(), randomBytes(12).toString('hex'));
    await rename(path, aside);
    // Out of reach of everybody now: was it put in again between the look and the move?
    const again = (await stat(aside)).mtime >= before;
    if (again) await link(aside, path).catch(() => undefined);
    await rm(aside, { force: true });
    return !again;
  }

  async sweep(before: Date): Promise<number> {
    let removed = 0;
    const names = await readdir(this.#temporary()).catch(() => [] as string[]);
    for (const name of names) {
      const path = join(this.#temporary(), name);
      const found = await stat(path).catch(() => undefined);
      if (!found || found.mtime >= before) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }
}

/** Encrypted files under `dir`, named by a keyed hash of their content; written beside and renamed into place. */
export function createBlobStore(dir: string, cipher: FieldCipher): BlobStore {
  return new FileBlobStore(dir, cipher);
}
