import writeExcelFile, { type Cell, type Row } from 'write-excel-file/node';
import type { MonthlyFigures, MonthlyRow } from './monthly.types.ts';

const NOTE =
  '*备注：表中信息产生数量、本单位公示数量、报送数量、未报送数量均取自各单位上报的月统计报表，信息入库数量、市级网站公示数量均取自市信用平台统计表';
/** Under 行政许可 and again under 行政处罚. */
const OF_KIND = [
  '产生数量',
  '本单位公示数量',
  '报送数量',
  '未报送数量',
  '未报送依据',
  '有效入库数',
  '市级网站公示数量',
] as const;
/** Title and note reach three columns beyond the table. */
const WIDTH = 21;
const FIRST_WIDTH = 24;
const OTHER_WIDTH = 12;
const HEAD_COLOR = '#DDEBF7';

function text(value: string, style: object = {}): Cell {
  return { value, type: String, wrap: true, alignVertical: 'center', ...style };
}

function head(value: string, span: object = {}): Cell {
  return text(value, { fontWeight: 'bold', align: 'center', backgroundColor: HEAD_COLOR, ...span });
}

function count(value: number | undefined): Cell {
  return value === undefined ? null : { value, type: Number, format: '0' };
}

/** A cell that spans others is followed by empty ones. */
function spanning(cell: Cell, columns: number): Row {
  return [cell, ...Array.from({ length: columns - 1 }, () => null)];
}

function header(): Row[] {
  const kinds = ['行政许可', '行政处罚'].flatMap((name) =>
    spanning(head(name, { columnSpan: OF_KIND.length }), OF_KIND.length),
  );
  const whole = (name: string): Cell => head(name, { rowSpan: 2 });
  return [
    [whole('单位名称'), whole('本单位公示网址'), ...kinds, whole('报送方式'), whole('报送存在问题情况')],
    [null, null, ...OF_KIND.map((name) => head(name)), ...OF_KIND.map((name) => head(name)), null, null],
  ];
}

function kindCells({ produced, ownSite, reported, unreported, reasons, stored, shown }: MonthlyFigures): Row {
  return [
    count(produced),
    count(ownSite),
    count(reported),
    count(unreported),
    text([...new Set(reasons)].join('；')),
    count(stored),
    count(shown),
  ];
}

/** 报送存在问题情况 in words; empty where there is nothing to say. */
export function problemsOf({
  license,
  penalty,
  gaps,
}: Pick<MonthlyRow, 'license' | 'penalty' | 'gaps'>): string {
  const sum = (name: 'late' | 'refused' | 'duplicate' | 'wrongCode'): number =>
    license.counted[name] + penalty.counted[name];
  const parts: [string, number, string][] = [
    ['迟报', sum('late'), '件'],
    ['疑问数据', sum('refused'), '行'],
    ['错码', sum('wrongCode'), '行'],
    ['重复', sum('duplicate'), '行'],
    ['漏报', gaps, '期'],
  ];
  return parts
    .filter(([, n]) => n > 0)
    .map(([name, n, unit]) => `${name}${String(n)}${unit}`)
    .join('，');
}

function wayOf({ license, penalty }: MonthlyRow): string {
  return license.reported + penalty.reported > 0 ? '市信用平台' : '';
}

function agencyRow(row: MonthlyRow): Row {
  return [
    text(row.name),
    text(''),
    ...kindCells(row.license),
    ...kindCells(row.penalty),
    text(wayOf(row)),
    text(problemsOf(row)),
  ];
}

type Summed = 'produced' | 'ownSite' | 'reported' | 'unreported' | 'stored' | 'shown';

function totalRow(rows: readonly MonthlyRow[]): Row {
  const cells = (kind: 'license' | 'penalty'): Row => {
    const sum = (name: Summed): Cell => {
      const said = rows.flatMap((row) => row[kind][name] ?? []);
      return count(said.length === 0 ? undefined : said.reduce((a, b) => a + b, 0));
    };
    return [
      sum('produced'),
      sum('ownSite'),
      sum('reported'),
      sum('unreported'),
      null,
      sum('stored'),
      sum('shown'),
    ];
  };
  return [text('合计数', { fontWeight: 'bold' }), null, ...cells('license'), ...cells('penalty'), null, null];
}

/**
 * The 双公示 statistics of a month in the layout that prefecture cities fill in: title, note, a header of two levels,
 * the sum and then a line for each agency.
 */
export async function monthlyWorkbook(sheet: {
  readonly cityName: string;
  /** `2023-05` */
  readonly month: string;
  readonly rows: readonly MonthlyRow[];
}): Promise<Buffer> {
  const month = sheet.month.replace('-', '/');
  const title = `${sheet.cityName}双公示工作${month}-${month}数据统计表`;
  const data: Row[] = [
    spanning(text(title, { fontWeight: 'bold', fontSize: 16, align: 'center', columnSpan: WIDTH }), WIDTH),
    [],
    spanning(text(NOTE, { columnSpan: WIDTH }), WIDTH),
    ...header(),
    totalRow(sheet.rows),
    ...sheet.rows.map(agencyRow),
  ];
  return writeExcelFile([
    {
      sheet: '双公示月报统计',
      data,
      columns: Array.from({ length: 18 }, (_, i) => ({ width: i === 0 ? FIRST_WIDTH : OTHER_WIDTH })),
    },
  ]).toBuffer();
}
