import { asNumber, bsonTypeOf, isNumeric, type Doc } from './bson.ts';

/** Whether a path can go on below this value. */
export function isDocument(value: unknown): value is Doc {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof RegExp) &&
    !(value instanceof Uint8Array) &&
    (bsonTypeOf(value) === undefined || Object.hasOwn(value, '_bsontype'))
  );
}

export function truthy(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return false;
  return !(isNumeric(value) && asNumber(value) === 0);
}

export const isIndex = (part: string): boolean => /^(?:0|[1-9]\d*)$/.test(part);

/**
 * Visits what a query sees at a path: arrays on the way spread implicitly, a numeric part also names an element.
 * `visit` gets undefined for a missing field; `index` is the element of the outermost array passed through.
 * Stops at the first true.
 */
export function visitPath(
  value: unknown,
  parts: readonly string[],
  visit: (leaf: unknown, index: number | undefined) => boolean,
  at = 0,
  index?: number,
): boolean {
  if (at === parts.length) return visit(value, index);
  const part = parts[at] ?? '';
  if (Array.isArray(value)) {
    const list = value as unknown[];
    if (
      isIndex(part) &&
      Number(part) < list.length &&
      visitPath(list[Number(part)], parts, visit, at + 1, index)
    ) {
      return true;
    }
    for (let i = 0; i < list.length; i += 1) {
      if (isDocument(list[i]) && visitPath(list[i], parts, visit, at, index ?? i)) return true;
    }
    return false;
  }
  if (!isDocument(value)) return visit(undefined, index);
  return visitPath(Object.hasOwn(value, part) ? value[part] : undefined, parts, visit, at + 1, index);
}
