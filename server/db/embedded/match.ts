import { asNumber, bsonTypeOf, decodeRead, encode, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression } from './expression.ts';
import { compareValues, equalValues } from './order.ts';
import { encodeComponent } from './key-bytes.ts';
import { TYPE, typeByte } from './type-order.ts';
import { bitsTest, typeTest } from './match-type.ts';
import { isDocument, truthy, visitPath } from './path.ts';
import { regexOf } from './regex.ts';

/** Says whether a document (numbers unpromoted) matches; leaves the matched array index in `found`. */
export type Matcher = (doc: Doc, found?: Positional) => boolean;
/** The index of the array element that satisfied the query: the positional operator `$`. */
export interface Positional {
  index?: number;
}
type LeafTest = (leaf: unknown) => boolean;

/**
 * Compiles a filter. Everything is checked here, before any document is seen.
 * @throws MongoError 2 for an unknown operator or a wrong operand, 115 for an operator this store does not offer
 */
export function compileFilter(filter: unknown, variables: Doc = {}): Matcher {
  if (!isDocument(filter)) fail(2, 'filter must be an object');
  const tests = Object.entries(filter).map(([key, value]) =>
    key.startsWith('$') && !REFERENCE_FIELDS.has(key)
      ? topLevel(key, value, variables)
      : fieldTest(key, value),
  );
  const [only] = tests;
  if (tests.length === 1 && only) return only;
  return (doc, found) => tests.every((test) => test(doc, found));
}

/** The fields of a DBRef may be asked for though their names begin as those of operators. */
const REFERENCE_FIELDS = new Set(['$ref', '$id', '$db']);

function filters(operator: string, value: unknown, variables: Doc): Matcher[] {
  if (!Array.isArray(value) || value.length === 0) fail(2, `${operator} argument must be a non-empty array`);
  return (value as unknown[]).map((entry) => compileFilter(entry, variables));
}

function topLevel(operator: string, value: unknown, variables: Doc): Matcher {
  switch (operator) {
    case '$and': {
      const all = filters(operator, value, variables);
      return (doc, found) => all.every((test) => test(doc, found));
    }
    case '$or': {
      const any = filters(operator, value, variables);
      return (doc, found) => any.some((test) => test(doc, found));
    }
    case '$nor': {
      const none = filters(operator, value, variables);
      return (doc) => !none.some((test) => test(doc));
    }
    case '$expr': {
      const expression = compileExpression(value);
      return (doc) => truthy(expression(decodeRead(encode(doc)), variables));
    }
    case '$comment':
      return () => true;
    case '$where':
    case '$text':
    case '$jsonSchema':
      return unsupported(operator);
    default:
      return fail(2, `unknown top level operator: ${operator}`);
  }
}

/** The top-level fields that a filter looks at; undefined when it may look at all. */
export function filterFields(filter: Doc): Set<string> | undefined {
  const fields = new Set<string>();
  for (const [path, value] of Object.entries(filter)) {
    if (path === '$comment') continue;
    if (path.startsWith('$')) {
      if (!Array.isArray(value)) return undefined;
      for (const branch of value as Doc[]) {
        const below = filterFields(branch);
        if (!below) return undefined;
        for (const field of below) fields.add(field);
      }
    } else fields.add(path.split('.')[0] ?? '');
  }
  return fields;
}

const hasOperators = (value: unknown): value is Doc =>
  isDocument(value) && Object.keys(value)[0]?.startsWith('$') === true;

function fieldTest(path: string, condition: unknown): Matcher {
  const parts = path.split('.');
  if (!hasOperators(condition) || isReference(condition)) return spread(parts, equality(condition));
  const tests = Object.entries(condition).map(([operator, operand]) =>
    operatorTest(parts, operator, operand, condition),
  );
  return (doc, found) => tests.every((test) => test(doc, found));
}

const isReference = (condition: Doc): boolean => '$ref' in condition || '$id' in condition;

/** Applies a test to the value at the path, and if that is an array to its elements too. */
function spread(parts: readonly string[], test: LeafTest): Matcher {
  return (doc, found) =>
    visitPath(doc, parts, (leaf, index) => {
      const element = Array.isArray(leaf) ? (leaf as unknown[]).findIndex((item) => test(item)) : -1;
      const hit = element >= 0 || test(leaf);
      const position = index ?? (element >= 0 ? element : undefined);
      if (hit && found && position !== undefined) found.index ??= position;
      return hit;
    });
}

/** Applies a test to the value at the path as a whole. */
function whole(parts: readonly string[], test: LeafTest): Matcher {
  return (doc, found) =>
    visitPath(doc, parts, (leaf, index) => {
      const hit = test(leaf);
      if (hit && found && index !== undefined) found.index ??= index;
      return hit;
    });
}

const not =
  (matcher: Matcher): Matcher =>
  (doc) =>
    !matcher(doc);

function equality(operand: unknown): LeafTest {
  if (operand instanceof RegExp || bsonTypeOf(operand) === 'BSONRegExp') {
    const regex = regexOf(operand);
    return (leaf) =>
      (typeof leaf === 'string' && regex !== undefined && regex.test(leaf)) || equalValues(leaf, operand);
  }
  if (operand === null || operand === undefined) return (leaf) => leaf === undefined || leaf === null;
  return (leaf) => leaf !== undefined && equalValues(leaf, operand);
}

/** More values than these are looked up by key instead of compared one by one. */
const FEW = 8;
const matchesMore = (value: unknown): boolean =>
  value === null || value === undefined || value instanceof RegExp || bsonTypeOf(value) === 'BSONRegExp';

function inOperands(operator: string, operand: unknown): LeafTest {
  if (!Array.isArray(operand)) fail(2, `${operator} needs an array`);
  const list = operand as unknown[];
  for (const entry of list) {
    if (hasOperators(entry) && !isReference(entry)) fail(2, `cannot nest $ under ${operator}`);
  }
  if (list.length > FEW && list.every((entry) => typeof entry === 'string')) {
    const texts = new Set(list);
    return (leaf) => texts.has(leaf as string);
  }
  if (list.length > FEW && !list.some(matchesMore)) {
    const keys = new Set(list.map((entry) => encodeComponent(entry).toString('latin1')));
    return (leaf) => leaf !== undefined && keys.has(encodeComponent(leaf).toString('latin1'));
  }
  const tests = list.map(equality);
  return (leaf) => tests.some((test) => test(leaf));
}

/** A range compares within one type only. */
function range(operand: unknown, holds: (order: number) => boolean, orEqual: boolean): LeafTest {
  const type = typeByte(operand);
  if (type === TYPE.null) return (leaf) => orEqual && (leaf === null || leaf === undefined);
  const isNaNOperand = Number.isNaN(asNumber(operand));
  const arrays = type === TYPE.array || type === TYPE.emptyArray;
  const unbounded = type === TYPE.minKey || type === TYPE.maxKey;
  return (leaf) => {
    if (leaf === undefined) return false;
    const own = typeByte(leaf);
    const sameType = own === type || (arrays && (own === TYPE.array || own === TYPE.emptyArray));
    if (!sameType && !unbounded) return false;
    if (own === TYPE.number && Number.isNaN(asNumber(leaf)) !== isNaNOperand) return false;
    return holds(compareValues(leaf, operand));
  };
}

function operatorTest(parts: readonly string[], operator: string, operand: unknown, condition: Doc): Matcher {
  switch (operator) {
    case '$eq':
      return spread(parts, equality(operand));
    case '$ne':
      if (operand instanceof RegExp || bsonTypeOf(operand) === 'BSONRegExp')
        fail(2, "Can't have regex as arg to $ne.");
      return not(spread(parts, equality(operand)));
    case '$gt':
      return spread(
        parts,
        range(operand, (order) => order > 0, false),
      );
    case '$gte':
      return spread(
        parts,
        range(operand, (order) => order >= 0, true),
      );
    case '$lt':
      return spread(
        parts,
        range(operand, (order) => order < 0, false),
      );
    case '$lte':
      return spread(
        parts,
        range(operand, (order) => order <= 0, true),
      );
    case '$in':
      return spread(parts, inOperands(operator, operand));
    case '$nin':
      return not(spread(parts, inOperands(operator, operand)));
    case '$exists': {
      const wanted = truthy(operand);
      const exists = whole(parts, (leaf) => leaf !== undefined);
      return wanted ? exists : not(exists);
    }
    case '$type':
      return spread(parts, typeTest(operand));
    case '$not': {
      if (operand instanceof RegExp || bsonTypeOf(operand) === 'BSONRegExp')
        return not(spread(parts, equality(operand)));
      if (!hasOperators(operand)) fail(2, '$not needs a regex or a document');
      const inner = Object.entries(operand).map(([name, value]) => operatorTest(parts, name, value, operand));
      return (doc) => !inner.every((test) => test(doc));
    }
    case '$regex': {
      const regex = regexOf(operand, condition['$options']);
      if (!regex) return fail(2, '$regex has to be a string');
      return spread(parts, (leaf) => typeof leaf === 'string' && regex.test(leaf));
    }
    case '$options':
      if (!('$regex' in condition)) fail(2, '$options needs a $regex');
      return () => true;
    case '$mod': {
      const [divisor, remainder] = (Array.isArray(operand) ? operand : []).map(asNumber);
      if (divisor === undefined || remainder === undefined)
        return fail(2, 'malformed mod, needs to be an array of two numbers');
      if (Math.trunc(divisor) === 0) fail(2, 'divisor cannot be 0');
      return spread(parts, (leaf) => {
        const value = asNumber(leaf);
        return value !== undefined && Math.trunc(value) % Math.trunc(divisor) === Math.trunc(remainder);
      });
    }
    case '$size': {
      const size = asNumber(operand);
      if (size === undefined || !Number.isInteger(size) || size < 0)
        fail(2, '$size must be a whole number, not negative');
      return whole(parts, (leaf) => Array.isArray(leaf) && leaf.length === size);
    }
    case '$all':
      return allTest(parts, operand);
    case '$elemMatch': {
      const test = elementTest(operand);
      return (doc, found) =>
        visitPath(doc, parts, (leaf, index) => {
          const at = Array.isArray(leaf) ? leaf.findIndex(test) : -1;
          if (at >= 0 && found) found.index ??= index ?? at;
          return at >= 0;
        });
    }
    case '$bitsAllSet':
    case '$bitsAllClear':
    case '$bitsAnySet':
    case '$bitsAnyClear':
      return spread(parts, bitsTest(operator, operand));
    case '$comment':
      return () => true;
    case '$geoWithin':
    case '$geoIntersects':
    case '$near':
    case '$nearSphere':
    case '$jsonSchema':
      return unsupported(operator);
    default:
      return fail(2, `unknown operator: ${operator}`);
  }
}

/** The condition of `$elemMatch` (and `$pull`): operators on the element itself, or a filter on its fields. */
export function elementTest(operand: unknown): LeafTest {
  if (!isDocument(operand)) return fail(2, '$elemMatch needs an Object');
  const first = Object.keys(operand)[0];
  const onElement =
    first?.startsWith('$') === true &&
    !['$and', '$or', '$nor', '$expr'].includes(first) &&
    !REFERENCE_FIELDS.has(first);
  if (onElement) {
    const tests = Object.entries(operand).map(([name, value]) => operatorTest(['e'], name, value, operand));
    return (element) => tests.every((test) => test({ e: element }));
  }
  const matcher = compileFilter(operand);
  return (element) => (isDocument(element) || Array.isArray(element)) && matcher(element as Doc);
}

function allTest(parts: readonly string[], operand: unknown): Matcher {
  if (!Array.isArray(operand)) return fail(2, '$all needs an array');
  if (operand.length === 0) return () => false;
  const tests = (operand as unknown[]).map((entry) =>
    isDocument(entry) && '$elemMatch' in entry
      ? operatorTest(parts, '$elemMatch', entry['$elemMatch'], entry)
      : spread(parts, equality(entry)),
  );
  return (doc, found) => tests.every((test) => test(doc, found));
}
