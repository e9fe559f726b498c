import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import type * as XLSX from '@e965/xlsx';
import { DomainError } from '../../../../../../server/lib/errors.ts';
import type { RawRow, RawValue } from '../../../../../../server/modules/feed/feed.types.ts';
import { openFeedFile, type FeedLimits } from '../../../../../../server/modules/feed/parse/index.ts';
import { HELPER_FIELDS, type HeaderMatch } from '../../../../../../server/modules/template/index.ts';

export const xlsx = createRequire(import.meta.url)('@e965/xlsx') as typeof XLSX;

const FIELDS: Readonly<Record<string, string>> = {
  名称: 'name',
  文号: 'number',
  日期: 'day',
  金额: 'amount',
  备注: 'note',
  确认: HELPER_FIELDS.confirm,
  问题说明: HELPER_FIELDS.reasons,
  原文件行号: HELPER_FIELDS.sourceRow,
  问题编号: HELPER_FIELDS.problemId,
};

/** A feed with the columns 名称 and 文号, and optionally 日期, 金额, 备注. */
export function match(cells: readonly string[]): HeaderMatch | undefined {
  const fields = cells.map((cell) => FIELDS[cell]);
  if (!fields.includes('name') || !fields.includes('number')) return undefined;
  return { generation: 'g3', fields, score: fields.filter((field) => field !== undefined).length };
}

const folders: string[] = [];

export function removeFiles(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

export function save(content: Buffer | string): string {
  const folder = mkdtempSync(join(tmpdir(), 'feed-file-'));
  folders.push(folder);
  const path = join(folder, 'upload');
  writeFileSync(path, content);
  return path;
}

export interface Read {
  readonly format: string;
  readonly rows: readonly RawRow[];
}

export async function readRows(
  content: Buffer | string,
  limits?: Partial<FeedLimits>,
  name = 'upload.bin',
): Promise<Read> {
  const file = await openFeedFile(save(content), name, match, limits);
  try {
    const rows: RawRow[] = [];
    for await (const row of file.rows()) rows.push(row);
    return { format: file.format, rows };
  } finally {
    await file.close();
  }
}

/** Rows as objects by column name, for comparison. */
export function cellsOf({ rows }: Read): Record<string, RawValue>[] {
  return rows.map(({ header, cells }) =>
    Object.fromEntries(header.map((name, index): [string, RawValue] => [name, cells[index]])),
  );
}

export async function refusalOf(
  content: Buffer | string,
  limits?: Partial<FeedLimits>,
): Promise<{ code: string; params: Record<string, unknown> }> {
  try {
    await readRows(content, limits, 'file');
  } catch (error) {
    expect(error).to.be.instanceOf(DomainError);
    return { code: (error as DomainError).code, params: { ...(error as DomainError).params } };
  }
  throw new Error('the file was read');
}

export function book(sheets: Readonly<Record<string, readonly (readonly unknown[])[]>>): XLSX.WorkBook {
  const made = xlsx.utils.book_new();
  for (const [name, rows] of Object.entries(sheets))
    xlsx.utils.book_append_sheet(made, xlsx.utils.aoa_to_sheet(rows as unknown[][]), name);
  return made;
}

export function bytesOf(made: XLSX.WorkBook, bookType: XLSX.BookType): Buffer {
  return xlsx.write(made, { type: 'buffer', bookType }) as Buffer;
}

export interface Member {
  readonly name: string | Buffer;
  readonly content: string | Buffer;
  readonly isEncrypted?: boolean;
  /** Size that the archive claims. */
  readonly claimedSize?: number;
  /** Says in the directory that the content is stored, while the header of the member says deflated. */
  readonly isTwoFaced?: boolean;
}

export function zip(members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isEncrypted, claimedSize, isTwoFaced } of members) {
    const raw = Buffer.from(name);
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const common = (method: number, size: number): Buffer => {
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(isEncrypted ? 1 : 0, 2);
      fields.writeUInt16LE(method, 4);
      fields.writeUInt32LE(isTwoFaced && method === 0 ? crc32(packed) : crc32(plain), 10);
      fields.writeUInt32LE(packed.length, 14);
      fields.writeUInt32LE(size, 18);
      fields.writeUInt16LE(raw.length, 22);
      return fields;
    };
    const size = claimedSize ?? plain.length;
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common(8, size), raw, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const entry = isTwoFaced ? common(0, packed.length) : common(8, size);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), entry, place, raw]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
