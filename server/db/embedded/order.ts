import { encodeComponent } from './key-bytes.ts';
import { typeByte, TYPE } from './type-order.ts';
import { bsonTypeOf } from './bson.ts';

/** Total order of BSON values, numbers of all types by value, strings by code point. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const plainA = plainNumber(a);
  const plainB = plainNumber(b);
  if (plainA !== undefined && plainB !== undefined) return plainA < plainB ? -1 : plainA > plainB ? 1 : 0;
  const typeA = typeByte(a);
  const typeB = typeByte(b);
  if (typeA !== typeB) return typeA - typeB;
  if (typeA === TYPE.null || typeA === TYPE.emptyArray) return 0;
  return Buffer.compare(encodeComponent(a), encodeComponent(b));
}

export function equalValues(a: unknown, b: unknown): boolean {
  return compareValues(a, b) === 0;
}

/** Numbers that a double holds exactly and that are not NaN. */
function plainNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value;
  const type = bsonTypeOf(value);
  if (type !== 'Int32' && type !== 'Double') return undefined;
  const inner = (value as { value: number }).value;
  return Number.isNaN(inner) ? undefined : inner;
}
