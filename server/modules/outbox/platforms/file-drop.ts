import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync, type Zippable } from 'fflate';
import { placeFile } from '../../../lib/place-file.ts';
import { fileDropListing } from './file-drop-listing.ts';
import { baseNameOf } from './file-names.ts';
import { decodeReceipt, readReceipt } from './file-receipt.ts';
import { unwritablePlace, xmlOf } from './file-xml.ts';
import { itemIdOf, Wording, type SentItem } from './item.ts';
import type {
  BatchAddress,
  ColumnCode,
  Encoded,
  LocalFault,
  PlatformAdapter,
  PlatformAddress,
  PushItem,
} from './types.ts';

/** The files say when they were made by their names; a zip with the clock in it would differ each time it is made. */
const ZIP_TIME = '1980-01-01T12:00:00';

export function folderOf({ url }: Pick<PlatformAddress, 'url'>): string {
  return fileURLToPath(url);
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return code;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function encodeItem(wording: Wording, item: PushItem, address: BatchAddress): SentItem | LocalFault {
  const put = wording.put(item, address);
  if ('fault' in put) return put.fault;
  const { kind } = put.item;
  if (!address.batchFiles?.some((file) => file.kind === kind))
    return { code: 'PUSH_TABLE_UNKNOWN', message: kind };
  const place = unwritablePlace(put.item);
  return place === undefined ? put.item : { code: 'PUSH_CHARACTER', message: place };
}

/** Every numbered file is in the zip, even when nothing can be said in it: a number that is missing reads as a loss. */
function encodeFiles(
  wording: Wording,
  items: readonly PushItem[],
  batch: string,
  address: BatchAddress,
): Encoded {
  const invalid = new Map<string, LocalFault>();
  const byKind = new Map<string, SentItem[]>();
  let n = 0;
  for (const item of items) {
    const encoded = encodeItem(wording, item, address);
    if ('code' in encoded) {
      invalid.set(itemIdOf(item.record), encoded);
      continue;
    }
    n += 1;
    const known = byKind.get(encoded.kind);
    if (known) known.push(encoded);
    else byKind.set(encoded.kind, [encoded]);
  }
  const { template, batchFiles = [] } = address;
  const files: Zippable = {};
  for (const { kind, name } of batchFiles) {
    files[name] = Buffer.from(xmlOf(byKind.get(kind) ?? [], { batch, template }));
  }
  return { body: zipSync(files, { mtime: ZIP_TIME }), invalid, n };
}

/**
 * Zips of XML in a folder, of this machine or a mounted share: a batch is put into the folder as `<name>.zip`, the
 * platform answers by `receipts/<name>.json` or `.xml` and tells what it holds by `holdings/<day>.jsonl`.
 */
export function fileDropAdapter(columnCode: ColumnCode): PlatformAdapter {
  const wording = new Wording(columnCode);
  return {
    numbered: true,
    alwaysOpen: true,
    encode: (items, batch, address) => encodeFiles(wording, items, batch, address),
    decode: decodeReceipt,
    listing: fileDropListing,
    async send(body, _batch, address) {
      try {
        const folder = folderOf(address);
        const name = `${baseNameOf(address.batchFiles ?? [])}.zip`;
        // The platform may be reading it.
        if (!(await exists(join(folder, name)))) await placeFile(folder, name, body);
        return { kind: 'PLACED' };
      } catch (error) {
        return { kind: 'UNKNOWN', code: codeOf(error) };
      }
    },
    async ask(batch, address) {
      try {
        const folder = folderOf(address);
        await access(folder, constants.R_OK | constants.W_OK);
        if (!address.batchFiles) return { kind: 'NEVER_SEEN' };
        const base = baseNameOf(address.batchFiles);
        const raw = await readReceipt(folder, base);
        if (!raw) {
          return { kind: (await exists(join(folder, `${base}.zip`))) ? 'PLACED' : 'NEVER_SEEN' };
        }
        const said = decodeReceipt(raw);
        if (said?.batch !== batch) return { kind: 'PLACED', code: 'RECEIPT_INVALID' };
        return { kind: 'KNOWN', outcomes: said.outcomes, raw };
      } catch (error) {
        return { kind: 'FAILED', code: codeOf(error) };
      }
    },
  };
}
