import { asNumber, type Doc } from './bson.ts';
import { fail } from './error.ts';
import { equalValues } from './order.ts';
import { isDocument } from './path.ts';
import { compileSort } from './sort.ts';

const MODIFIERS = new Set(['$each', '$slice', '$sort', '$position']);

function wholeNumber(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  const number = asNumber(value);
  return number !== undefined && Number.isInteger(number)
    ? number
    : fail(2, `The value for ${name} must be an integer value`);
}

/** `$push` with its modifiers and `$addToSet` with `$each`. */
export function pushInto(operator: string, operand: unknown) {
  const each = isDocument(operand) && '$each' in operand ? operand : undefined;
  if (each) {
    if (!Array.isArray(each['$each'])) fail(2, `The argument to $each in ${operator} must be an array`);
    const odd = Object.keys(each).find((name) =>
      operator === '$addToSet' ? name !== '$each' : !MODIFIERS.has(name),
    );
    if (odd !== undefined) fail(2, `Unrecognized clause in ${operator}: ${odd}`);
  }
  const values = each ? (each['$each'] as unknown[]) : [operand];
  const slice = wholeNumber(each?.['$slice'], '$slice');
  const position = wholeNumber(each?.['$position'], '$position');
  const order = each?.['$sort'] === undefined ? undefined : elementOrder(each['$sort']);
  return (node: Doc | unknown[], key: string): void => {
    const current = Object.hasOwn(node, key) ? (node as Doc)[key] : undefined;
    if (current !== undefined && !Array.isArray(current))
      fail(2, `The field '${key}' must be an array for ${operator}`);
    let list = [...((current as unknown[] | undefined) ?? [])];
    if (operator === '$addToSet') {
      for (const value of values) if (!list.some((element) => equalValues(element, value))) list.push(value);
    } else {
      list.splice(position ?? list.length, 0, ...values);
      if (order) list.sort(order);
      if (slice !== undefined) list = slice < 0 ? list.slice(slice) : list.slice(0, slice);
    }
    if (Array.isArray(node)) node[Number(key)] = list;
    else
      Object.defineProperty(node, key, { value: list, writable: true, enumerable: true, configurable: true });
  };
}

function elementOrder(spec: unknown): (a: unknown, b: unknown) => number {
  if (isDocument(spec)) {
    const sort = compileSort(spec);
    return (a, b) => Buffer.compare(sort(isDocument(a) ? a : {}), sort(isDocument(b) ? b : {}));
  }
  const direction = asNumber(spec);
  if (direction !== 1 && direction !== -1) return fail(2, 'The $sort element value must be either 1 or -1');
  const sort = compileSort({ e: direction });
  return (a, b) => Buffer.compare(sort({ e: a }), sort({ e: b }));
}
