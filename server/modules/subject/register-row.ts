import { civilDate, isCivilDate, type CivilDate } from '../../lib/civil-date.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { parseRegisteredCapital, type RegisteredCapital } from '../../lib/registered-capital.ts';
import { checkUscc } from '../../lib/uscc.ts';
import { EXPORT_LAYOUT, type RegisterField, type RegisterLayout } from './register-layout.ts';
import { registrationStateOf, registrationStates } from './registration-states.ts';

/** A column that a file does not have is a column without values. */
export type RegisterCells = Readonly<Partial<Record<RegisterField, string>>>;

/** What the register says of one subject. */
export interface RegisterEntry {
  readonly uscc: string;
  readonly name: string;
  /** Day from which it says so; without it, nobody knows. */
  readonly day?: CivilDate;
  readonly status?: string;
  readonly legalRepresentative?: string;
  readonly foundedOn?: CivilDate;
  readonly type?: string;
  readonly capital?: RegisteredCapital;
  readonly scope?: string;
  readonly province?: string;
  readonly region?: string;
  readonly address?: string;
  /** Over all but code and day. */
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

/** How the rows of a file are read. */
export interface RegisterReading {
  readonly layout: RegisterLayout;
  /** Day of rows that have none of their own. */
  readonly day?: CivilDate;
  readonly today?: CivilDate;
}

const LONGEST: Readonly<Record<RegisterField, number>> = {
  name: 200,
  uscc: 100,
  status: 100,
  legalRepresentative: 200,
  approvedOn: 100,
  foundedOn: 100,
  type: 200,
  capital: 200,
  currency: 100,
  scope: 20_000,
  province: 100,
  region: 100,
  address: 1000,
};
const NOTHING = new Set(['', 'N/A', '无', '-', '--', '暂无', 'NULL']);
const DATE =
  /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;
const PLAIN_NUMBER = /^[\d,.]+$/;

function dateOf(text: string): CivilDate | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, year = '', month = match[4] ?? '', day = match[5] ?? ''] = match;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isCivilDate(date) ? civilDate(date) : undefined;
}

/**
 * Checks one row of the register. Capital that cannot be read is kept as text with a warning; any other fault
 * refuses the row, and all of its faults are told at once.
 */
export function readRegisterRow(
  cells: RegisterCells,
  { layout, day: dayOfFile, today }: RegisterReading = { layout: EXPORT_LAYOUT },
): RegisterResult {
  const faults: RegisterFault[] = [];
  const fault = (field: RegisterField, code: string, params?: RegisterFault['params']): void => {
    faults.push({ column: layout.columns[field]?.[0] ?? field, code, ...(params && { params }) });
  };
  const text = (field: RegisterField): string | undefined => {
    const value = (cells[field] ?? '').trim();
    if (value.length > LONGEST[field]) fault(field, 'SUBJECT_TEXT_TOO_LONG', { max: LONGEST[field] });
    if (value.includes('\ufffd')) fault(field, 'SUBJECT_TEXT_UNDECODABLE');
    return NOTHING.has(value.toUpperCase()) ? undefined : value;
  };
  const date = (field: 'foundedOn' | 'approvedOn'): CivilDate | undefined => {
    const value = text(field);
    const day = value === undefined ? undefined : dateOf(value);
    if (value !== undefined && day === undefined) fault(field, 'SUBJECT_DATE_INVALID');
    return day;
  };

  const name = text('name');
  if (name === undefined) fault('name', 'SUBJECT_NAME_EMPTY');
  const code = checkUscc(cells.uscc ?? '');
  if (!code.ok) fault('uscc', code.fault);
  const foundedOn = date('foundedOn');
  const capital = capitalOf(text('capital'), text('currency'));
  const [type, scope, province, region, address, legalRepresentative] = (
    ['type', 'scope', 'province', 'region', 'address', 'legalRepresentative'] as const
  ).map(text);

  const stated = layout.daily ? text('status') : undefined;
  const status = stated === undefined ? undefined : registrationStateOf(stated);
  if (layout.daily && status === undefined)
    fault('status', 'SUBJECT_STATUS_UNKNOWN', { allowed: registrationStates().join('、') });
  const faultsBefore = faults.length;
  const approvedOn = date('approvedOn');
  const misread = faults.length > faultsBefore;
  const day = approvedOn ?? (misread ? undefined : dayOfFile);
  if (layout.daily && day === undefined && !misread) fault('approvedOn', 'SUBJECT_DAY_MISSING');
  // A day to come would outdo everything that is registered until then.
  if (approvedOn !== undefined && today !== undefined && approvedOn > today)
    fault('approvedOn', 'SUBJECT_DAY_TO_COME');
  if (!code.ok || name === undefined || faults.length > 0) return { faults };

  const content = {
    name,
    ...(status && { status }),
    ...(legalRepresentative && { legalRepresentative }),
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
      ...(day && { day }),
      ...(capital && { capital }),
      contentHash: contentHash({ ...content, capital: capital?.text }),
    },
    warnings: capital?.warning ? [...code.warnings, capital.warning] : code.warnings,
  };
}

/** The daily table has the number in 万元 and its currency in columns of their own. */
function capitalOf(text: string | undefined, currency: string | undefined): RegisteredCapital | undefined {
  if (text === undefined) return undefined;
  const whole = currency !== undefined && PLAIN_NUMBER.test(text) ? `${text}(万元${currency})` : text;
  return parseRegisteredCapital(whole);
}
