import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import iconv from 'iconv-lite';
import { InputError } from '../../lib/errors.ts';
import {
  readRegisterRow,
  REGISTER_COLUMNS,
  type RegisterCells,
  type RegisterEntry,
  type RegisterField,
} from './register-row.ts';

export interface RegisterLine {
  /** Line of the file where the row begins, from 1. */
  readonly row: number;
  /** Bytes of the file read so far. */
  readonly bytes: number;
  readonly cells: RegisterCells;
}

const SNIFFED_BYTES = 65_536;
const LONGEST_ROW = 1_000_000;
const FIELDS = Object.entries(REGISTER_COLUMNS) as [RegisterField, string][];

/** The header is Chinese, so the first bytes tell: what is not UTF-8 is GB18030. */
async function isUtf8(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead), { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  } finally {
    await file.close();
  }
}

function columnsOf(header: readonly string[]): [RegisterField, number][] {
  const names = header.map((cell) => cell.normalize('NFKC').trim());
  const missing = FIELDS.filter(([, name]) => !names.includes(name)).map(([, name]) => name);
  if (missing.length > 0)
    throw new InputError(['file'], 'SUBJECT_FILE_HEADER', { missing: missing.join('、') });
  return FIELDS.map(([field, name]) => [field, names.indexOf(name)]);
}

/**
 * Streams the rows of a register export: csv in UTF-8 or GB18030, columns in any order. Rows without any value are
 * left out.
 * @throws InputError SUBJECT_FILE_HEADER when a column is missing, SUBJECT_FILE_MALFORMED when it is no csv
 */
export async function* readRegisterFile(path: string): AsyncGenerator<RegisterLine> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  const text = (await isUtf8(path)) ? source : source.pipe(iconv.decodeStream('gb18030'));
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    info: true,
  });
  source.on('error', (error) => parser.destroy(error));
  let columns: [RegisterField, number][] | undefined;
  let row = 1;
  try {
    for await (const { record, info } of text.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const begins = row;
      row = info.lines + 1;
      if (!columns) {
        columns = columnsOf(record);
        continue;
      }
      if (record.every((cell) => cell.trim() === '')) continue;
      const cells = Object.fromEntries(columns.map(([field, at]) => [field, record[at] ?? '']));
      yield { row: begins, bytes: source.bytesRead, cells: cells as Record<RegisterField, string> };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputError(['file'], 'SUBJECT_FILE_MALFORMED', { row });
  } finally {
    source.destroy();
  }
  if (!columns) columnsOf([]);
}

/** The entries of a register export that an import would take. */
export async function* readRegister(path: string): AsyncGenerator<RegisterEntry> {
  for await (const { cells } of readRegisterFile(path)) {
    const result = readRegisterRow(cells);
    if ('entry' in result) yield result.entry;
  }
}
