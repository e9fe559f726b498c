import { readFileSync } from 'node:fs';
import { InputError } from '../../lib/errors.ts';

/** Columns of the register of enterprises, as its exports name them. */
export const REGISTER_COLUMNS = {
  name: '企业名称',
  uscc: '统一社会信用代码',
  foundedOn: '注册日期',
  type: '企业类型',
  capital: '注册资金',
  scope: '经营范围',
  province: '所在省份',
  region: '地区',
  address: '注册地址',
} as const;

type ExportField = keyof typeof REGISTER_COLUMNS;
/** Only the registry's daily table has these. */
type DailyField = 'status' | 'legalRepresentative' | 'approvedOn' | 'currency';
export type RegisterField = ExportField | DailyField;

/** A shape of register file; the first name of a column is the one that people are told. */
export interface RegisterLayout {
  readonly daily: boolean;
  readonly required: readonly RegisterField[];
  readonly columns: Readonly<Partial<Record<RegisterField, readonly string[]>>>;
}

export const EXPORT_LAYOUT: RegisterLayout = {
  daily: false,
  required: Object.keys(REGISTER_COLUMNS) as ExportField[],
  columns: Object.fromEntries(Object.entries(REGISTER_COLUMNS).map(([field, name]) => [field, [name]])),
};

interface DailyFile extends Omit<RegisterLayout, 'daily'> {
  readonly sector: string;
}

const DAILY_FILE = new URL('../../../schema/subject/daily-table.json', import.meta.url);
let loaded: DailyFile | undefined;

function dailyFile(): DailyFile {
  loaded ??= JSON.parse(readFileSync(DAILY_FILE, 'utf8')) as DailyFile;
  return loaded;
}

export function dailyLayout(): RegisterLayout {
  const { required, columns } = dailyFile();
  return { daily: true, required, columns };
}

/** The sector whose agency keeps the register. */
export function registrySector(): string {
  return dailyFile().sector;
}

/** The layout of a file, and where in its rows the columns stand. */
export interface RegisterHeader {
  readonly layout: RegisterLayout;
  readonly places: readonly (readonly [RegisterField, number])[];
}

function plain(name: string): string {
  return name.normalize('NFKC').toUpperCase().replace(/\s/g, '');
}

function placesIn(layout: RegisterLayout, header: readonly string[]): RegisterHeader['places'] {
  const columns = Object.entries(layout.columns) as [RegisterField, readonly string[]][];
  return columns.flatMap(([field, names]) => {
    const known = names.map(plain);
    const at = header.findIndex((cell) => known.includes(cell));
    return at < 0 ? [] : [[field, at] as const];
  });
}

/**
 * Tells by its header which file it is: with a state 登记状态 the registry's daily table, else an export.
 * @param dailyOnly an export is refused
 * @throws InputError SUBJECT_FILE_HEADER with the columns that are missing
 */
export function readRegisterHeader(cells: readonly string[], dailyOnly = false): RegisterHeader {
  const header = cells.map(plain);
  const layouts = (dailyOnly ? [dailyLayout()] : [dailyLayout(), EXPORT_LAYOUT]).map((layout) => {
    const places = placesIn(layout, header);
    const found = new Set(places.map(([field]) => field));
    return { layout, places, missing: layout.required.filter((field) => !found.has(field)) };
  });
  const whole = layouts.find(({ missing }) => missing.length === 0);
  if (whole) return whole;
  const table = layouts.find(
    ({ layout, places }) => layout.daily && places.some(([field]) => field === 'status'),
  );
  const { layout, missing } = (table ?? layouts.at(-1)) as (typeof layouts)[number];
  const names = missing.map((field) => layout.columns[field]?.[0] ?? field);
  throw new InputError(['file'], 'SUBJECT_FILE_HEADER', { missing: names.join('、') });
}
