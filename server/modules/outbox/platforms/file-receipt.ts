import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { answerOf, decodeAnswer, type Answer } from './answer.ts';

const MOST_BYTES = 32 * 1024 * 1024;

/** Reads a receipt in XML, `RECEIPT/ITEM`; see `schema/upstream/file-drop/receipt.xsd`. */
function decodeXml(text: string): Answer | undefined {
  const results: Record<string, string>[] = [];
  let batch: string | undefined;
  let isBroken = false;
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  parser.on('error', () => (isBroken = true));
  // What entities a document declares itself is no word of the platform.
  parser.on('doctype', () => (isBroken = true));
  let depth = 0;
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth === 1 && name === 'RECEIPT') ({ batch } = attributes);
    else if (depth === 2 && name === 'ITEM') {
      const { id, ...rest } = attributes;
      results.push({ ...rest, ...(id === undefined ? {} : { itemId: id }) });
    } else isBroken = true;
  });
  parser.on('closetag', () => (depth -= 1));
  parser.write(text).close();
  return isBroken ? undefined : answerOf({ batch, results });
}

/** Reads a receipt in JSON or XML; undefined when it is none. */
export function decodeReceipt(body: Uint8Array): Answer | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  return /^\uFEFF?\s*</.test(text) ? decodeXml(text.replace(/^\uFEFF/, '')) : decodeAnswer(body);
}

/** The receipt of a zip, if there is one. @throws NodeJS.ErrnoException when the folder cannot be read */
export async function readReceipt(folder: string, base: string): Promise<Buffer | undefined> {
  for (const ending of ['json', 'xml']) {
    try {
      const path = join(folder, 'receipts', `${base}.${ending}`);
      // One that is too big is no receipt.
      return (await stat(path)).size > MOST_BYTES ? Buffer.alloc(0) : await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}
