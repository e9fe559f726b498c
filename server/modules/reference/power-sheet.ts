import { InputError } from '../../lib/errors.ts';
import { plainWorkbook } from '../../lib/plain-workbook.ts';
import type { HeaderMatch, MatchHeader } from '../template/index.ts';
import type { PowerItem } from './reference.types.ts';

interface SheetColumn {
  readonly field: keyof PowerItem;
  /** As in the power list 权力清单 that agencies hand in. */
  readonly title: string;
  /** Met in other lists. */
  readonly others: readonly string[];
  readonly width: number;
  /** Characters, as in `schema/reference/power.json`. */
  readonly most: number;
  readonly optional?: boolean;
}

const COLUMNS: readonly SheetColumn[] = [
  { field: 'kind', title: '权力类别', others: ['职权类别', '事项类型'], width: 14, most: 20 },
  { field: 'code', title: '权力编码', others: ['职权编码', '事项编码'], width: 24, most: 60 },
  { field: 'name', title: '权力名称', others: ['职权名称', '事项名称'], width: 44, most: 200 },
  { field: 'legalBasis', title: '实施依据', others: ['设定依据'], width: 60, most: 2000 },
  { field: 'counterpart', title: '行政相对人类别', others: [], width: 18, most: 100, optional: true },
];
const MOST_ITEMS = 3000;
const TITLES = COLUMNS.filter(({ optional }) => !optional).map(({ title }) => title);

/** A row under the header that `matchPowerHeader` found. */
interface SheetRow {
  readonly row: number;
  readonly match: HeaderMatch;
  readonly cells: readonly (string | number | undefined)[];
}

/** Reads a header as that of a list of items; all columns but the last must be there. */
export const matchPowerHeader: MatchHeader = (cells) => {
  const fields = cells.map((cell) => {
    const name = cell.replace(/[\s*＊]/g, '');
    return COLUMNS.find(({ title, others }) => title === name || others.includes(name))?.field;
  });
  const whole = COLUMNS.every(({ field, optional }) => optional || fields.includes(field));
  return whole ? { generation: 'g3', fields, score: fields.filter(Boolean).length } : undefined;
};

/** The refusal of a file without that header. */
export function noPowerHeader(): InputError {
  return new InputError(['file'], 'REFERENCE_ITEMS_HEADER', { columns: TITLES.join('、') });
}

function itemOf({ row, match, cells }: SheetRow): PowerItem {
  const item: Partial<Record<keyof PowerItem, string>> = {};
  const wrong: string[] = [];
  for (const { field, title, most, optional } of COLUMNS) {
    const text = String(cells[match.fields.indexOf(field)] ?? '').trim();
    if ((text === '' && !optional) || text.length > most) wrong.push(title);
    else if (text !== '') item[field] = text;
  }
  if (wrong.length > 0)
    throw new InputError(['file'], 'REFERENCE_ITEM_INVALID', { row, columns: wrong.join('、') });
  return item as PowerItem;
}

/** @throws InputError REFERENCE_ITEM_INVALID with row and columns, REFERENCE_ITEMS_TOO_MANY */
export async function readPowerItems(rows: AsyncIterable<SheetRow>): Promise<PowerItem[]> {
  const items: PowerItem[] = [];
  for await (const row of rows) {
    if (items.length === MOST_ITEMS)
      throw new InputError(['file'], 'REFERENCE_ITEMS_TOO_MANY', { max: MOST_ITEMS });
    items.push(itemOf(row));
  }
  return items;
}

/** Items as .xlsx, in the columns that `readPowerItems` reads; without items an empty form. */
export function powerWorkbook(name: string, items: readonly PowerItem[]): Promise<Buffer> {
  return plainWorkbook({
    name,
    columns: COLUMNS,
    rows: items.map((item) => COLUMNS.map(({ field }) => item[field] ?? '')),
  });
}
