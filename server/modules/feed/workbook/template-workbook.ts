import writeExcelFile, { type Row } from 'write-excel-file/node';
import { headerCell, sheetNameOf, textCell } from '../../../lib/text-cell.ts';

interface TemplateColumn {
  readonly name: string;
  readonly required?: boolean;
  readonly hint?: string;
  readonly sample?: string;
}

/** Rows prepared as text, so that a code typed into them keeps its zeros. */
const PREPARED_ROWS = 1000;
const REQUIRED_COLOR = '#FFE699';
const OPTIONAL_COLOR = '#DDEBF7';
const GUIDE_SHEET = '填表说明';
const GUIDE_HEADER = ['列名', '是否必填', '填写要求', '示例'];
const GUIDE_WIDTHS = [32, 10, 60, 40];

function guideRow({ name, required, hint, sample }: TemplateColumn): Row {
  return [name, required ? '必填' : '选填', hint, sample].map((text) => textCell(text, { wrap: true }));
}

/**
 * An empty template as .xlsx: the names of the columns in the first row, required ones marked by colour, all cells text,
 * and a second sheet 填表说明 with a line for each column.
 */
export async function templateWorkbook(
  columns: readonly TemplateColumn[],
  sheetName: string,
): Promise<Buffer> {
  const header = columns.map(({ name, required }) =>
    headerCell(name, required ? REQUIRED_COLOR : OPTIONAL_COLOR),
  );
  const prepared = Array.from({ length: PREPARED_ROWS }, () => columns.map(() => textCell(undefined)));
  return writeExcelFile([
    {
      sheet: sheetNameOf(sheetName),
      data: [header, ...prepared],
      columns: columns.map(({ name }) => ({ width: Math.max(14, name.length * 2 + 2) })),
      stickyRowsCount: 1,
    },
    {
      sheet: GUIDE_SHEET,
      data: [GUIDE_HEADER.map((name) => headerCell(name, OPTIONAL_COLOR)), ...columns.map(guideRow)],
      columns: GUIDE_WIDTHS.map((width) => ({ width })),
    },
  ]).toBuffer();
}
