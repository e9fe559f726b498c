import { bsonTypeOf, type Doc } from './bson.ts';
import { encodeComponent, STRING_END_BYTES } from './key-bytes.ts';
import { typeByte, TYPE } from './type-order.ts';
import { isDocument } from './path.ts';
import { regexOf } from './regex.ts';
import type { KeyRange } from './view.ts';

/** One end of a range. */
interface Edge {
  readonly bytes: Buffer;
  /** `value`: a whole component; `type`: only a type byte; `prefix`: the beginning of a string. */
  readonly kind: 'value' | 'type' | 'prefix';
  /** Stands behind all keys that begin with the bytes, not before them. */
  readonly after: boolean;
}
export interface Range {
  readonly low: Edge;
  readonly high: Edge;
}

/** What a filter says about one path. */
export interface Bounds {
  /** Encoded values, when there is nothing but single ones. */
  readonly points?: readonly Buffer[];
  readonly range?: Range;
  /** Every key within is a match, as long as no array was indexed; else the filter must look again. */
  readonly exact: boolean;
}

/** A list of more values is not looked up one by one. */
const MOST_POINTS = 100_000;
/** Keys longer than this are stored cut; a bound is cut the same way and the filter looks again. */
export const CUT = 800;
export const END = Buffer.from([0xff]);

/** Every predicate of the filter by path, `$and` taken apart. */
export function predicates(filter: Doc, out = new Map<string, unknown[]>()): Map<string, unknown[]> {
  for (const [key, value] of Object.entries(filter)) {
    if (key === '$and' && Array.isArray(value)) (value as Doc[]).forEach((entry) => predicates(entry, out));
    else if (!key.startsWith('$')) out.set(key, [...(out.get(key) ?? []), value]);
  }
  return out;
}

export function isOperators(value: unknown): value is Doc {
  return isDocument(value) && Object.keys(value)[0]?.startsWith('$') === true && !('$ref' in value);
}

/** A value whose index key stands for it exactly: arrays are indexed by element, regexes match by pattern. */
export function isPoint(value: unknown): boolean {
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

function point(value: unknown): Bounds {
  return { points: [encodeComponent(value ?? null)], exact: value !== null && value !== undefined };
}

function listOf(values: readonly unknown[]): Bounds {
  const points = new Map<string, Buffer>();
  for (const value of values) {
    const key = encodeComponent(value ?? null);
    points.set(key.toString('latin1'), key);
  }
  return {
    points: [...points.values()],
    exact: !values.some((value) => value === null || value === undefined),
  };
}

function rangeOf(operator: string, operand: unknown): Bounds {
  const { low, high } = bracket(operand);
  const at: Edge = {
    bytes: encodeComponent(operand),
    kind: 'value',
    after: operator === '$gt' || operator === '$lte',
  };
  // NaN stands before all numbers and is below none.
  return operator.startsWith('$gt')
    ? { range: { low: at, high }, exact: true }
    : { range: { low, high: at }, exact: typeByte(operand) !== TYPE.number };
}

/** Bounds of one predicate, or of the operators of one, when an index can use them. */
export function boundsOf(condition: unknown): Bounds[] {
  if (!isOperators(condition)) return isPoint(condition) ? [point(condition)] : prefixOf(condition);
  const out: Bounds[] = [];
  for (const [operator, operand] of Object.entries(condition)) {
    if (operator === '$eq' && isPoint(operand)) out.push(point(operand));
    else if (
      operator === '$in' &&
      Array.isArray(operand) &&
      operand.length <= MOST_POINTS &&
      operand.every(isPoint)
    ) {
      out.push(listOf(operand));
    } else if (operator === '$regex') out.push(...prefixOf(operand, condition['$options']));
    else if (['$gt', '$gte', '$lt', '$lte'].includes(operator) && rangeable(operand)) {
      out.push(rangeOf(operator, operand));
    }
  }
  return out;
}

/** Whether the bounds of the one condition of a path say all that it says. */
export function saysAll(conditions: readonly unknown[], bounds: readonly Bounds[]): boolean {
  const [condition] = conditions;
  if (conditions.length !== 1) return false;
  const operators = isOperators(condition) ? Object.keys(condition).length : 1;
  const [first, second] = bounds;
  if (bounds.length !== operators || !first) return false;
  if (!second) return first.exact;
  // A lower and an upper bound of one type; the lower one keeps NaN out.
  const type = first.range?.low.bytes[0];
  return (
    bounds.length === 2 &&
    type !== undefined &&
    second.range?.low.bytes[0] === type &&
    (first.exact || second.exact)
  );
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
  const range: Range = {
    low: { bytes, kind: 'prefix', after: false },
    high: { bytes, kind: 'prefix', after: true },
  };
  return [{ range, exact: false }];
}

/** One bound per path. Several ranges meet unless the path may hold an array, where each may match another element. */
export function combine(bounds: readonly Bounds[], multikey: boolean): Bounds | undefined {
  const points = bounds.find((bound) => bound.points);
  if (points) return points;
  const ranges = bounds.flatMap((bound) => (bound.range ? [bound.range] : []));
  const [first] = ranges;
  if (!first || multikey) return first && { range: first, exact: false };
  let { low, high } = first;
  for (const range of ranges) {
    // Bounds of different types cannot meet in one range; the filter decides the rest.
    if (range.low.bytes[0] !== low.bytes[0] && range.high.bytes[0] !== high.bytes[0]) continue;
    if (Buffer.compare(ascending(range.low), ascending(low)) > 0) low = range.low;
    if (Buffer.compare(ascending(range.high), ascending(high)) < 0) high = range.high;
  }
  return { range: { low, high }, exact: false };
}

export const invert = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => ~byte & 0xff));

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

export function directed(range: Range, isDescending: boolean): { low: Buffer; high: Buffer } {
  return isDescending
    ? { low: descending(range.high), high: descending(range.low) }
    : { low: ascending(range.low), high: ascending(range.high) };
}

export function cut(range: KeyRange): KeyRange {
  return {
    start: range.start.length > CUT ? range.start.subarray(0, CUT) : range.start,
    end: range.end.length > CUT ? Buffer.concat([range.end.subarray(0, CUT), END]) : range.end,
  };
}
