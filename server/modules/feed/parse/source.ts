import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { tooLarge, unreadable } from './refusal.ts';

/** Bytes that can be read as often as needed: a file, or a member of a zip. */
export interface Source {
  /** For people; never a path that is opened or written. */
  readonly name: string;
  readonly size: number;
  open(): Promise<Readable>;
}

const CHUNK_BYTES = 1 << 18;

export async function fileSource(path: string, name: string): Promise<Source> {
  const { size } = await stat(path);
  return {
    name,
    size,
    open: () => Promise.resolve(createReadStream(path, { highWaterMark: CHUNK_BYTES })),
  };
}

export async function readHead(source: Source, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of (await source.open()) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

/**
 * The whole content, in memory of its own so that it can be handed to another thread.
 * @throws LimitError FILE_TOO_LARGE
 * @throws InputError FILE_UNREADABLE when there is more or less than the size says
 */
export async function readAll(source: Source, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (source.size > maxBytes) throw tooLarge(source.name, maxBytes);
  const all = new Uint8Array(source.size);
  let at = 0;
  for await (const chunk of (await source.open()) as AsyncIterable<Buffer>) {
    if (at + chunk.length > all.length) throw unreadable(source.name);
    all.set(chunk, at);
    at += chunk.length;
  }
  if (at < all.length) throw unreadable(source.name);
  return all;
}
