import writeExcelFile, { type Row } from 'write-excel-file/node';
import { headerCell, sheetNameOf, textCell } from '../../../lib/text-cell.ts';
import type { RawValue } from '../feed.types.ts';

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

export interface ProblemSheetLayout {
  readonly columns: readonly string[];
  readonly sheetName: string;
  readonly maxRows: number;
}

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

/** Collects problem rows and writes them as .xlsx, which takes half a millisecond a row and the memory of all cells. */
export class ProblemSheet {
  readonly #layout: ProblemSheetLayout;
  readonly #data: Row[];
  #isCut = false;

  constructor(layout: ProblemSheetLayout) {
    this.#layout = layout;
    this.#data = [
      [
        ...layout.columns.map((name) => headerCell(name, DATA_COLOR)),
        ...HELPERS.map((name) => headerCell(name, HELPER_COLOR)),
      ],
    ];
  }

  /** Leaves the row out when there is no more room. */
  add(row: ProblemSheetRow): void {
    this.#isCut = this.#data.length > this.#layout.maxRows;
    if (!this.#isCut) this.#data.push(sheetRow(this.#layout.columns.length, row));
  }

  write(): Promise<Buffer> {
    const { columns, maxRows, sheetName } = this.#layout;
    const notice = `本文件列出前 ${String(maxRows)} 条疑问数据，其余的请在这些改正并重新报送后再次下载。`;
    return writeExcelFile([
      {
        sheet: sheetNameOf(sheetName),
        data: this.#data,
        columns: [...columns.map(() => ({ width: 18 })), ...HELPER_WIDTHS.map((width) => ({ width }))],
        stickyRowsCount: 1,
      },
      ...(this.#isCut ? [{ sheet: '说明', data: [[textCell(notice)]] }] : []),
    ]).toBuffer();
  }
}
