import { bsonTypeOf, type Doc } from './bson.ts';
import { fail } from './error.ts';
import { compileFilter } from './match.ts';
import { equalValues } from './order.ts';
import { isDocument } from './path.ts';
import { changeOf } from './update-operators.ts';
import {
  descend,
  immutableId,
  read,
  setAt,
  write,
  type ElementFilters,
  type UpdateContext,
} from './update-path.ts';
import { pipelineUpdate } from './update-pipeline.ts';

/** Changes the (unpromoted) document in place, or answers another one (replacement, pipeline). */
export type Update = (doc: Doc, context: UpdateContext) => Doc;

export interface UpdateOptions {
  readonly arrayFilters?: readonly unknown[] | undefined;
  readonly variables?: Doc | undefined;
}

/**
 * Compiles an update document, a replacement or an update pipeline.
 * @throws MongoError 9, 40, 2 for what is wrong before any document is seen; 14, 28, 66 when applied
 */
export function compileUpdate(update: unknown, options: UpdateOptions = {}): Update {
  if (Array.isArray(update)) return pipelineUpdate(update as unknown[], options.variables ?? {});
  if (!isDocument(update)) return fail(9, 'update must be a document or a pipeline');
  const names = Object.keys(update);
  if (!names[0]?.startsWith('$')) {
    const odd = names.find((name) => name.startsWith('$'));
    if (odd !== undefined) fail(52, `The dollar ($) prefixed field '${odd}' is not valid for storage.`);
    return (doc) => replacement(doc, update);
  }
  return operatorUpdate(update, elementFilters(options.arrayFilters ?? []));
}

function replacement(doc: Doc, update: Doc): Doc {
  if (!Object.hasOwn(doc, '_id')) return update;
  const { _id, ...rest } = update;
  if (_id !== undefined && !equalValues(doc['_id'], _id)) immutableId();
  return { _id: doc['_id'], ...rest };
}

function elementFilters(filters: readonly unknown[]): ElementFilters {
  const out = new Map<string, (element: unknown) => boolean>();
  for (const filter of filters) {
    if (!isDocument(filter)) return fail(9, 'arrayFilters are documents');
    const names = new Set(identifiers(filter));
    const [name] = names;
    if (names.size !== 1 || name === undefined || name.startsWith('$')) {
      return fail(9, 'each array filter names exactly one identifier');
    }
    if (out.has(name)) fail(9, `more than one array filter for '${name}'`);
    const matcher = compileFilter(filter);
    out.set(name, (element) => matcher({ [name]: element }));
  }
  return out;
}

/** The names that an array filter speaks of, those below `$and` and its kin too. */
function identifiers(filter: Doc): string[] {
  return Object.entries(filter).flatMap(([path, value]) =>
    ['$and', '$or', '$nor'].includes(path) && Array.isArray(value)
      ? (value as unknown[]).filter(isDocument).flatMap(identifiers)
      : [path.split('.')[0] ?? ''],
  );
}

function operatorUpdate(update: Doc, filters: ElementFilters): Update {
  const steps: { path: string; apply: (doc: Doc, context: UpdateContext) => void }[] = [];
  const claims = new Claims();
  const used = new Set<string>();
  for (const [operator, operand] of Object.entries(update)) {
    if (!operator.startsWith('$')) return fail(9, `Unknown modifier: ${operator}`);
    if (!isDocument(operand)) {
      return fail(9, `Modifiers operate on fields but we found another type for ${operator}`);
    }
    for (const [path, value] of Object.entries(operand)) {
      claims.add(path);
      if (operator === '$rename') claims.add(String(value));
      for (const part of path.includes('$') ? path.split('.') : []) {
        const name = /^\$\[(.+)\]$/.exec(part)?.[1];
        if (name !== undefined) {
          if (!filters.has(name)) fail(2, `No array filter found for identifier '${name}' in path '${path}'`);
          used.add(name);
        }
      }
      steps.push({
        path,
        apply: operator === '$rename' ? renameStep(path, value) : step(operator, path, value, filters),
      });
    }
  }
  for (const name of filters.keys()) {
    if (!used.has(name)) fail(9, `The array filter for identifier '${name}' was not used in the update`);
  }
  // New fields stand in the order of their names, as the server makes them.
  steps.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  return (doc, context) => {
    const id = doc['_id'];
    for (const { apply } of steps) apply(doc, context);
    if (id !== undefined && !equalValues(id, doc['_id'])) immutableId();
    return doc;
  };
}

/** The paths of one update; no two may touch the same. */
class Claims {
  private readonly paths = new Set<string>();
  /** Everything above a claimed path. */
  private readonly above = new Set<string>();

  /** @throws MongoError 40, 56 */
  add(path: string): void {
    const parts = path.split('.');
    if (parts.includes('')) fail(56, `The update path '${path}' contains an empty field name`);
    if (this.paths.has(path) || this.above.has(path)) conflict(path);
    for (let i = 1; i < parts.length; i += 1) {
      const parent = parts.slice(0, i).join('.');
      if (this.paths.has(parent)) conflict(path);
      this.above.add(parent);
    }
    this.paths.add(path);
  }
}

function conflict(path: string): never {
  return fail(40, `Updating the path '${path}' would create a conflict at '${path}'`);
}

const NEEDS_NO_PATH = new Set(['$unset', '$pull', '$pullAll', '$pop']);

function step(operator: string, path: string, operand: unknown, filters: ElementFilters) {
  const change = changeOf(operator, operand);
  const parts = path.split('.');
  const create = !NEEDS_NO_PATH.has(operator);
  return (doc: Doc, context: UpdateContext) => {
    if (operator === '$setOnInsert' && !context.inserting) return;
    descend(doc, parts, 0, { create, filters, context, path }, change);
  };
}

function renameStep(from: string, to: unknown) {
  if (typeof to !== 'string') return fail(2, 'The "to" field for $rename must be a string');
  const source = from.split('.');
  const target = to.split('.');
  return (doc: Doc, context: UpdateContext) => {
    let node: unknown = doc;
    for (const part of source.slice(0, -1)) {
      if (node === undefined) return;
      if (Array.isArray(node)) fail(2, 'The source of $rename cannot be within an array');
      node = isDocument(node) ? read(node, part) : undefined;
    }
    const key = source.at(-1) ?? '';
    if (!isDocument(node) || !Object.hasOwn(node, key)) return;
    const value = node[key];
    Reflect.deleteProperty(node, key);
    descend(doc, target, 0, { create: true, filters: new Map(), context, path: to }, (parent, last) =>
      write(parent, last, value),
    );
  };
}

/** The fields that an upsert takes from the equalities of its filter. */
export function seedFromFilter(filter: Doc): Doc {
  const seed: Doc = {};
  const take = (path: string, value: unknown) => setAt(seed, path, value);
  const collect = (condition: Doc): void => {
    for (const [path, value] of Object.entries(condition)) {
      if (path === '$and' && Array.isArray(value))
        (value as unknown[]).forEach((entry) => collect(entry as Doc));
      else if (path === '$or' && Array.isArray(value) && value.length === 1) collect(value[0] as Doc);
      else if (path.startsWith('$')) continue;
      else if (!isDocument(value) || !Object.keys(value)[0]?.startsWith('$')) {
        if (!(value instanceof RegExp) && bsonTypeOf(value) !== 'BSONRegExp') take(path, value);
      } else if ('$eq' in value) take(path, value['$eq']);
      else if (Array.isArray(value['$in']) && value['$in'].length === 1)
        take(path, (value['$in'] as unknown[])[0]);
    }
  };
  collect(filter);
  return seed;
}
