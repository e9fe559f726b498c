import writeExcelFile, { type Row } from 'write-excel-file/node';
import type { RawValue } from '../feed.types.ts';
import { headerCell, sheetNameOf, textCell } from './text-cell.ts';

export interface ProblemSheetRow {
  readonly cells: readonly RawValue[];
  readonly problemId: string;
  readonly row: number;
  readonly part?: string;
  readonly faults: readonly {
    /** Position in `cells`; undefined when the column is not in the file. */
    readonly columnIndex?: number;
    readonly column: string;
    readonly message: string;
    readonly confirm: boolean;
  }[];
}

/** The workbook is built in memory; what is left out comes with the next report. */
const MAX_ROWS = 50_000;
const HELPERS = ['确认', '问题说明', '原文件行号', '问题编号'];
const HELPER_WIDTHS = [8, 60, 16, 28];
const DATA_COLOR = '#DDEBF7';
const HELPER_COLOR = '#E7E6E6';
const ERROR_COLOR = '#FFC7CE';
const CONFIRM_COLOR = '#FFEB9C';

function reasonsOf({ faults }: ProblemSheetRow): string {
  const messages = new Map<string, string[]>();
  for (const { column, message } of faults) messages.set(column, [...(messages.get(column) ?? []), message]);
  return [...messages].map(([column, texts]) => `${column}：${texts.join('；')}`).join('\n');
}

function sheetRow(columnCount: number, row: ProblemSheetRow): Row {
  const colors = new Map<number, string>();
  for (const { columnIndex, confirm } of row.faults) {
    if (columnIndex === undefined || colors.get(columnIndex) === ERROR_COLOR) continue;
    colors.set(columnIndex, confirm ? CONFIRM_COLOR : ERROR_COLOR);
  }
  const data = Array.from({ length: columnCount }, (_, index) => {
    const backgroundColor = colors.get(index);
    return textCell(row.cells[index], backgroundColor === undefined ? {} : { backgroundColor });
  });
  const awaits = row.faults.some(({ confirm }) => confirm);
  const place = row.part === undefined ? String(row.row) : `${row.part}：${String(row.row)}`;
  return [
    ...data,
    textCell(undefined, awaits ? { backgroundColor: CONFIRM_COLOR } : {}),
    textCell(reasonsOf(row), { wrap: true, alignVertical: 'top' }),
    textCell(place),
    textCell(row.problemId),
  ];
}

/**
 * Problem rows as .xlsx to correct and report again: data columns as text in their order, then 确认, 问题说明, 原文件行号
 * and 问题编号. Cells with an error are light red, cells that wait for a confirmation light yellow. Rows beyond
 * `maxRows` are left out, which a second sheet says.
 */
export async function problemWorkbook(
  columns: readonly string[],
  rows: AsyncIterable<ProblemSheetRow> | Iterable<ProblemSheetRow>,
  sheetName: string,
  maxRows = MAX_ROWS,
): Promise<Buffer> {
  const data: Row[] = [
    [
      ...columns.map((name) => headerCell(name, DATA_COLOR)),
      ...HELPERS.map((name) => headerCell(name, HELPER_COLOR)),
    ],
  ];
  let isCut = false;
  for await (const row of rows) {
    isCut = data.length > maxRows;
    if (isCut) break;
    data.push(sheetRow(columns.length, row));
  }
  const notice = `本文件列出前 ${String(maxRows)} 条疑问数据，其余的请在这些改正并重新报送后再次下载。`;
  return writeExcelFile([
    {
      sheet: sheetNameOf(sheetName),
      data,
      columns: [...columns.map(() => ({ width: 18 })), ...HELPER_WIDTHS.map((width) => ({ width }))],
      stickyRowsCount: 1,
    },
    ...(isCut ? [{ sheet: '说明', data: [[textCell(notice)]] }] : []),
  ]).toBuffer();
}
