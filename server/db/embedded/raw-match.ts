import { asNumber, bsonTypeOf, type Doc, type Raw } from './bson.ts';
import { bufferOf, doubleAt, ELEMENT, int32At, int64At, textAt } from './element.ts';
import { filterFields } from './match.ts';
import { isDocument } from './path.ts';
import { FieldFinder } from './record.ts';
import { regexOf } from './regex.ts';

/** Unknown: the filter has to look at the decoded document. */
export const NO = 0;
export const YES = 1;
export const UNKNOWN = 2;
export type Verdict = typeof NO | typeof YES | typeof UNKNOWN;

type RawTest = (raw: Raw) => Verdict;
/** Says of an element that is there and is no array. */
type ElementTest = (raw: Raw, type: number, at: number, end: number) => Verdict;

/** What a filter says of a document's bytes. */
export interface RawFilter {
  /** Must have looked at the document before the test does. */
  readonly finder: FieldFinder;
  /** Whether the finder looks for all that the filter looks at. */
  readonly findsAll: boolean;
  readonly test: RawTest;
}

/**
 * Compiles what can be told from bytes of a filter that is known to be right: equality, ranges, lists, `$exists` and
 * patterns on top-level fields that hold no array. All else is unknown, and so is where the position in an array counts.
 */
export function compileRawFilter(filter: Doc): RawFilter {
  const fields = filterFields(filter);
  const finder = new FieldFinder(fields ?? Object.keys(filter).filter((name) => !name.startsWith('$')));
  return { finder, findsAll: fields !== undefined, test: allOf(testsOf(filter, finder)) };
}

const unknown: RawTest = () => UNKNOWN;
const verdict = (holds: boolean): Verdict => (holds ? YES : NO);

function allOf(tests: readonly RawTest[]): RawTest {
  const [only] = tests;
  if (tests.length === 1 && only) return only;
  return (raw) => {
    let all: Verdict = YES;
    for (const test of tests) {
      const one = test(raw);
      if (one === NO) return NO;
      if (one === UNKNOWN) all = UNKNOWN;
    }
    return all;
  };
}

function anyOf(tests: readonly RawTest[]): RawTest {
  return (raw) => {
    let known = true;
    for (const test of tests) {
      const one = test(raw);
      // The branch that holds first says where in an array: an unknown one before may.
      if (one === YES) return known ? YES : UNKNOWN;
      if (one === UNKNOWN) known = false;
    }
    return known ? NO : UNKNOWN;
  };
}

function not(test: RawTest): RawTest {
  return (raw) => {
    const one = test(raw);
    return one === UNKNOWN ? UNKNOWN : verdict(one === NO);
  };
}

function testsOf(filter: Doc, finder: FieldFinder): RawTest[] {
  return Object.entries(filter).map(([key, value]) => {
    if (!key.startsWith('$')) return key.includes('.') ? unknown : fieldTest(finder, key, value);
    if (key === '$comment') return () => YES;
    if (!Array.isArray(value)) return unknown;
    const branches = (value as Doc[]).map((branch) => allOf(testsOf(branch, finder)));
    if (key === '$and') return allOf(branches);
    if (key === '$or') return anyOf(branches);
    return key === '$nor' ? not(anyOf(branches)) : unknown;
  });
}

const hasOperators = (value: unknown): value is Doc =>
  isDocument(value) &&
  Object.keys(value)[0]?.startsWith('$') === true &&
  !('$ref' in value) &&
  !('$id' in value);

function fieldTest(finder: FieldFinder, name: string, condition: unknown): RawTest {
  const slot = finder.names.indexOf(name);
  if (slot < 0) return unknown;
  if (!hasOperators(condition)) return onElement(finder, slot, equality(condition));
  return allOf(
    Object.entries(condition).map(([operator, operand]) =>
      operatorTest(finder, slot, operator, operand, condition),
    ),
  );
}

interface Leaf {
  readonly missing: Verdict;
  readonly test: ElementTest;
}

function onElement({ types, values, ends }: FieldFinder, slot: number, leaf: Leaf | undefined): RawTest {
  if (!leaf) return unknown;
  const { missing, test } = leaf;
  return (raw) => {
    const type = types[slot] ?? 0;
    if (type === 0) return missing;
    if (type === ELEMENT.array || type === ELEMENT.symbol || type === ELEMENT.undefined) return UNKNOWN;
    return test(raw, type, values[slot] ?? 0, ends[slot] ?? 0);
  };
}

function operatorTest(
  finder: FieldFinder,
  slot: number,
  operator: string,
  operand: unknown,
  condition: Doc,
): RawTest {
  const on = (leaf: Leaf | undefined) => onElement(finder, slot, leaf);
  switch (operator) {
    case '$eq':
      return on(equality(operand));
    case '$ne':
      return not(on(equality(operand)));
    case '$gt':
      return on(ordered(operand, (order) => order > 0));
    case '$gte':
      return on(ordered(operand, (order) => order >= 0));
    case '$lt':
      return on(ordered(operand, (order) => order < 0));
    case '$lte':
      return on(ordered(operand, (order) => order <= 0));
    case '$in':
      return on(listed(operand));
    case '$nin':
      return not(on(listed(operand)));
    case '$exists':
      if (typeof operand !== 'boolean') return unknown;
      return on({ missing: verdict(!operand), test: () => verdict(operand) });
    case '$regex':
      return on(pattern(regexOf(operand, condition['$options'])));
    case '$options':
    case '$comment':
      return () => YES;
    default:
      return unknown;
  }
}

function pattern(regex: RegExp | undefined): Leaf | undefined {
  if (!regex) return undefined;
  return {
    missing: NO,
    test: (raw, type, at, end) => {
      if (type === ELEMENT.regex) return UNKNOWN;
      return verdict(type === ELEMENT.string && regex.test(textAt(raw, at + 4, end - 1)));
    },
  };
}

function equality(operand: unknown): Leaf | undefined {
  if (operand === null) return { missing: YES, test: (_, type) => verdict(type === ELEMENT.null) };
  if (operand instanceof RegExp || bsonTypeOf(operand) === 'BSONRegExp') return pattern(regexOf(operand));
  if (typeof operand === 'string') {
    const bytes = Buffer.from(operand, 'utf8');
    return {
      missing: NO,
      test: (raw, type, at, end) =>
        verdict(
          type === ELEMENT.string &&
            end - at - 5 === bytes.length &&
            bytes.compare(raw, at + 4, end - 1) === 0,
        ),
    };
  }
  if (typeof operand === 'boolean')
    return {
      missing: NO,
      test: (raw, type, at) => verdict(type === ELEMENT.boolean && (raw[at] === 1) === operand),
    };
  return ordered(operand, (order) => order === 0);
}

/** Compares with values of the operand's own type; of numbers those that a double holds. */
function ordered(operand: unknown, holds: (order: number) => boolean): Leaf | undefined {
  const compare = comparison(operand);
  if (!compare) return undefined;
  return {
    missing: NO,
    test: (raw, type, at, end) => {
      const order = compare(raw, type, at, end);
      return order === undefined ? UNKNOWN : verdict(!Number.isNaN(order) && holds(order));
    },
  };
}

/** The order of an element to the operand: NaN when they do not compare, undefined when bytes do not tell. */
type Comparison = (raw: Raw, type: number, at: number, end: number) => number | undefined;

function comparison(operand: unknown): Comparison | undefined {
  if (typeof operand === 'string') {
    const bytes = Buffer.from(operand, 'utf8');
    return (raw, type, at, end) =>
      type === ELEMENT.string ? -bytes.compare(raw, at + 4, end - 1) : Number.NaN;
  }
  if (operand instanceof Date) {
    const time = operand.getTime();
    if (Number.isNaN(time)) return undefined;
    return (raw, type, at) => (type === ELEMENT.date ? int64At(raw, at) - time : Number.NaN);
  }
  if (bsonTypeOf(operand) === 'ObjectId') {
    const bytes = Buffer.from((operand as { id: Uint8Array }).id);
    return (raw, type, at, end) =>
      type === ELEMENT.objectId ? -bytes.compare(bufferOf(raw), at, end) : Number.NaN;
  }
  const number = bsonTypeOf(operand) === 'Decimal128' ? undefined : asNumber(operand);
  if (number === undefined || Number.isNaN(number)) return undefined;
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return undefined;
  return (raw, type, at) => {
    switch (type) {
      case ELEMENT.int32:
        return int32At(raw, at) - number;
      case ELEMENT.double:
        return difference(doubleAt(raw, at), number);
      case ELEMENT.int64: {
        const near = int64At(raw, at);
        return Number.isSafeInteger(near) ? difference(near, number) : undefined;
      }
      case ELEMENT.decimal128:
        return undefined;
      default:
        return Number.NaN;
    }
  };
}

const difference = (a: number, b: number): number => (Number.isNaN(a) ? a : a < b ? -1 : a > b ? 1 : 0);

function listed(operand: unknown): Leaf | undefined {
  if (!Array.isArray(operand)) return undefined;
  const list = operand as unknown[];
  if (list.every((entry) => typeof entry === 'string')) {
    const texts = new Set(list);
    return {
      missing: NO,
      test: (raw, type, at, end) =>
        verdict(type === ELEMENT.string && texts.has(textAt(raw, at + 4, end - 1))),
    };
  }
  if (list.length > MOST_TESTED) return undefined;
  const leaves = list.map(equality);
  const known = leaves.flatMap((leaf) => (leaf ? [leaf] : []));
  if (known.length < leaves.length) return undefined;
  return {
    missing: verdict(known.some(({ missing }) => missing === YES)),
    test: (raw, type, at, end) => {
      let all: Verdict = NO;
      for (const { test } of known) {
        const one = test(raw, type, at, end);
        if (one === YES) return YES;
        if (one === UNKNOWN) all = UNKNOWN;
      }
      return all;
    },
  };
}

/** Longer lists of other values are left to the filter, which looks them up by key. */
const MOST_TESTED = 8;
