import { bsonTypeOf, type Doc } from './bson.ts';
import type { Collection, Index } from './catalog.ts';
import { fail } from './error.ts';
import { encodeComponent, encodeId, STRING_END_BYTES, typeByte, TYPE, type KeyPart } from './keys.ts';
import { regexOf } from './match.ts';
import { equalValues } from './order.ts';
import { isDocument } from './path.ts';
import { sortParts } from './sort.ts';
import { WHOLE, type KeyRange, type View } from './view.ts';

export interface Plan {
  readonly stage: 'ID' | 'INDEX' | 'OR' | 'SCAN';
  readonly index?: Index;
  readonly ranges: readonly KeyRange[];
  readonly reverse: boolean;
  /** The plan gives the documents in the wanted order. */
  readonly sorted: boolean;
  /** Whether one document may come more than once. */
  readonly repeats: boolean;
  readonly branches?: readonly Plan[];
}

/** One end of a range. */
interface Edge {
  readonly bytes: Buffer;
  /** `value`: a whole component; `type`: only a type byte; `prefix`: the beginning of a string. */
  readonly kind: 'value' | 'type' | 'prefix';
  /** Stands behind all keys that begin with the bytes, not before them. */
  readonly after: boolean;
}
interface Range {
  readonly low: Edge;
  readonly high: Edge;
}

/** What a filter says about one path. */
interface Bounds {
  /** Encoded values, when there is nothing but single ones. */
  readonly points?: readonly Buffer[];
  readonly range?: Range;
}

const MOST_POINTS = 1000;
/** Keys longer than this are stored cut; a bound is cut the same way and the filter looks again. */
const CUT = 800;
const END = Buffer.from([0xff]);

/** Every predicate of the filter by path, `$and` taken apart. */
function predicates(filter: Doc, out = new Map<string, unknown[]>()): Map<string, unknown[]> {
  for (const [key, value] of Object.entries(filter)) {
    if (key === '$and' && Array.isArray(value)) (value as Doc[]).forEach((entry) => predicates(entry, out));
    else if (!key.startsWith('$')) out.set(key, [...(out.get(key) ?? []), value]);
  }
  return out;
}

function isOperators(value: unknown): value is Doc {
  return isDocument(value) && Object.keys(value)[0]?.startsWith('$') === true && !('$ref' in value);
}

/** A value whose index key stands for it exactly: arrays are indexed by element, regexes match by pattern. */
function isPoint(value: unknown): boolean {
  return !Array.isArray(value) && !(value instanceof RegExp) && bsonTypeOf(value) !== 'BSONRegExp';
}

function bracket(value: unknown): Range {
  const type = typeByte(value);
  return {
    low: { bytes: Buffer.from([type]), kind: 'type', after: false },
    high: { bytes: Buffer.from([type + 1]), kind: 'type', after: false },
  };
}

const rangeable = (value: unknown): boolean => {
  const type = typeByte(value);
  return (
    type === TYPE.number ||
    type === TYPE.string ||
    type === TYPE.date ||
    type === TYPE.objectId ||
    type === TYPE.boolean
  );
};

/** Bounds of one predicate, or of the operators of one, when an index can use them. */
function boundsOf(condition: unknown): Bounds[] {
  if (!isOperators(condition))
    return isPoint(condition) ? [{ points: [encodeComponent(condition ?? null)] }] : prefixOf(condition);
  const out: Bounds[] = [];
  for (const [operator, operand] of Object.entries(condition)) {
    if (operator === '$eq' && isPoint(operand)) out.push({ points: [encodeComponent(operand ?? null)] });
    else if (
      operator === '$in' &&
      Array.isArray(operand) &&
      operand.length <= MOST_POINTS &&
      operand.every(isPoint)
    ) {
      const points = new Map(
        operand.map((value: unknown) => [encodeComponent(value ?? null).toString('latin1'), value]),
      );
      out.push({ points: [...points.values()].map((value) => encodeComponent(value ?? null)) });
    } else if (operator === '$regex') out.push(...prefixOf(operand, condition['$options']));
    else if (['$gt', '$gte', '$lt', '$lte'].includes(operator) && rangeable(operand)) {
      const { low, high } = bracket(operand);
      const at: Edge = {
        bytes: encodeComponent(operand),
        kind: 'value',
        after: operator === '$gt' || operator === '$lte',
      };
      out.push({ range: operator.startsWith('$gt') ? { low: at, high } : { low, high: at } });
    }
  }
  return out;
}

/** `^literal` without flags reads a range of strings. */
function prefixOf(value: unknown, options?: unknown): Bounds[] {
  const regex = regexOf(value, options);
  const literal =
    regex && !regex.flags.replace('u', '') ? /^\^([^\\^$.|?*+()[\]{}]+)/.exec(regex.source) : null;
  if (!literal) return [];
  const rest = regex?.source.slice(literal[0].length) ?? '';
  // A quantifier after the literal makes its last character optional.
  const text = /^[?*{]/.test(rest) ? [...(literal[1] ?? '')].slice(0, -1).join('') : (literal[1] ?? '');
  if (text === '' || regex?.source.includes('|') === true) return [];
  const bytes = encodeComponent(text).subarray(0, -STRING_END_BYTES);
  return [
    { range: { low: { bytes, kind: 'prefix', after: false }, high: { bytes, kind: 'prefix', after: true } } },
  ];
}

/** One bound per path. Several ranges meet unless the path may hold an array, where each may match another element. */
function combine(bounds: readonly Bounds[], multikey: boolean): Bounds | undefined {
  const points = bounds.find((bound) => bound.points);
  if (points) return points;
  const ranges = bounds.flatMap((bound) => (bound.range ? [bound.range] : []));
  const [first] = ranges;
  if (!first || multikey) return first && { range: first };
  let { low, high } = first;
  for (const range of ranges) {
    // Bounds of different types cannot meet in one range; the filter decides the rest.
    if (range.low.bytes[0] !== low.bytes[0] && range.high.bytes[0] !== high.bytes[0]) continue;
    if (Buffer.compare(ascending(range.low), ascending(low)) > 0) low = range.low;
    if (Buffer.compare(ascending(range.high), ascending(high)) < 0) high = range.high;
  }
  return { range: { low, high } };
}

const invert = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => ~byte & 0xff));

function increment(bytes: Buffer): Buffer {
  const out = Buffer.from(bytes);
  out[out.length - 1] = (out.at(-1) ?? 0) + 1;
  return out;
}

function ascending({ bytes, kind, after }: Edge): Buffer {
  return after && kind !== 'type' ? Buffer.concat([bytes, END]) : bytes;
}

/** The edge among inverted bytes, where a low edge closes the range and a high one opens it. */
function descending({ bytes, kind, after }: Edge): Buffer {
  const inverted = invert(bytes);
  if (kind === 'type') return increment(inverted);
  // Behind an inverted prefix may come FF (the end of the string), so the range ends at the next prefix.
  if (kind === 'prefix') return after ? inverted : increment(inverted);
  return after ? inverted : Buffer.concat([inverted, END]);
}

function directed(range: Range, isDescending: boolean): { low: Buffer; high: Buffer } {
  return isDescending
    ? { low: descending(range.high), high: descending(range.low) }
    : { low: ascending(range.low), high: ascending(range.high) };
}

function cut(range: KeyRange): KeyRange {
  return {
    start: range.start.length > CUT ? range.start.subarray(0, CUT) : range.start,
    end: range.end.length > CUT ? Buffer.concat([range.end.subarray(0, CUT), END]) : range.end,
  };
}

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
  if (hint === undefined) {
    const byId = idPlan(paths);
    if (byId) return byId;
  }
  const candidates = hint === undefined ? collection.indexes : [hinted(collection, hint)];
  let best: { plan: Plan; score: number } | undefined;
  for (const index of candidates) {
    if (index.spec.hidden === true && hint === undefined) continue;
    const scored = indexPlan(index, paths, wanted, hint !== undefined);
    if (scored && (!best || scored.score > best.score)) best = scored;
  }
  if (best) return best.plan;
  return (
    orPlan(collection, wanted) ?? {
      stage: 'SCAN',
      ranges: [WHOLE],
      reverse: false,
      sorted: false,
      repeats: false,
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

function idPlan(paths: Map<string, unknown[]>): Plan | undefined {
  for (const condition of paths.get('_id') ?? []) {
    const values = !isOperators(condition)
      ? [condition]
      : '$eq' in condition
        ? [condition['$eq']]
        : condition['$in'];
    if (!Array.isArray(values) || values.length > MOST_POINTS || !values.every((value) => isPoint(value)))
      continue;
    const keys = new Map(values.map((value: unknown) => [encodeId(value ?? null).toString('latin1'), value]));
    const ranges = [...keys.values()].map((value) => {
      const key = encodeId(value ?? null);
      return { start: key, end: key };
    });
    return { stage: 'ID', ranges, reverse: false, sorted: ranges.length <= 1, repeats: false };
  }
  return undefined;
}

function indexPlan(
  index: Index,
  paths: Map<string, unknown[]>,
  { sort, view }: Wanted,
  forced: boolean,
): { plan: Plan; score: number } | undefined {
  if (!usable(index, paths)) return undefined;
  const multikey = index.multikey.size > 0;
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let equalities = 0;
  let singlePoints = 0;
  let ranges: KeyRange[] | undefined;
  let arrayUsed: string | undefined;
  for (const part of index.parts) {
    const array = [...index.multikey].find((path) => part.path === path || part.path.startsWith(`${path}.`));
    // Bounds on two fields of one array may be met by different elements.
    if (array !== undefined && arrayUsed !== undefined) break;
    const bounds = (paths.get(part.path) ?? []).flatMap((condition) => [
      ...boundsOf(condition),
      ...allBounds(condition, index, part, view),
    ]);
    const bound = combine(bounds, array !== undefined);
    if (!bound) break;
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
    if (prefixes.length * points.length > MOST_POINTS) break;
    prefixes = prefixes.flatMap((prefix) =>
      points.map((point) => Buffer.concat([prefix, part.descending ? invert(point) : point])),
    );
    equalities += 1;
    if (points.length === 1 && singlePoints === equalities - 1) singlePoints += 1;
  }
  ranges ??= prefixes.map((prefix) => ({ start: prefix, end: Buffer.concat([prefix, END]) }));
  const ranged = ranges.some((range, i) => !range.start.equals(prefixes[i] ?? Buffer.alloc(0)));
  const order = multikey ? undefined : orderGiven(index, sort, singlePoints);
  const sorted = order !== undefined && ranges.length === 1;
  if (equalities === 0 && !ranged && !sorted && !forced) return undefined;
  if (equalities === 0 && !ranged && (index.spec.sparse === true || (index.partial && !forced)))
    return undefined;
  const full = equalities === index.parts.length && index.spec.unique === true && singlePoints === equalities;
  const score = (full ? 1000 : 0) + equalities * 100 + (sorted ? 60 : 0) + (ranged ? 40 : 0);
  const distinct = ranges.map(cut).sort((a, b) => Buffer.compare(a.start, b.start));
  return {
    plan: {
      stage: 'INDEX',
      index,
      ranges: merged(distinct),
      reverse: sorted && order === 'reverse',
      sorted,
      repeats: multikey,
    },
    score,
  };
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
  if (index.parts[0] !== part) return [{ points: [encodeComponent(values[0])] }];
  let best: { point: Buffer; count: number } | undefined;
  for (const value of values) {
    const point = encodeComponent(value);
    const start = part.descending ? invert(point) : point;
    const count = view.estimate(index, { start, end: Buffer.concat([start, END]) }, best?.count ?? 1000);
    if (!best || count < best.count) best = { point, count };
  }
  return best ? [{ points: [best.point] }] : [];
}

function usable(index: Index, paths: Map<string, unknown[]>): boolean {
  const { sparse, partialFilterExpression: partial } = index.spec;
  if (partial) {
    return Object.entries(partial).every(([path, value]) =>
      (paths.get(path) ?? []).some(
        (condition) => equalValues(condition, value) || impliesExists(value, condition),
      ),
    );
  }
  if (sparse === true) {
    return index.parts.some((part) => (paths.get(part.path) ?? []).some(excludesNull));
  }
  return true;
}

function impliesExists(partial: unknown, condition: unknown): boolean {
  return (
    isOperators(partial) &&
    Object.keys(partial).length === 1 &&
    partial['$exists'] === true &&
    excludesNull(condition)
  );
}

/** Only predicates that no missing field can meet. */
function excludesNull(condition: unknown): boolean {
  if (!isOperators(condition)) return condition !== null && condition !== undefined;
  const { $eq, $in, $gt, $gte, $lt, $lte, $all } = condition;
  if (Array.isArray($in))
    return $in.length > 0 && $in.every((value) => value !== null && value !== undefined);
  if (Array.isArray($all)) return $all.length > 0 && $all.every((value) => value !== null);
  return [$eq, $gt, $gte, $lt, $lte].some((value) => value !== undefined && value !== null);
}

/** Whether the index gives the wanted order behind the fields that are fixed to one value. */
function orderGiven(index: Index, sort: Doc | undefined, fixed: number): 'forward' | 'reverse' | undefined {
  if (!sort) return undefined;
  const fixedPaths = new Set(index.parts.slice(0, fixed).map((part) => part.path));
  const wanted = sortParts(sort).filter((part) => !fixedPaths.has(part.path));
  const own = index.parts.slice(fixed);
  let direction: 'forward' | 'reverse' | undefined;
  for (const [i, part] of wanted.entries()) {
    const mine = own[i];
    if (!mine) {
      // Behind all its fields a non-unique index goes on by _id.
      const last =
        i === own.length && part.path === '_id' && i === wanted.length - 1 && index.spec.unique !== true;
      const step = part.descending ? 'reverse' : 'forward';
      return last && (direction ?? step) === step ? step : undefined;
    }
    if (mine.path !== part.path) return undefined;
    const step = mine.descending === part.descending ? 'forward' : 'reverse';
    if (direction !== undefined && direction !== step) return undefined;
    direction = step;
  }
  return direction ?? 'forward';
}

function orPlan(collection: Collection, { filter, view }: Wanted): Plan | undefined {
  const branches = filter['$or'];
  if (!Array.isArray(branches) || branches.length > 50) return undefined;
  const plans = (branches as Doc[]).map((branch) =>
    choosePlan(collection, { filter: branch, sort: undefined, view }),
  );
  if (plans.some((plan) => plan.stage === 'SCAN')) return undefined;
  return { stage: 'OR', ranges: [], reverse: false, sorted: false, repeats: true, branches: plans };
}
