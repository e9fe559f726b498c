import {
  HELPER_FIELDS,
  templateOf,
  type Column,
  type CounterpartKind,
  type Generation,
  type HeaderMatch,
  type RecordKind,
} from '../../template/index.ts';
import type { CellFault, RawRow } from '../feed.types.ts';

/** One column to be checked and where its cells stand; none where the header lacks it. */
export interface Slot {
  readonly column: Column;
  readonly cells: readonly number[];
  readonly pattern?: RegExp;
  /** The column is called 身份证号, so its type needs no column of its own. */
  readonly citizenId: boolean;
  /** Fault of a header without this column, the same object for all rows. */
  readonly missing: CellFault;
}

/** All that follows from kind and header, worked out once for all rows under it. */
export interface Plan {
  readonly kind: RecordKind;
  readonly generation: Generation;
  readonly slots: readonly Slot[];
  /** Place of a field in `slots`. */
  readonly at: ReadonlyMap<string, number>;
  /** Places of the columns that depend on others. */
  readonly dependent: readonly number[];
  readonly confirmCell: number;
  /** Whether the template has a column for the kind of counterpart. */
  readonly kindStated: boolean;
  /** False for headers whose columns all editions share: their codes of 当前状态 cannot be told apart. */
  readonly generationCertain: boolean;
}

const OPTIONAL: Readonly<Record<CounterpartKind, 'O'>> = {
  LEGAL_PERSON: 'O',
  INDIVIDUAL_BUSINESS: 'O',
  NATURAL_PERSON: 'O',
};
const CITIZEN_ID_NAME = /SFZ|身份证/i;

/** The columns of the generation, then those of other generations that the header has: they are never required. */
function columnsFor(kind: RecordKind, match: HeaderMatch): Column[] {
  const columns = new Map<string, Column>();
  for (const column of templateOf(kind, match.generation).columns) {
    if (!columns.has(column.field)) columns.set(column.field, column);
  }
  for (const generation of ['g3', 'g1'] as const) {
    for (const column of templateOf(kind, generation).columns) {
      if (columns.has(column.field) || !match.fields.includes(column.field)) continue;
      columns.set(column.field, { ...column, require: OPTIONAL });
    }
  }
  return [...columns.values()];
}

function isDependent({ notBefore, requiredWhen, idTypeField, codePairs }: Column): boolean {
  return [notBefore, requiredWhen, idTypeField, codePairs].some((rule) => rule !== undefined);
}

function buildPlan(kind: RecordKind, match: HeaderMatch, header: readonly string[]): Plan {
  const slots = columnsFor(kind, match).map((column): Slot => {
    const cells = match.fields.flatMap((field, index) => (field === column.field ? [index] : []));
    const { field, name } = column;
    return {
      column,
      cells,
      ...(column.pattern === undefined ? {} : { pattern: new RegExp(column.pattern) }),
      citizenId: CITIZEN_ID_NAME.test(header[cells[0] ?? -1] ?? column.code),
      missing: { field, column: name, code: 'FEED_COLUMN_MISSING', severity: 'ERROR' },
    };
  });
  const shared = new Set(templateOf(kind, 'g1').columns.map(({ field }) => field));
  return {
    kind,
    generation: match.generation,
    slots,
    at: new Map(slots.map(({ column }, index) => [column.field, index])),
    dependent: slots.flatMap(({ column }, index) => (isDependent(column) ? [index] : [])),
    confirmCell: match.fields.indexOf(HELPER_FIELDS.confirm),
    kindStated: match.generation === 'g3',
    generationCertain:
      match.generation !== 'g2' ||
      match.fields.some((field) => field !== undefined && !field.startsWith('$') && !shared.has(field)),
  };
}

const plans = new WeakMap<HeaderMatch, Plan>();

/** The plan for the header of this row. */
export function planOf(kind: RecordKind, row: RawRow): Plan {
  let plan = plans.get(row.match);
  if (plan?.kind !== kind) {
    plan = buildPlan(kind, row.match, row.header);
    plans.set(row.match, plan);
  }
  return plan;
}
