import { civilDate, isCivilDate, type CivilDate } from '../../lib/civil-date.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { parseRegisteredCapital, type RegisteredCapital } from '../../lib/registered-capital.ts';
import { checkUscc } from '../../lib/uscc.ts';

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

export type RegisterField = keyof typeof REGISTER_COLUMNS;
export type RegisterCells = Readonly<Record<RegisterField, string>>;

/** What the register says of one subject. */
export interface RegisterEntry {
  readonly uscc: string;
  readonly name: string;
  readonly foundedOn?: CivilDate;
  readonly type?: string;
  readonly capital?: RegisteredCapital;
  readonly scope?: string;
  readonly province?: string;
  readonly region?: string;
  readonly address?: string;
  readonly contentHash: string;
}

export interface RegisterFault {
  /** Chinese name of the column. */
  readonly column: string;
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

export type RegisterResult =
  | { readonly entry: RegisterEntry; readonly warnings: readonly string[] }
  | { readonly faults: readonly RegisterFault[] };

const LONGEST: Readonly<Record<RegisterField, number>> = {
  name: 200,
  uscc: 100,
  foundedOn: 100,
  type: 200,
  capital: 200,
  scope: 20_000,
  province: 100,
  region: 100,
  address: 1000,
};
const NOTHING = new Set(['', 'N/A', '无', '-', '--', '暂无', 'NULL']);
const DATE = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00?:00(?::00)?)?$/;

function dateOf(text: string): CivilDate | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const date = `${match[1]}-${match[2]?.padStart(2, '0')}-${match[3]?.padStart(2, '0')}`;
  return isCivilDate(date) ? civilDate(date) : undefined;
}

/**
 * Checks one row of the register. Capital that cannot be read is kept as text with a warning; any other fault
 * refuses the row, and all of its faults are told at once.
 */
export function readRegisterRow(cells: RegisterCells): RegisterResult {
  const faults: RegisterFault[] = [];
  const fault = (field: RegisterField, code: string, params?: RegisterFault['params']): void => {
    faults.push({ column: REGISTER_COLUMNS[field], code, ...(params && { params }) });
  };
  const text = (field: RegisterField): string | undefined => {
    const value = cells[field].trim();
    if (value.length > LONGEST[field]) fault(field, 'SUBJECT_TEXT_TOO_LONG', { max: LONGEST[field] });
    if (value.includes('\ufffd')) fault(field, 'SUBJECT_TEXT_UNDECODABLE');
    return NOTHING.has(value.toUpperCase()) ? undefined : value;
  };

  const name = text('name');
  if (name === undefined) fault('name', 'SUBJECT_NAME_EMPTY');
  const code = checkUscc(cells.uscc);
  if (!code.ok) fault('uscc', code.fault);
  const founded = text('foundedOn');
  const foundedOn = founded === undefined ? undefined : dateOf(founded);
  if (founded !== undefined && foundedOn === undefined) fault('foundedOn', 'SUBJECT_DATE_INVALID');
  const capitalText = text('capital');
  const capital = capitalText === undefined ? undefined : parseRegisteredCapital(capitalText);
  const [type, scope, province, region, address] = (
    ['type', 'scope', 'province', 'region', 'address'] as const
  ).map(text);
  if (!code.ok || name === undefined || faults.length > 0) return { faults };

  const content = {
    name,
    ...(foundedOn && { foundedOn }),
    ...(type && { type }),
    ...(scope && { scope }),
    ...(province && { province }),
    ...(region && { region }),
    ...(address && { address }),
  };
  return {
    entry: {
      uscc: code.code,
      ...content,
      ...(capital && { capital }),
      contentHash: contentHash({ ...content, capital: capital?.text }),
    },
    warnings: capital?.warning ? [...code.warnings, capital.warning] : code.warnings,
  };
}
