import { add, multiply } from './arithmetic.ts';
import { asNumber, bsonTypeOf, Int32, isNumeric } from './bson.ts';
import { fail, unsupported } from './error.ts';
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
      if (operand !== true && !(isDocument(operand) && operand['$type'] === 'date')) {
        return fail(2, '$currentDate takes true or {$type: "date"}');
      }
      return (node, key, context) => write(node, key, context.now);
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
      return unsupported('$bit');
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
