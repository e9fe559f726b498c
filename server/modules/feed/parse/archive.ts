import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import iconv from 'iconv-lite';
import { fromBufferPromise, openPromise, type Entry, type ZipFile } from 'yauzl';
import { unreadable } from './refusal.ts';
import type { Source } from './source.ts';

/** A zip whose members can be read in any order, as often as needed; sizes and checksums are verified while reading. */
export interface Archive {
  readonly members: readonly Member[];
  close(): void;
}

export interface Member extends Source {
  readonly isDirectory: boolean;
  readonly isEncrypted: boolean;
}

const UTF8_NAME = 0x800;
const UNICODE_PATH_FIELD = 0x7075;
// Names are for display only, so yauzl need not refuse any; it would also read GBK as CP437.
const OPTIONS = { lazyEntries: true, decodeStrings: false, autoClose: false } as const;

/** Archives made in China often hold GBK names without saying so. */
function decodeName(entry: Entry): string {
  const raw = entry.fileName as unknown as Buffer;
  const unicode = entry.extraFields.find(({ id }) => id === UNICODE_PATH_FIELD)?.data.subarray(5);
  if (unicode) return unicode.toString('utf8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return entry.generalPurposeBitFlag & UTF8_NAME ? raw.toString('utf8') : iconv.decode(raw, 'gb18030');
}

/** Content of a member; one that is not as the directory says is damaged. */
async function* readMember(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Buffer> {
  let sum = 0;
  try {
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    if (isSystemError(error)) throw error;
    throw unreadable(name);
  }
  if (sum !== entry.crc32) throw unreadable(name);
}

async function readMembers(zip: ZipFile): Promise<Member[]> {
  const members: Member[] = [];
  for await (const entry of zip.eachEntry()) {
    const name = decodeName(entry).replaceAll('\\', '/');
    members.push({
      name,
      size: entry.uncompressedSize,
      isDirectory: name.endsWith('/'),
      isEncrypted: entry.isEncrypted(),
      open: () => Promise.resolve(Readable.from(readMember(zip, entry, name))),
    });
  }
  return members;
}

/**
 * Opens a zip file, or one that lies in memory.
 * @throws InputError FILE_UNREADABLE when its directory is damaged
 */
export async function openArchive(from: string | Buffer, name: string): Promise<Archive> {
  let zip: ZipFile | undefined;
  try {
    zip =
      typeof from === 'string' ? await openPromise(from, OPTIONS) : await fromBufferPromise(from, OPTIONS);
    const opened = zip;
    return { members: await readMembers(opened), close: () => opened.close() };
  } catch (error) {
    zip?.close();
    if (isSystemError(error)) throw error;
    throw unreadable(name);
  }
}

/** Faults of the disk or the process, in contrast to those of the file's content. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
