import type { Doc } from './bson.ts';
import {
  type Bounds,
  boundsOf,
  combine,
  cut,
  CUT,
  directed,
  END,
  invert,
  isOperators,
  isPoint,
  predicates,
  saysAll,
} from './bounds.ts';
import type { Collection } from './catalog.ts';
import type { Index } from './index-spec.ts';
import { fail } from './error.ts';
import { encodeComponent } from './key-bytes.ts';
import { encodeId, type KeyPart } from './keys.ts';
import { equalValues } from './order.ts';
import { isDocument } from './path.ts';
import { orderGiven, usable } from './plan-rules.ts';
import { WHOLE, type KeyRange, type View } from './view.ts';

export interface Plan {
  readonly stage: 'ID' | 'INDEX' | 'OR' | 'SCAN';
  readonly index?: Index;
  readonly ranges: readonly KeyRange[];
  /** Whole keys of a unique index, read one by one instead of ranges. */
  readonly points?: readonly Buffer[];
  readonly reverse: boolean;
  /** The plan gives the documents in the wanted order. */
  readonly sorted: boolean;
  /** Whether one document may come more than once. */
  readonly repeats: boolean;
  /** Everything the plan finds matches; the filter need not look again. */
  readonly exact: boolean;
  readonly branches?: readonly Plan[];
}

/** The score of a plan that finds one document: no other can be better. */
const UNIQUE_MATCH = 1000;
const MOST_IDS = 100_000;
/** Most combinations of listed values of several fields. */
const MOST_COMBINED = 1000;

interface Wanted {
  readonly filter: Doc;
  readonly sort: Doc | undefined;
  readonly view: View;
}

/**
 * Chooses how to find the documents of a filter. Whatever it chooses only narrows: the filter looks at every document
 * again, so a plan can be slow but not wrong.
 */
export function choosePlan(collection: Collection, wanted: Wanted, hint?: unknown): Plan {
  const paths = predicates(wanted.filter);
  const plain = onlyFields(wanted.filter);
  if (hint === undefined) {
    const byId = idPlan(paths, plain);
    if (byId) return byId;
  }
  const candidates = hint === undefined ? collection.indexes : [hinted(collection, hint)];
  let best: { plan: Plan; score: number } | undefined;
  for (const index of candidates) {
    if (index.spec.hidden === true && hint === undefined) continue;
    const scored = indexPlan(index, paths, wanted, { forced: hint !== undefined, plain });
    if (scored && (!best || scored.score > best.score)) best = scored;
    if (best && best.score >= UNIQUE_MATCH) break;
  }
  if (best) return best.plan;
  return (
    orPlan(collection, wanted) ?? {
      stage: 'SCAN',
      ranges: [WHOLE],
      reverse: false,
      sorted: false,
      repeats: false,
      exact: Object.keys(wanted.filter).length === 0,
    }
  );
}

function hinted(collection: Collection, hint: unknown): Index {
  const index = collection.indexes.find(({ spec }) =>
    typeof hint === 'string' ? spec.name === hint : isDocument(hint) && equalValues(hint, spec.key),
  );
  return (
    index ??
    fail(2, 'planner returned error :: caused by :: hint provided does not correspond to an existing index')
  );
}

function idPlan(paths: Map<string, unknown[]>, plain: boolean): Plan | undefined {
  const conditions = paths.get('_id') ?? [];
  for (const condition of conditions) {
    const values = !isOperators(condition)
      ? [condition]
      : '$eq' in condition
        ? [condition['$eq']]
        : condition['$in'];
    if (!Array.isArray(values) || values.length > MOST_IDS || !values.every((value) => isPoint(value)))
      continue;
    const keys = new Map<string, Buffer>();
    for (const value of values as unknown[]) {
      const key = encodeId(value ?? null);
      keys.set(key.toString('latin1'), key);
    }
    const ranges = [...keys.values()].sort(Buffer.compare).map((key) => ({ start: key, end: key }));
    const alone = !isOperators(condition) || Object.keys(condition).length === 1;
    return {
      stage: 'ID',
      ranges,
      reverse: false,
      sorted: ranges.length <= 1,
      repeats: false,
      exact:
        plain &&
        paths.size === 1 &&
        conditions.length === 1 &&
        alone &&
        !ranges.some(({ start }) => start.length > CUT),
    };
  }
  return undefined;
}

function indexPlan(
  index: Index,
  paths: Map<string, unknown[]>,
  { sort, view }: Wanted,
  { forced, plain }: { forced: boolean; plain: boolean },
): { plan: Plan; score: number } | undefined {
  const [first] = index.parts;
  if (!forced && !sort && first && !paths.has(first.path)) return undefined;
  if (!usable(index, paths)) return undefined;
  const multikey = index.multikey.size > 0;
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let equalities = 0;
  let singlePoints = 0;
  let ranges: KeyRange[] | undefined;
  let arrayUsed: string | undefined;
  let exactPaths = 0;
  for (const part of index.parts) {
    const conditions = paths.get(part.path);
    if (!conditions) break;
    const array = multikey
      ? [...index.multikey].find((path) => part.path === path || part.path.startsWith(`${path}.`))
      : undefined;
    // Bounds on two fields of one array may be met by different elements.
    if (array !== undefined && arrayUsed !== undefined) break;
    const bounds = conditions.flatMap((condition) => {
      const own = boundsOf(condition);
      const ofAll = allBounds(condition, index, part, view);
      return ofAll.length > 0 ? [...own, ...ofAll] : own;
    });
    const bound = combine(bounds, array !== undefined);
    if (!bound) break;
    if (saysAll(conditions, bounds)) exactPaths += 1;
    if (array !== undefined) arrayUsed = array;
    if (bound.range) {
      const range = directed(bound.range, part.descending);
      ranges = prefixes.map((prefix) => ({
        start: Buffer.concat([prefix, range.low]),
        end: Buffer.concat([prefix, range.high]),
      }));
      break;
    }
    const points = bound.points ?? [];
    if (prefixes.length > 1 && prefixes.length * points.length > MOST_COMBINED) break;
    prefixes = prefixes.flatMap((prefix) =>
      points.map((point) => Buffer.concat([prefix, part.descending ? invert(point) : point])),
    );
    equalities += 1;
    if (points.length === 1 && singlePoints === equalities - 1) singlePoints += 1;
  }
  const ranged = ranges !== undefined;
  const order = multikey ? undefined : orderGiven(index, sort, singlePoints);
  const sorted = order !== undefined && (ranges ?? prefixes).length === 1;
  if (equalities === 0 && !ranged && !sorted && !forced) return undefined;
  if (equalities === 0 && !ranged && (index.spec.sparse === true || (index.partial && !forced)))
    return undefined;
  const allEqual = !ranged && equalities === index.parts.length && index.spec.unique === true;
  const score =
    (allEqual && singlePoints === equalities ? UNIQUE_MATCH : 0) +
    equalities * 100 +
    (sorted ? 60 : 0) +
    (ranged ? 40 : 0);
  ranges ??= allEqual ? undefined : prefixes.map(rangeBehind);
  const short = ranges
    ? !ranges.some(({ start, end }) => start.length > CUT || end.length > CUT)
    : prefixes.every((prefix) => prefix.length < CUT);
  const exact = plain && short && !multikey && exactPaths === paths.size;
  const shape = {
    stage: 'INDEX',
    index,
    reverse: sorted && order === 'reverse',
    sorted,
    repeats: multikey,
  } as const;
  if (allEqual && short && index.spec.name !== '_id_') {
    return { plan: { ...shape, ranges: [], points: prefixes.sort(Buffer.compare), exact }, score };
  }
  const distinct = (ranges ?? prefixes.map(rangeBehind))
    .map(cut)
    .sort((a, b) => Buffer.compare(a.start, b.start));
  return { plan: { ...shape, ranges: merged(distinct), exact }, score };
}

/** Everything that begins with the prefix. */
function rangeBehind(prefix: Buffer): KeyRange {
  return { start: prefix, end: Buffer.concat([prefix, END]) };
}

/** Whether the filter says nothing but what `predicates` takes out of it. */
function onlyFields(filter: Doc): boolean {
  return Object.entries(filter).every(([key, value]) =>
    key === '$and' ? Array.isArray(value) && (value as Doc[]).every(onlyFields) : !key.startsWith('$'),
  );
}

/** Ranges that were cut may meet; one document must not be read twice. */
function merged(ranges: readonly KeyRange[]): KeyRange[] {
  const out: KeyRange[] = [];
  for (const range of ranges) {
    const last = out.at(-1);
    if (last && Buffer.compare(range.start, last.end) < 0) {
      out[out.length - 1] = {
        start: last.start,
        end: Buffer.compare(range.end, last.end) > 0 ? range.end : last.end,
      };
    } else out.push(range);
  }
  return out;
}

/** `$all` on a multikey index: the element that fewest entries carry. */
function allBounds(condition: unknown, index: Index, part: KeyPart, view: View): Bounds[] {
  if (!isOperators(condition) || !Array.isArray(condition['$all'])) return [];
  const values = (condition['$all'] as unknown[]).filter((value) => isPoint(value) && !isOperators(value));
  if (values.length === 0) return [];
  if (index.parts[0] !== part) return [{ points: [encodeComponent(values[0])], exact: false }];
  let best: { point: Buffer; count: number } | undefined;
  for (const value of values) {
    const point = encodeComponent(value);
    const start = part.descending ? invert(point) : point;
    const count = view.estimate(index, { start, end: Buffer.concat([start, END]) }, best?.count ?? 1000);
    if (!best || count < best.count) best = { point, count };
  }
  return best ? [{ points: [best.point], exact: false }] : [];
}

function orPlan(collection: Collection, { filter, view }: Wanted): Plan | undefined {
  const branches = filter['$or'];
  if (!Array.isArray(branches) || branches.length > 50) return undefined;
  const plans = (branches as Doc[]).map((branch) =>
    choosePlan(collection, { filter: branch, sort: undefined, view }),
  );
  if (plans.some((plan) => plan.stage === 'SCAN')) return undefined;
  return {
    stage: 'OR',
    ranges: [],
    reverse: false,
    sorted: false,
    repeats: true,
    exact: false,
    branches: plans,
  };
}
