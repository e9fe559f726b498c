import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type * as XLSX from '@e965/xlsx';
import type { RawValue } from '../feed.types.ts';
import type { SheetRow } from './header.ts';
import type { SheetInfo, SheetsAnswer, SheetsContent, SheetsRequest } from './sheets.types.ts';

// The CommonJS build brings the code pages that old .xls files need.
const { CFB, parse_zip, read, SSF } = createRequire(import.meta.url)('@e965/xlsx') as typeof XLSX & {
  // Missing in the types. Takes the parts unpacked: when the library unpacks by itself, it believes the headers of the
  // parts and inflates without a limit.
  parse_zip(parts: unknown, options: XLSX.ParsingOptions): XLSX.WorkBook;
};

/** Days between the two epochs of date numbers. */
const DAYS_1904 = 1462;
const ERRORS: Readonly<Record<number, string>> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
};
const OPTIONS: XLSX.ParsingOptions = {
  dense: true,
  raw: true,
  cellText: false,
  cellHTML: false,
  cellFormula: false,
};

interface Sheet extends SheetInfo {
  readonly rows: readonly SheetRow[];
}

class Refusal extends Error {
  readonly fault: 'FILE_ENCRYPTED' | 'FILE_HAS_MACROS';

  constructor(fault: 'FILE_ENCRYPTED' | 'FILE_HAS_MACROS') {
    super(fault);
    this.fault = fault;
  }
}

let sheets: Sheet[] = [];

function valueOf(cell: XLSX.CellObject, is1904: boolean): RawValue {
  const { t, v } = cell;
  if (v === undefined || v === null || t === 'z') return undefined;
  if (t === 'b') return v ? 'TRUE' : 'FALSE';
  if (t === 'e') return ERRORS[v as number] ?? '#N/A';
  if (typeof v === 'number')
    return is1904 && typeof cell.z === 'string' && SSF.is_date(cell.z) ? v + DAYS_1904 : v;
  const text = String(v);
  return text === '' ? undefined : text;
}

/** No feed has that many columns; what stands beyond is counted, not read. */
const FAR = 1000;

/** The real cells only: the declared size of a sheet may be the whole grid. */
function readSheet(sheet: XLSX.WorkSheet, is1904: boolean): { rows: SheetRow[]; columns: number } {
  const rows: SheetRow[] = [];
  const filled = new Set<number>();
  const data = (sheet as XLSX.DenseWorkSheet)['!data'] ?? [];
  data.forEach((line, index) => {
    const cells: RawValue[] = [];
    line.forEach((cell, column) => {
      const value = valueOf(cell, is1904);
      if (value === undefined) return;
      while (cells.length < column && cells.length < FAR) cells.push(undefined);
      filled.add(column);
      if (column < FAR) cells[column] = value;
    });
    if (cells.length > 0) rows.push({ row: index + 1, cells });
    // What has been copied need not be kept twice.
    data[index] = [];
  });
  return { rows, columns: filled.size };
}

function parserOf(content: SheetsContent): (options: XLSX.ParsingOptions) => XLSX.WorkBook {
  if ('parts' in content) {
    const parts = CFB.utils.cfb_new();
    for (const { name, bytes } of content.parts)
      CFB.utils.cfb_add(parts, name, Buffer.from(bytes.buffer), { unsafe: true });
    return (options) => parse_zip(parts, options);
  }
  if ('binary' in content) {
    checkOle(content.binary);
    return (options) => read(content.binary, { ...options, type: 'array' });
  }
  const text = Buffer.from(content.markup.buffer).toString('utf8');
  return (options) => read(text, { ...options, type: 'string' });
}

function open(content: SheetsContent, headRows: number): SheetInfo[] {
  sheets = [];
  const parse = parserOf(content);
  let book = parse({ ...OPTIONS });
  const is1904 = book.Workbook?.WBProps?.date1904 === true;
  // Only number formats tell dates from other numbers.
  if (is1904) book = parse({ ...OPTIONS, cellNF: true });
  book.SheetNames.forEach((name, index) => {
    const sheet = book.Sheets[name];
    if (!sheet) return;
    if ((sheet['!type'] as string | undefined) === 'macro') throw new Refusal('FILE_HAS_MACROS');
    const { rows, columns } = readSheet(sheet, is1904);
    sheets.push({
      name,
      isHidden: (book.Workbook?.Sheets?.[index]?.Hidden ?? 0) !== 0,
      rowCount: rows.length,
      columnCount: columns,
      head: rows.slice(0, headRows),
      rows,
    });
  });
  return sheets.map(({ rows: _rows, ...info }) => info);
}

function checkOle(bytes: Uint8Array): void {
  const { FullPaths } = CFB.read(bytes, { type: 'array' }) as { FullPaths: readonly string[] };
  if (FullPaths.some((path) => /EncryptedPackage/i.test(path))) throw new Refusal('FILE_ENCRYPTED');
  if (FullPaths.some((path) => /_VBA_PROJECT/i.test(path))) throw new Refusal('FILE_HAS_MACROS');
}

function answer(request: SheetsRequest): SheetsAnswer {
  if ('sheet' in request) {
    const { sheet, from, count } = request;
    return { rows: sheets[sheet]?.rows.slice(from, from + count) ?? [] };
  }
  try {
    return { sheets: open(request.open, request.headRows) };
  } catch (error) {
    if (error instanceof Refusal) return { fault: error.fault };
    const isEncrypted = error instanceof Error && /password|encrypt/i.test(error.message);
    return { fault: isEncrypted ? 'FILE_ENCRYPTED' : 'FILE_UNREADABLE' };
  }
}

parentPort?.on('message', (request: SheetsRequest) => {
  parentPort?.postMessage(answer(request));
});
