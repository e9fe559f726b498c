import { createReadStream } from 'node:fs';
import { finished, type Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { InputError } from '../../lib/errors.ts';
import { readRegisterHeader, type RegisterHeader, type RegisterLayout } from './register-layout.ts';
import { RegisterText } from './register-text.ts';
import { readRegisterRow, type RegisterCells, type RegisterEntry } from './register-row.ts';

export interface RegisterLine {
  /** Line of the file where the row begins, from 1. */
  readonly row: number;
  /** Bytes of the file read so far. */
  readonly bytes: number;
  readonly layout: RegisterLayout;
  readonly cells: RegisterCells;
}

/** A stream of bytes, left to its owner when it is not read to its end, and what is to be read of it. */
export interface RegisterSource {
  readonly source: Readable;
  /** Whether an export, which has no days, is refused. */
  readonly dailyOnly?: boolean;
}

const LONGEST_ROW = 1_000_000;

/**
 * Streams the rows of a register file, export or daily table: csv in UTF-8 or GB18030, columns in any order. Rows
 * without any value are left out.
 * @throws InputError SUBJECT_FILE_HEADER when a column is missing, SUBJECT_FILE_MALFORMED when it is no csv
 */
export async function* readRegisterFile({ source, dailyOnly }: RegisterSource): AsyncGenerator<RegisterLine> {
  const text = source.pipe(new RegisterText());
  // Also when whoever sends it goes away.
  const forget = finished(source, { writable: false }, (error) => {
    if (error) text.destroy(error);
  });
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    info: true,
  });
  text.on('error', (error) => parser.destroy(error));
  let header: RegisterHeader | undefined;
  let row = 1;
  try {
    for await (const { record, info } of text.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const begins = row;
      row = info.lines + 1;
      if (!header) {
        header = readRegisterHeader(record, dailyOnly);
        continue;
      }
      if (record.every((cell) => cell.trim() === '')) continue;
      const cells: RegisterCells = Object.fromEntries(
        header.places.map(([field, at]) => [field, record[at] ?? '']),
      );
      yield { row: begins, bytes: text.bytes, layout: header.layout, cells };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputError(['file'], 'SUBJECT_FILE_MALFORMED', { row });
  } finally {
    forget();
    source.unpipe(text);
  }
  if (!header) readRegisterHeader([], dailyOnly);
}

export function openRegister(path: string): Readable {
  return createReadStream(path, { highWaterMark: 1 << 18 });
}

/** The entries of a register file that an import would take. */
export async function* readRegister(path: string): AsyncGenerator<RegisterEntry> {
  const source = openRegister(path);
  try {
    for await (const { cells, layout } of readRegisterFile({ source })) {
      const result = readRegisterRow(cells, { layout });
      if ('entry' in result) yield result.entry;
    }
  } finally {
    source.destroy();
  }
}
