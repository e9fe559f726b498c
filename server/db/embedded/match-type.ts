import { asNumber, bsonTypeOf } from './bson.ts';
import { fail } from './error.ts';
import { isDocument } from './path.ts';

type LeafTest = (leaf: unknown) => boolean;

const TYPE_NAMES: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  javascript: 13,
  symbol: 14,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};
const BSON_TYPES: Readonly<Record<string, number>> = {
  Double: 1,
  Binary: 5,
  ObjectId: 7,
  BSONRegExp: 11,
  Code: 13,
  BSONSymbol: 14,
  Int32: 16,
  Timestamp: 17,
  Long: 18,
  Decimal128: 19,
  MinKey: -1,
  MaxKey: 127,
  DBRef: 3,
};

function typeNumber(value: unknown): number {
  const named = bsonTypeOf(value);
  if (named !== undefined && BSON_TYPES[named] !== undefined && !isDocument(value)) return BSON_TYPES[named];
  if (typeof value === 'number') return Number.isInteger(value) ? 16 : 1;
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 8;
  if (value === null) return 10;
  if (Array.isArray(value)) return 4;
  if (value instanceof Date) return 9;
  if (value instanceof RegExp) return 11;
  if (value instanceof Uint8Array) return 5;
  return 3;
}

/** The test of `$type`. @throws MongoError 2 for a type that does not exist */
export function typeTest(operand: unknown): LeafTest {
  const wanted = new Set<number>();
  for (const entry of Array.isArray(operand) ? (operand as unknown[]) : [operand]) {
    if (entry === 'number') for (const type of [1, 16, 18, 19]) wanted.add(type);
    else {
      const type = typeof entry === 'string' ? TYPE_NAMES[entry] : asNumber(entry);
      if (type === undefined || !Object.values(TYPE_NAMES).includes(type)) {
        return fail(2, `Unknown type name alias: ${String(entry)}`);
      }
      wanted.add(type);
    }
  }
  return (leaf) => leaf !== undefined && wanted.has(typeNumber(leaf));
}

/** The test of `$bitsAllSet` and its kin. @throws MongoError 2 for an operand that is no mask */
export function bitsTest(operator: string, operand: unknown): LeafTest {
  let mask = 0n;
  if (Array.isArray(operand)) {
    for (const position of operand as unknown[]) {
      const bit = asNumber(position);
      if (bit === undefined || bit < 0) return fail(2, `${operator}: bit positions are whole numbers`);
      mask |= 1n << BigInt(bit);
    }
  } else {
    const value = asNumber(operand);
    if (value === undefined || value < 0 || !Number.isInteger(value))
      return fail(2, `${operator} takes a mask or positions`);
    mask = BigInt(value);
  }
  return (leaf) => {
    const value = asNumber(leaf);
    if (value === undefined || !Number.isSafeInteger(value)) return false;
    const set = BigInt.asUintN(64, BigInt(value)) & mask;
    if (operator === '$bitsAllSet') return set === mask;
    if (operator === '$bitsAllClear') return set === 0n;
    return operator === '$bitsAnySet' ? set !== 0n : set !== mask;
  };
}
