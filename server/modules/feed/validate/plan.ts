import {
  generationsOf,
  getFeed,
  HELPER_FIELDS,
  keyFieldsOf,
  templateOf,
  valueKey,
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
  /** Allowed texts by their key, synonyms among them. */
  readonly options?: ReadonlyMap<string, string>;
  /** The column is called 身份证号, so its type needs no column of its own. */
  readonly citizenId: boolean;
  /** Fault of a header without this column, the same object for all rows. */
  readonly missing: CellFault;
}

/** All that follows from feed and header, worked out once for all rows under it. */
export interface Plan {
  /** `<sector>/<feed>` */
  readonly feed: string;
  readonly kind: RecordKind;
  readonly generation: Generation;
  readonly slots: readonly Slot[];
  /** Place of a field in `slots`. */
  readonly at: ReadonlyMap<string, number>;
  /** Places of the columns that depend on others. */
  readonly dependent: readonly number[];
  readonly confirmCell: number;
  /** Kinds of counterparts in the catalogue entry of the feed; all where it has none. */
  readonly subjects: readonly CounterpartKind[] | undefined;
  readonly key: readonly string[];
  /** Whether the template asks for the kind of counterpart. */
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
function columnsFor(feed: string, match: HeaderMatch): Column[] {
  const columns = new Map<string, Column>();
  for (const column of templateOf(feed, match.generation).columns) {
    if (!columns.has(column.field)) columns.set(column.field, column);
  }
  const others = generationsOf(feed).filter((one) => one === 'g3' || one === 'g1');
  for (const generation of others.reverse()) {
    for (const column of templateOf(feed, generation).columns) {
      if (columns.has(column.field) || !match.fields.includes(column.field)) continue;
      columns.set(column.field, { ...column, require: OPTIONAL });
    }
  }
  return [...columns.values()];
}

function isDependent({ notBefore, requiredWhen, idTypeField, codePairs }: Column): boolean {
  return [notBefore, requiredWhen, idTypeField, codePairs].some((rule) => rule !== undefined);
}

function optionsOf({ options, synonyms = {} }: Column): ReadonlyMap<string, string> | undefined {
  if (!options) return undefined;
  const all = [...options.map((text) => [text, text] as const), ...Object.entries(synonyms)];
  return new Map(all.map(([text, option]) => [valueKey(text), option]));
}

function buildPlan(feed: string, match: HeaderMatch, header: readonly string[]): Plan {
  const { kind, catalogue } = getFeed(feed);
  const slots = columnsFor(feed, match).map((column): Slot => {
    const cells = match.fields.flatMap((field, index) => (field === column.field ? [index] : []));
    const { field, name } = column;
    const options = optionsOf(column);
    return {
      column,
      cells,
      ...(options ? { options } : {}),
      ...(column.pattern === undefined ? {} : { pattern: new RegExp(column.pattern) }),
      citizenId: CITIZEN_ID_NAME.test(header[cells[0] ?? -1] ?? column.code),
      missing: { field, column: name, code: 'FEED_COLUMN_MISSING', severity: 'ERROR' },
    };
  });
  const oldest = generationsOf(feed)[0] ?? 'g3';
  const shared = new Set(templateOf(feed, oldest).columns.map(({ field }) => field));
  const stated = slots.find(({ column }) => column.field === 'counterpartKind')?.column.require;
  return {
    feed,
    kind,
    subjects: catalogue?.subjects,
    key: keyFieldsOf(feed),
    generation: match.generation,
    slots,
    at: new Map(slots.map(({ column }, index) => [column.field, index])),
    dependent: slots.flatMap(({ column }, index) => (isDependent(column) ? [index] : [])),
    confirmCell: match.fields.indexOf(HELPER_FIELDS.confirm),
    kindStated: stated?.LEGAL_PERSON === 'R',
    generationCertain:
      match.generation !== 'g2' ||
      match.fields.some((field) => field !== undefined && !field.startsWith('$') && !shared.has(field)),
  };
}

const plans = new WeakMap<HeaderMatch, Plan>();

/** The plan for the header of this row. */
export function planOf(feed: string, row: RawRow): Plan {
  let plan = plans.get(row.match);
  if (plan?.feed !== feed) {
    plan = buildPlan(feed, row.match, row.header);
    plans.set(row.match, plan);
  }
  return plan;
}
