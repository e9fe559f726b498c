import { addDays, type CivilDate } from '../lib/civil-date.ts';
import {
  keyFieldsOf,
  kindOf,
  templateOf,
  type Column,
  type FeedDefinition,
} from '../modules/template/index.ts';
import type { Row } from './columns.ts';
import { counterpartColumns, dateText, wan } from './columns.ts';
import { counterpartOf, type Counterpart, type Turn } from './counterpart.ts';
import { amount, type Agency } from './decisions.ts';
import type { Random } from './random.ts';
import type { FirmSource } from './subjects.ts';

export interface OtherFrom {
  readonly feed: FeedDefinition;
  readonly agency: Agency;
  readonly firms: FirmSource;
  readonly decidedOn: CivilDate;
  /** No day of a row is later. */
  readonly until: CivilDate;
  readonly serial: number;
  readonly turn: Turn;
}

/** A row made from nothing but the columns of its feed, and what a mistake in it needs to know. */
export interface OtherRow {
  readonly row: Row;
  readonly columns: readonly Column[];
  readonly counterpart: Counterpart;
}

const REGION = '629900';
const ENDED = 0.2;
const OPTIONAL = 0.5;
const YEAR = 365;
const EARLIER_DAYS = 30;
const VALUES: Readonly<Record<string, string>> = {
  'license-kinds': '普通',
  'penalty-kinds': '警告',
  'id-types': '身份证',
  states: '1',
};

/** `{year}`, `{date}`, `{serial}`, `{region}` in examples. */
export function filled(text: string, decidedOn: CivilDate, serial: number): string {
  return text
    .replaceAll('{year}', decidedOn.slice(0, 4))
    .replaceAll('{date}', decidedOn.replaceAll('-', ''))
    .replaceAll('{serial}', String(serial).padStart(6, '0'))
    .replaceAll('{region}', REGION);
}

/** Where nothing but the firm tells records apart, each row is of a firm of its own. */
function isOnePerFirm({ path }: FeedDefinition): boolean {
  return !keyFieldsOf(path).includes('documentNumber');
}

function dateOf(random: Random, column: Column, from: OtherFrom, ended: string | undefined): string {
  const { decidedOn, until } = from;
  if (column.field === 'decidedOn') return dateText(decidedOn);
  if (column.field === ended || (column.notBefore && !column.endDate)) {
    const day = addDays(decidedOn, 1 + random.below(EARLIER_DAYS));
    return day <= until ? dateText(day) : dateText(decidedOn);
  }
  const earlier = column.notAfterToday === true || !/^(?:valid|public|perform|pay)/.test(column.field);
  return dateText(addDays(decidedOn, earlier ? -random.below(EARLIER_DAYS) : YEAR));
}

function numberOf(random: Random, { type, least = '0', most = '100' }: Column): string {
  const low = Math.ceil(Number(least));
  const whole = low + random.below(Math.max(1, Math.floor(Number(most)) - low));
  return type === 'INTEGER' ? String(whole) : `${String(whole)}.${String(1 + random.below(9))}`;
}

function textOf(random: Random, column: Column, from: OtherFrom): string {
  const { feed, decidedOn, serial } = from;
  const examples = feed.examples?.[column.field];
  if (column.options) return random.pick(examples ?? column.options);
  if (column.values) return VALUES[column.values] ?? '';
  if (examples) return filled(random.pick(examples), decidedOn, serial);
  if (column.field === 'documentNumber') return filled(`${feed.name}〔{year}〕{serial}号`, decidedOn, serial);
  return `${column.name}示例`;
}

function valueOf(random: Random, column: Column, from: OtherFrom, ended: string | undefined): string {
  if (column.emptyValue?.fill) return column.emptyValue.value.replaceAll('-', '/');
  if (column.type === 'DATE') return dateOf(random, column, from, ended);
  if (column.type === 'AMOUNT') return wan(amount(random, 60_000));
  if (column.type === 'INTEGER' || column.type === 'DECIMAL') return numberOf(random, column);
  return textOf(random, column, from);
}

/** Whether a value can be made up that is more than the name of its column. */
function isKnown({ field, type, options, disclosure }: Column, { examples }: FeedDefinition): boolean {
  const shaped = type !== 'TEXT' && type !== 'CODE' && type !== 'NUMBER';
  return disclosure === 'PUBLIC' && (shaped || options !== undefined || examples?.[field] !== undefined);
}

function isWanted(
  random: Random,
  column: Column,
  row: Record<string, string>,
  who: Counterpart,
  from: OtherFrom,
): boolean {
  const require = column.require[who.kind];
  if (column.requiredWhen) {
    const asked = Object.entries(column.requiredWhen);
    return asked.some(([field, values]) => values.includes(row[field] ?? ''));
  }
  if (require === 'R') return true;
  return require === 'O' && isKnown(column, from.feed) && random.chance(OPTIONAL);
}

/** One invented row of a feed that has no profile of its own, valid by every rule of its template. */
export function otherRow(random: Random, from: OtherFrom): OtherRow {
  const { feed, agency } = from;
  const { columns } = templateOf(feed.path);
  const { display } = kindOf(feed.kind);
  const allowed = feed.catalogue?.subjects ?? ['LEGAL_PERSON'];
  const turn = isOnePerFirm(feed) ? from.turn : undefined;
  const who = counterpartOf(random, from.firms, from.decidedOn, allowed, turn);
  const row: Record<string, string> = {
    ...counterpartColumns(who),
    sourceName: agency.name,
    sourceCode: agency.uscc,
  };
  const fixed = new Set([...Object.keys(row), 'state', 'remarks', 'publicUntil']);
  for (const column of columns) {
    const { field, agencyDefault, require } = column;
    if (agencyDefault) row[field] = agencyDefault === 'NAME' ? agency.name : agency.uscc;
    else if (field === 'authorityName') row[field] = agency.name;
    else if (field === 'authorityCode') row[field] = agency.uscc;
    else if (fixed.has(field) && require[who.kind] !== 'R') continue;
    else if (row[field] !== undefined) continue;
    else if (field === display.endedBy && !column.requiredWhen) {
      if (random.chance(ENDED)) row[field] = dateOf(random, column, from, display.endedBy);
    } else if (isWanted(random, column, row, who, from))
      row[field] = valueOf(random, column, from, display.endedBy);
  }
  return { row, columns, counterpart: who };
}
