import type { Doc } from './bson.ts';
import { isOperators } from './bounds.ts';
import type { Index } from './index-spec.ts';
import { equalValues } from './order.ts';
import { sortParts } from './sort.ts';

/** Whether every document that the predicates let through has an entry in the index. */
export function usable(index: Index, paths: Map<string, unknown[]>): boolean {
  const { sparse, partialFilterExpression: partial } = index.spec;
  if (partial) {
    return Object.entries(partial).every(([path, value]) =>
      (paths.get(path) ?? []).some(
        (condition) => equalValues(condition, value) || impliesExists(value, condition),
      ),
    );
  }
  if (sparse === true) {
    return index.parts.some((part) => (paths.get(part.path) ?? []).some(excludesNull));
  }
  return true;
}

function impliesExists(partial: unknown, condition: unknown): boolean {
  return (
    isOperators(partial) &&
    Object.keys(partial).length === 1 &&
    partial['$exists'] === true &&
    excludesNull(condition)
  );
}

/** Only predicates that no missing field can meet. */
function excludesNull(condition: unknown): boolean {
  if (!isOperators(condition)) return condition !== null && condition !== undefined;
  const { $eq, $in, $gt, $gte, $lt, $lte, $all } = condition;
  if (Array.isArray($in))
    return $in.length > 0 && $in.every((value) => value !== null && value !== undefined);
  if (Array.isArray($all)) return $all.length > 0 && $all.every((value) => value !== null);
  return [$eq, $gt, $gte, $lt, $lte].some((value) => value !== undefined && value !== null);
}

/** Whether the index gives the wanted order behind the fields that are fixed to one value. */
export function orderGiven(
  index: Index,
  sort: Doc | undefined,
  fixed: number,
): 'forward' | 'reverse' | undefined {
  if (!sort) return undefined;
  const fixedPaths = new Set(index.parts.slice(0, fixed).map((part) => part.path));
  const wanted = sortParts(sort).filter((part) => !fixedPaths.has(part.path));
  const own = index.parts.slice(fixed);
  let direction: 'forward' | 'reverse' | undefined;
  for (const [i, part] of wanted.entries()) {
    const mine = own[i];
    if (!mine) {
      // Behind all its fields a non-unique index goes on by _id.
      const last =
        i === own.length && part.path === '_id' && i === wanted.length - 1 && index.spec.unique !== true;
      const step = part.descending ? 'reverse' : 'forward';
      return last && (direction ?? step) === step ? step : undefined;
    }
    if (mine.path !== part.path) return undefined;
    const step = mine.descending === part.descending ? 'forward' : 'reverse';
    if (direction !== undefined && direction !== step) return undefined;
    direction = step;
  }
  return direction ?? 'forward';
}
