import { CsvFault, CsvSplitter, type CsvRecord } from './csv-splitter.ts';
import { dataCells, findHeader, HEAD_ROWS, headerTexts, type Header } from './header.ts';
import type { OpenContext, OpenedFile, PartRow } from './part.ts';
import { exceeded, judgeRows, refused, unreadable } from './refusal.ts';
import type { Source } from './source.ts';
import { readText, type Encoding } from './text.ts';

const DELIMITERS = [',', ';', '\t'] as const;
const HEAD_CHARS = 1 << 18;

interface Trial {
  readonly delimiter: string;
  readonly records: readonly CsvRecord[];
  readonly fault?: CsvFault;
  readonly header?: Header;
}

async function readHeadText(source: Source, encoding: Encoding): Promise<{ text: string; whole: boolean }> {
  let text = '';
  for await (const piece of readText(source, encoding)) {
    text += piece;
    if (text.length >= HEAD_CHARS) return { text, whole: false };
  }
  return { text, whole: true };
}

function tryDelimiter(delimiter: string, text: string, whole: boolean, context: OpenContext): Trial {
  const records: CsvRecord[] = [];
  let fault: CsvFault | undefined;
  try {
    for (const record of new CsvSplitter(delimiter, context.limits.recordChars).push(text, whole)) {
      records.push(record);
      if (records.length === HEAD_ROWS) break;
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    fault = error;
  }
  const header = findHeader(records, context.match);
  return { delimiter, records, ...(fault && { fault }), ...(header && { header }) };
}

function widest(trials: readonly Trial[]): Trial {
  const width = ({ records }: Trial): number => Math.max(0, ...records.map(({ cells }) => cells.length));
  return trials.reduce((best, trial) => (width(trial) > width(best) ? trial : best));
}

/** Opens a csv: the separator is the one under which the header fits best. */
export async function openCsv(source: Source, encoding: Encoding, context: OpenContext): Promise<OpenedFile> {
  const { text, whole } = await readHeadText(source, encoding);
  const trials = DELIMITERS.map((delimiter) => tryDelimiter(delimiter, text, whole, context));
  const fitting = trials.filter((trial): trial is Trial & { header: Header } => trial.header !== undefined);
  const best = fitting.sort((a, b) => b.header.match.score - a.header.match.score)[0];
  if (!best) {
    const { records, fault } = widest(trials);
    if (fault) throw unreadable(source.name, fault.row);
    throw refused(judgeRows(records.map(({ cells }) => headerTexts(cells))), source.name);
  }
  const { delimiter, header } = best;
  const max = context.limits.columns;
  if (header.names.length > max) throw exceeded('FILE_TOO_MANY_COLUMNS', source.name, max);
  const splitter = (): CsvSplitter => new CsvSplitter(delimiter, context.limits.recordChars);
  const rows = (): AsyncGenerator<PartRow> => readRows(source, encoding, splitter(), header);
  return { format: 'csv', parts: [{ rows }], close: () => Promise.resolve() };
}

async function* readRows(
  source: Source,
  encoding: Encoding,
  splitter: CsvSplitter,
  header: Header,
): AsyncGenerator<PartRow> {
  try {
    for await (const text of readText(source, encoding)) {
      for (const record of splitter.push(text)) {
        const row = dataRow(record, header);
        if (row) yield row;
      }
    }
    for (const record of splitter.push('', true)) {
      const row = dataRow(record, header);
      if (row) yield row;
    }
  } catch (error) {
    if (error instanceof CsvFault) throw unreadable(source.name, error.row);
    throw error;
  }
}

function dataRow({ row, lines, cells }: CsvRecord, header: Header): PartRow | undefined {
  if (row <= header.row) return undefined;
  // Two stray quotes can make one record of several; such a record has another width than the header.
  if (lines > 1 && cells.length !== header.width) throw new CsvFault(row);
  const values = dataCells(cells, header.names.length);
  return values && { row, header: header.names, match: header.match, cells: values };
}
