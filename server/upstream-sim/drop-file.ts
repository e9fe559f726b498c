import { fromBufferPromise } from 'yauzl';
import { SaxesParser } from 'saxes';
import type { PushedItem } from './ledger.ts';

/** The file is not as was agreed: the reason goes into the receipt. */
export class DropFileError extends Error {}

export interface DropFile {
  readonly batch: string;
  readonly items: readonly PushedItem[];
  /** Names of the files in it. */
  readonly names: readonly string[];
}

const NAME = /^[0-9A-Z]{4}\d{2}_\d{8}_\d{5}\.xml$/;

async function membersOf(bytes: Buffer): Promise<[name: string, text: string][]> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  const members: [string, string][] = [];
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>)
      chunks.push(chunk);
    members.push([entry.fileName, Buffer.concat(chunks).toString('utf8')]);
  }
  return members;
}

/** @throws DropFileError when the text is not well-formed or not `DATAS/DATA` */
function itemsOf(name: string, text: string): { batch: string; items: PushedItem[] } {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  const items: PushedItem[] = [];
  let head: Record<string, string> = {};
  let columns = 0;
  let depth = 0;
  const fail = (reason: string): never => {
    throw new DropFileError(`${name}: ${reason}`);
  };
  parser.on('error', ({ message }) => fail(message));
  parser.on('opentag', ({ name: tag, attributes }) => {
    depth += 1;
    if (depth === 1) head = tag === 'DATAS' ? attributes : fail(`root ${tag}`);
    else if (depth === 2) {
      const { id, key, hash, operation, agency, kind } = attributes;
      if (tag !== 'DATA' || !id || !key || !hash) return fail(tag);
      if (operation !== 'INSERT' && operation !== 'UPDATE') return fail('operation');
      columns = 0;
      items.push({
        itemId: id,
        key,
        contentHash: hash,
        operation,
        ...(agency === undefined ? {} : { agency }),
        ...(kind === undefined ? {} : { kind }),
      });
    } else columns += 1;
    return undefined;
  });
  parser.on('closetag', () => {
    if (depth === 2 && columns === 0) fail('a row without columns');
    depth -= 1;
  });
  parser.write(text).close();
  const { batch = '', count } = head;
  if (batch === '' || count !== String(items.length)) fail('head');
  return { batch, items };
}

/**
 * Reads a zip of XML files.
 * @throws DropFileError when it is none, a name is not one that was agreed, or the files are of several batches
 */
export async function readDropFile(bytes: Buffer): Promise<DropFile> {
  let members: [string, string][];
  try {
    members = await membersOf(bytes);
  } catch (error) {
    throw new DropFileError(`no zip: ${(error as Error).message}`);
  }
  const names = members.map(([name]) => name);
  if (names.length === 0 || !names.every((name) => NAME.test(name))) throw new DropFileError('names');
  const files = members.map(([name, text]) => itemsOf(name, text));
  const batch = files[0]?.batch ?? '';
  if (files.some((file) => file.batch !== batch)) throw new DropFileError('several batches');
  return { batch, names, items: files.flatMap(({ items }) => items) };
}
