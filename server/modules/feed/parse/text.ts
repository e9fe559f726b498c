import iconv from 'iconv-lite';
import type { Source } from './source.ts';

export type Encoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be';

/** This much valid UTF-8 beyond ASCII is no chance. */
const HEAD_BYTES = 2048;
const BOMS: readonly (readonly [Encoding, Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];
const ASCII_ONLY = /^[\u0000-\u007f]*$/;

export function encodingOfBom(head: Buffer): Encoding | undefined {
  return BOMS.find(([, bom]) => head.subarray(0, bom.length).equals(bom))?.[0];
}

/**
 * The encoding of a text: a byte order mark, else UTF-8 where every byte agrees, else GB18030. A few wrong bytes far
 * into a UTF-8 file do not make it GB18030: they become U+FFFD, so that only their rows are refused.
 */
export async function detectEncoding(source: Source): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let seen = 0;
  let beyondAscii = false;
  try {
    for await (const chunk of (await source.open()) as AsyncIterable<Buffer>) {
      const marked = seen === 0 ? encodingOfBom(chunk) : undefined;
      if (marked) return marked;
      for (let at = 0; at < chunk.length; at += HEAD_BYTES) {
        const text = decoder.decode(chunk.subarray(at, at + HEAD_BYTES), { stream: true });
        if (seen < HEAD_BYTES) beyondAscii ||= !ASCII_ONLY.test(text);
        seen += Math.min(HEAD_BYTES, chunk.length - at);
      }
    }
    decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return seen >= HEAD_BYTES && beyondAscii ? 'utf-8' : 'gb18030';
  }
  return 'utf-8';
}

function decoderOf(encoding: Encoding): { write(chunk: Buffer): string; end(): string | undefined } {
  if (encoding !== 'utf-8') return iconv.getDecoder(encoding);
  const decoder = new TextDecoder('utf-8');
  return { write: (chunk) => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() };
}

/** The text of a source piece by piece, without its byte order mark. */
export async function* readText(source: Source, encoding: Encoding): AsyncGenerator<string> {
  const decoder = decoderOf(encoding);
  for await (const chunk of (await source.open()) as AsyncIterable<Buffer>) {
    const text = decoder.write(chunk);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest !== undefined && rest !== '') yield rest;
}

export function decodeHead(head: Buffer, encoding: Encoding): string {
  return decoderOf(encoding).write(head);
}

/** Whether bytes look like no text at all: pictures, archives, programs. */
export function isBinary(head: Buffer): boolean {
  if (encodingOfBom(head)) return false;
  const controls = head.filter((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27)).length;
  return controls > head.length / 20;
}
