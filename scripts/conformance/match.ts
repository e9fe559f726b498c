import { mongo } from 'mongoose';
import { isDoc, type Doc } from './format.ts';

export class Mismatch extends Error {
  constructor(path: string, expected: unknown, actual: unknown) {
    super(`${path}: expected ${show(expected)}, got ${show(actual)}`);
    this.name = 'Mismatch';
  }
}

/** Finds what `$$matchesEntity` and `$$sessionLsid` name. */
export type Lookup = (id: string) => unknown;

function show(value: unknown): string {
  try {
    return (mongo.BSON.EJSON.stringify(value) ?? 'nothing').slice(0, 300);
  } catch {
    return String(value);
  }
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' || typeof value === 'bigint'
    ? Number(value)
    : value instanceof mongo.Long
      ? value.toNumber()
      : value instanceof mongo.Int32 || value instanceof mongo.Double
        ? value.valueOf()
        : undefined;

const TYPE_TESTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  double: (value) => typeof value === 'number' || value instanceof mongo.Double,
  string: (value) => typeof value === 'string',
  object: isDoc,
  array: Array.isArray,
  binData: (value) => value instanceof mongo.Binary || value instanceof Uint8Array,
  objectId: (value) => value instanceof mongo.ObjectId,
  bool: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  null: (value) => value === null,
  regex: (value) => value instanceof RegExp || value instanceof mongo.BSONRegExp,
  int: (value) => Number.isInteger(numberOf(value)),
  long: (value) => Number.isInteger(numberOf(value)),
  number: (value) => numberOf(value) !== undefined || value instanceof mongo.Decimal128,
  decimal: (value) => value instanceof mongo.Decimal128,
  timestamp: (value) => value instanceof mongo.Timestamp,
};

type Special = (operand: unknown, actual: unknown, path: string, lookup: Lookup, root: boolean) => void;

/** The special operators that stand in the place of a value; `$$exists` is its parent's. */
const SPECIALS: Readonly<Record<string, Special>> = {
  $$type(operand, actual, path) {
    const names = [operand].flat() as string[];
    if (!names.some((name) => TYPE_TESTS[name]?.(actual) === true))
      throw new Mismatch(path, { $$type: operand }, actual);
  },
  $$unsetOrMatches(operand, actual, path, lookup, root) {
    if (actual !== undefined) match(operand, actual, lookup, path, root);
  },
  $$matchesEntity(operand, actual, path, lookup) {
    match(lookup(String(operand)), actual, lookup, path, false);
  },
  $$matchesHexBytes(operand, actual, path) {
    const bytes = actual instanceof mongo.Binary ? actual.buffer : actual;
    if (!(bytes instanceof Uint8Array) || Buffer.from(bytes).toString('hex') !== operand)
      throw new Mismatch(path, { $$matchesHexBytes: operand }, actual);
  },
  $$sessionLsid(operand, actual, path, lookup) {
    const session = lookup(String(operand)) as mongo.ClientSession;
    match(session.id, actual, lookup, path, false);
  },
  $$matchAsDocument(operand, actual, path, lookup) {
    match(operand, mongo.BSON.EJSON.parse(String(actual)), lookup, path, false);
  },
  $$matchAsRoot(operand, actual, path, lookup) {
    match(operand, actual, lookup, path, true);
  },
  $$lte(operand, actual, path) {
    if (!((numberOf(actual) ?? NaN) <= (numberOf(operand) ?? NaN)))
      throw new Mismatch(path, { $$lte: operand }, actual);
  },
};

const specialOf = (value: unknown): string | undefined => {
  const names = isDoc(value) ? Object.keys(value) : [];
  return names.length === 1 && names[0]?.startsWith('$$') === true ? names[0] : undefined;
};

/**
 * Compares as the unified test format says: documents at the root may have further fields, those below may not.
 * @throws Mismatch naming the path
 */
export function match(expected: unknown, actual: unknown, lookup: Lookup, path = '', root = true): void {
  const special = specialOf(expected);
  if (special !== undefined) {
    const test = SPECIALS[special];
    if (!test) throw new Error(`${path}: the runner does not know ${special}`);
    test((expected as Doc)[special], actual, path, lookup, root);
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      throw new Mismatch(path, expected, actual);
    expected.forEach((entry, i) => match(entry, actual[i], lookup, `${path}[${String(i)}]`, root));
  } else if (isDoc(expected)) {
    const fields = actual instanceof Map ? (Object.fromEntries(actual) as Doc) : actual;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
      throw new Mismatch(path, expected, actual);
    matchDocument(expected, fields as Doc, lookup, path, root);
  } else matchValue(expected, actual, path);
}

function matchDocument(expected: Doc, actual: Doc, lookup: Lookup, path: string, root: boolean): void {
  for (const [name, value] of Object.entries(expected)) {
    const at = path === '' ? name : `${path}.${name}`;
    const field = name in actual ? actual[name] : undefined;
    const special = specialOf(value);
    if (special === '$$exists') {
      if ((value as Doc)['$$exists'] !== (field !== undefined)) throw new Mismatch(at, value, field);
    } else if (special === '$$unsetOrMatches' || field !== undefined) match(value, field, lookup, at, false);
    else throw new Mismatch(at, value, undefined);
  }
  if (root) return;
  const odd = Object.keys(actual).find((name) => actual[name] !== undefined && !(name in expected));
  if (odd !== undefined) throw new Mismatch(`${path}.${odd}`, undefined, actual[odd]);
}

function matchValue(expected: unknown, actual: unknown, path: string): void {
  const number = numberOf(expected);
  const same =
    number !== undefined
      ? number === numberOf(actual)
      : expected === actual ||
        (typeof expected === 'object' && expected !== null && show(expected) === show(actual));
  if (!same) throw new Mismatch(path, expected, actual);
}
