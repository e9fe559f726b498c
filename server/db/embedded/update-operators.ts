import { add, multiply } from './arithmetic.ts';
import { asNumber, BSON, bsonTypeOf, Int32, isNumeric, Long } from './bson.ts';
import { fail } from './error.ts';
import { elementTest } from './match.ts';
import { compareValues, equalValues } from './order.ts';
import { isDocument } from './path.ts';
import { read, write, type Change } from './update-path.ts';
import { pushInto } from './update-push.ts';

/**
 * What an operator does to the one field it names.
 * @throws MongoError 9, 14, 2 for a wrong operand; when applied 14, 2 for a value of a wrong type
 */
export function changeOf(operator: string, operand: unknown): Change {
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      return (node, key) => write(node, key, operand);
    case '$unset':
      return (node, key) => {
        if (Array.isArray(node)) {
          if (Number(key) < node.length) node[Number(key)] = null;
        } else Reflect.deleteProperty(node, key);
      };
    case '$inc':
    case '$mul':
      if (!isNumeric(operand))
        return fail(14, `Cannot ${operator === '$inc' ? 'increment' : 'multiply'} with non-numeric argument`);
      return (node, key) => {
        const current = read(node, key);
        if (current !== undefined && !isNumeric(current)) {
          fail(14, `Cannot apply ${operator} to a value of non-numeric type`);
        }
        write(
          node,
          key,
          operator === '$inc'
            ? add(current ?? new Int32(0), operand)
            : multiply(current ?? new Int32(0), operand),
        );
      };
    case '$min':
    case '$max':
      return (node, key) => {
        const current = read(node, key);
        const order = current === undefined ? undefined : compareValues(operand, current);
        if (order === undefined || (operator === '$min' ? order < 0 : order > 0)) write(node, key, operand);
      };
    case '$currentDate':
      return currentDate(operand);
    case '$push':
    case '$addToSet':
      return pushInto(operator, operand);
    case '$pop':
      if (![1, -1].includes(asNumber(operand) ?? 0)) return fail(9, '$pop expects 1 or -1');
      return onArray('$pop', (list) => (asNumber(operand) === 1 ? list.slice(0, -1) : list.slice(1)));
    case '$pull': {
      const test =
        isDocument(operand) || operand instanceof RegExp || bsonTypeOf(operand) === 'BSONRegExp'
          ? elementTest(isDocument(operand) ? operand : { $in: [operand] })
          : (element: unknown) => equalValues(element, operand);
      return onArray('$pull', (list) => list.filter((element) => !test(element)));
    }
    case '$pullAll': {
      if (!Array.isArray(operand)) return fail(2, '$pullAll requires an array argument');
      const values = operand as unknown[];
      return onArray('$pullAll', (list) =>
        list.filter((element) => !values.some((value) => equalValues(value, element))),
      );
    }
    case '$bit':
      return bitwise(operand);
    default:
      return fail(9, `Unknown modifier: ${operator}`);
  }
}

function onArray(operator: string, change: (list: unknown[]) => unknown[]): Change {
  return (node, key) => {
    const current = read(node, key);
    if (current === undefined) return;
    if (!Array.isArray(current)) return fail(2, `Cannot apply ${operator} to a non-array value`);
    write(node, key, change(current as unknown[]));
  };
}

function currentDate(operand: unknown): Change {
  const type = isDocument(operand) ? operand['$type'] : typeof operand === 'boolean' ? 'date' : undefined;
  if (type === 'date') return (node, key, { now }) => write(node, key, now);
  if (type !== 'timestamp') return fail(2, '$currentDate takes true or {$type: "date" or "timestamp"}');
  return (node, key, { now }) =>
    write(node, key, new BSON.Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 }));
}

const BITWISE: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

const isWhole = (value: unknown): boolean =>
  bsonTypeOf(value) === 'Int32' || bsonTypeOf(value) === 'Long' || Number.isInteger(value);

const bitsOf = (value: unknown): bigint =>
  bsonTypeOf(value) === 'Long' ? (value as Long).toBigInt() : BigInt(asNumber(value) ?? 0);

function bitwise(operand: unknown): Change {
  const steps = isDocument(operand) ? Object.entries(operand) : [];
  if (steps.length === 0) return fail(2, '$bit takes {and, or, xor: a whole number}');
  for (const [name, value] of steps) {
    if (!Object.hasOwn(BITWISE, name) || !isWhole(value))
      fail(2, '$bit takes {and, or, xor: a whole number}');
  }
  return (node, key) => {
    const current = read(node, key) ?? new Int32(0);
    if (!isWhole(current)) fail(2, 'Cannot apply $bit to a value of non-integral type');
    let bits = bitsOf(current);
    for (const [name, value] of steps) bits = BITWISE[name]?.(bits, bitsOf(value)) ?? bits;
    const long = bsonTypeOf(current) === 'Long' || steps.some(([, value]) => bsonTypeOf(value) === 'Long');
    write(node, key, long ? Long.fromBigInt(bits) : new Int32(Number(bits)));
  };
}
