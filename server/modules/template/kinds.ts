import { readFileSync } from 'node:fs';
import { RECORD_KINDS, type Column, type Generation, type RecordKind } from './template.types.ts';

/** What a file says of a column: a field of the layer below it in part, or a new one in full. */
export type PartialColumn = Pick<Column, 'field'> &
  Partial<Omit<Column, 'require'>> & {
    /** One letter stands for all kinds of counterparts. */
    readonly require?: Column['require'] | Column['require'][keyof Column['require']];
  };

/** `schema/kinds/<kind>.json` */
export interface Kind {
  readonly kind: RecordKind;
  /** Chinese. */
  readonly name: string;
  /** Class of the national catalogue, 1 to 13. */
  readonly class: number;
  /** Editions of the national template under `schema/feed`; other kinds have one shape, which counts as the current. */
  readonly generations?: readonly Generation[];
  /** Fields that with counterpart and authority tell one record from another. */
  readonly key: readonly string[];
  /** Fields a header needs to be taken for one of this kind. */
  readonly marks?: readonly string[];
  /** The agency has so many working days from the day that counts. */
  readonly workingDays: number;
  readonly display: {
    /** Shown so many years where neither 公示截止期 nor `until` says otherwise; 0 is never. */
    readonly years?: number;
    /** Field with the day after which it is not shown. */
    readonly until?: string;
    /** Field with the day that ended it: 移出日期. */
    readonly endedBy?: string;
    /** Shown only where the field has one of these values. */
    readonly when?: Readonly<Record<string, readonly string[]>>;
    readonly naturalPersons: boolean;
  };
  /** Records of this kind end the display of another one: its kind, and the fields that name it. */
  readonly repairs?: {
    readonly kind: RecordKind;
    readonly documentNumber: string;
    readonly authorityCode: string;
    /** Field with the day on which the repair itself was taken back. */
    readonly revokedOn: string;
  };
  readonly without?: readonly string[];
  readonly columns?: readonly PartialColumn[];
}

const FOLDER = new URL('../../../schema/kinds/', import.meta.url);
const loaded = new Map<string, unknown>();

function read<T>(name: string): T {
  let file = loaded.get(name);
  if (file === undefined) {
    file = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
    loaded.set(name, file);
  }
  return file as T;
}

/** `license`, `penalty`, `grade`: the file of a kind, and the last part of the path of a sector's only feed of it. */
export function pathOfKind(kind: RecordKind): string {
  return kind.toLowerCase();
}

export function kindOf(kind: RecordKind): Kind {
  return read<Kind>(pathOfKind(kind));
}

export function allKinds(): readonly Kind[] {
  return RECORD_KINDS.map(kindOf);
}

/** Columns that all kinds share but those of the national template. */
export function envelope(): readonly PartialColumn[] {
  return read<{ columns: readonly PartialColumn[] }>('envelope').columns;
}

function requireOf(require: PartialColumn['require']): Column['require'] | undefined {
  if (typeof require !== 'string') return require;
  return { LEGAL_PERSON: require, INDIVIDUAL_BUSINESS: require, NATURAL_PERSON: require };
}

/** Columns of one layer put on those below: same field, only what differs; new ones stand before the day that counts. */
export function layered(
  below: readonly PartialColumn[],
  columns: readonly PartialColumn[] = [],
  without: readonly string[] = [],
): PartialColumn[] {
  const known = new Set(below.map(({ field }) => field));
  const added = columns.filter(({ field }) => !known.has(field));
  const at = below.findIndex(({ field }) => field === 'decidedOn');
  const order = at < 0 ? [...below, ...added] : [...below.slice(0, at), ...added, ...below.slice(at)];
  const merged = new Map(order.map((column) => [column.field, column]));
  for (const column of columns.filter(({ field }) => known.has(field))) {
    const base = merged.get(column.field);
    const aliases = [...(base?.aliases ?? []), ...(column.aliases ?? [])];
    // The name that the layer below used is still met in headers.
    if (base?.name !== undefined && column.name !== undefined && base.name !== column.name)
      aliases.push(base.name);
    merged.set(column.field, { ...base, ...column, ...(aliases.length === 0 ? {} : { aliases }) });
  }
  for (const field of without) merged.delete(field);
  return [...merged.values()];
}

/** @throws RangeError on a column that no layer completes */
export function completed(columns: readonly PartialColumn[], where: string): Column[] {
  return columns.map((column) => {
    const require = requireOf(column.require);
    const { code, name, type, max, disclosure } = column;
    if (!require || [code, name, type, max, disclosure].includes(undefined))
      throw new RangeError(`${where}: column ${column.field} is not complete`);
    return { ...column, require } as Column;
  });
}
