import { asNumber, bsonTypeOf, setOwn, type Doc } from './bson.ts';
import { isDocument } from './path.ts';
import type { FindSpec } from './query.ts';
import { compileSort } from './sort.ts';

export interface Pushdown {
  /** What the planner does of a pipeline. */
  readonly spec: FindSpec;
  readonly rest: readonly unknown[];
}

/** A leading `$match`, `$sort`, `$skip` and `$limit` go through the planner. @throws MongoError 2 for a wrong sort */
export function pushdown(pipeline: readonly unknown[], variables: Doc = {}): Pushdown {
  const filters: Doc[] = [];
  let sort: Doc | undefined;
  let skip = 0;
  let limit: number | undefined;
  let at = 0;
  for (const stage of pipeline) {
    const [name, operand] = isDocument(stage) ? (Object.entries(stage)[0] ?? []) : [];
    if (name === '$match' && isDocument(operand) && !sort && skip === 0 && limit === undefined) {
      filters.push(...boundEqualities(operand, variables), operand);
    } else if (name === '$sort' && isDocument(operand) && !sort && skip === 0 && limit === undefined) {
      compileSort(operand);
      sort = operand;
    } else if (name === '$skip' && limit === undefined && skip === 0) skip = asNumber(operand) ?? 0;
    else if (name === '$limit' && limit === undefined) limit = asNumber(operand);
    else break;
    at += 1;
  }
  const filter = filters.length > 1 ? { $and: filters } : (filters[0] ?? {});
  return {
    spec: { filter, sort, skip, ...(limit === undefined ? {} : { limit }) },
    rest: pipeline.slice(at),
  };
}

/**
 * `{$expr: {$eq: ['$field', '$$name']}}` with a plain value bound to the name lets no document through that
 * `{field: value}` would not: said so too, an index can serve it.
 */
function boundEqualities(filter: Doc, variables: Doc): Doc[] {
  const expression = filter['$expr'];
  if (!isDocument(expression)) return [];
  const all = Array.isArray(expression['$and']) ? (expression['$and'] as unknown[]) : [expression];
  return all.flatMap((one) => {
    const sides = isDocument(one) && Array.isArray(one['$eq']) ? (one['$eq'] as unknown[]) : [];
    const field = sides.find((side) => typeof side === 'string' && /^\$[^$]/.test(side));
    const name = sides.find((side) => typeof side === 'string' && /^\$\$\w+$/.test(side));
    if (sides.length !== 2 || typeof field !== 'string' || typeof name !== 'string') return [];
    const key = name.slice(2);
    const value = Object.hasOwn(variables, key) ? variables[key] : undefined;
    if (!['string', 'number', 'boolean'].includes(typeof value) && bsonTypeOf(value) !== 'ObjectId')
      return [];
    const out: Doc = {};
    setOwn(out, field.slice(1), { $eq: value });
    return [out];
  });
}
