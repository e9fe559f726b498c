import {
  asNumber,
  bsonTypeOf,
  Decimal128,
  decodeRaw,
  decodeRead,
  Double,
  encode,
  Int32,
  isNumeric,
  Long,
  setOwn,
  type Doc,
} from './bson.ts';
import { fail } from './error.ts';
import { compileExpression } from './expression.ts';
import { compileFilter, elementTest } from './match.ts';
import { compareValues, equalValues } from './order.ts';
import { isDocument, isIndex } from './path.ts';
import { pushInto } from './update-push.ts';

export interface UpdateContext {
  /** The array index that the query matched: `$`. */
  readonly positional?: number | undefined;
  /** The document is about to be inserted by an upsert. */
  readonly inserting: boolean;
  readonly now: Date;
}
/** Changes the (unpromoted) document in place, or answers another one (replacement, pipeline). */
export type Update = (doc: Doc, context: UpdateContext) => Doc;

export interface UpdateOptions {
  readonly arrayFilters?: readonly unknown[] | undefined;
  readonly variables?: Doc | undefined;
}

type ElementFilters = ReadonlyMap<string, (element: unknown) => boolean>;
type Change = (parent: Doc | unknown[], key: string, context: UpdateContext) => void;

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
  if ('_id' in doc && '_id' in update && !equalValues(doc['_id'], update['_id'])) immutableId();
  return '_id' in doc ? { ...update, _id: doc['_id'] } : update;
}

function immutableId(): never {
  return fail(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
}

function elementFilters(filters: readonly unknown[]): ElementFilters {
  const out = new Map<string, (element: unknown) => boolean>();
  for (const filter of filters) {
    if (!isDocument(filter)) return fail(9, 'arrayFilters are documents');
    const names = new Set(Object.keys(filter).map((path) => path.split('.')[0] ?? ''));
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

function operatorUpdate(update: Doc, filters: ElementFilters): Update {
  const steps: ((doc: Doc, context: UpdateContext) => void)[] = [];
  const paths: string[] = [];
  const used = new Set<string>();
  for (const [operator, operand] of Object.entries(update)) {
    if (!operator.startsWith('$')) return fail(9, `Unknown modifier: ${operator}`);
    if (!isDocument(operand)) {
      return fail(9, `Modifiers operate on fields but we found another type for ${operator}`);
    }
    for (const [path, value] of Object.entries(operand)) {
      claim(paths, path);
      if (operator === '$rename') claim(paths, String(value));
      for (const part of path.split('.')) {
        const name = /^\$\[(.+)\]$/.exec(part)?.[1];
        if (name !== undefined) {
          if (!filters.has(name)) fail(2, `No array filter found for identifier '${name}' in path '${path}'`);
          used.add(name);
        }
      }
      steps.push(operator === '$rename' ? renameStep(path, value) : step(operator, path, value, filters));
    }
  }
  for (const name of filters.keys()) {
    if (!used.has(name)) fail(9, `The array filter for identifier '${name}' was not used in the update`);
  }
  return (doc, context) => {
    const id = doc['_id'];
    for (const apply of steps) apply(doc, context);
    if (id !== undefined && !equalValues(id, doc['_id'])) immutableId();
    return doc;
  };
}

function claim(paths: string[], path: string): void {
  if (path === '' || path.split('.').includes(''))
    fail(56, `The update path '${path}' contains an empty field name`);
  const other = paths.find((p) => p === path || p.startsWith(`${path}.`) || path.startsWith(`${p}.`));
  if (other !== undefined) fail(40, `Updating the path '${path}' would create a conflict at '${other}'`);
  paths.push(path);
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

interface Descent {
  readonly create: boolean;
  readonly filters: ElementFilters;
  readonly context: UpdateContext;
  readonly path: string;
}

function descend(
  node: Doc | unknown[],
  parts: readonly string[],
  at: number,
  descent: Descent,
  change: Change,
): void {
  const part = parts[at] ?? '';
  if (part.startsWith('$')) {
    for (const index of elementIndexes(node, part, descent))
      into(node, String(index), parts, at, descent, change);
    return;
  }
  if (Array.isArray(node) && !isIndex(part)) {
    if (!descent.create) return;
    fail(28, `Cannot create field '${part}' in element {${parts.slice(0, at).join('.')}: array}`);
  }
  into(node, part, parts, at, descent, change);
}

function elementIndexes(node: Doc | unknown[], part: string, { filters, context, path }: Descent): number[] {
  if (part === '$') {
    if (context.positional === undefined) {
      return fail(2, 'The positional operator did not find the match needed from the query.');
    }
    return [context.positional];
  }
  if (!Array.isArray(node)) return fail(2, `Cannot apply array updates to non-array element at '${path}'`);
  const all = [...node.keys()];
  if (part === '$[]') return all;
  const name = /^\$\[(.+)\]$/.exec(part)?.[1];
  const test = name === undefined ? undefined : filters.get(name);
  if (!test) return fail(52, `The dollar ($) prefixed field '${part}' in '${path}' is not allowed`);
  return all.filter((index) => test((node as unknown[])[index]));
}

function into(
  node: Doc | unknown[],
  key: string,
  parts: readonly string[],
  at: number,
  descent: Descent,
  change: Change,
): void {
  if (at === parts.length - 1) {
    change(node, key, descent.context);
    return;
  }
  let child = read(node, key);
  if (child === undefined) {
    if (!descent.create) return;
    child = {};
    write(node, key, child);
  }
  if (!isDocument(child) && !Array.isArray(child)) {
    if (!descent.create) return;
    fail(28, `Cannot create field '${parts[at + 1] ?? ''}' in element {${key}: ${JSON.stringify(child)}}`);
  }
  descend(child as Doc | unknown[], parts, at + 1, descent, change);
}

export function read(node: Doc | unknown[], key: string): unknown {
  return Object.hasOwn(node, key) ? (node as Doc)[key] : undefined;
}

const LARGEST_PADDING = 1_500_000;

export function write(node: Doc | unknown[], key: string, value: unknown): void {
  if (!Array.isArray(node)) {
    setOwn(node, key, value);
    return;
  }
  const index = Number(key);
  if (index > node.length + LARGEST_PADDING) fail(2, 'cannot pad the array that far');
  while (node.length < index) node.push(null);
  node[index] = value;
}

function changeOf(operator: string, operand: unknown): Change {
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

type Exact = 'Int32' | 'Long' | 'Double' | 'Decimal128';

function kindOf(value: unknown): Exact {
  const type = bsonTypeOf(value);
  if (type === 'Int32' || type === 'Long' || type === 'Double' || type === 'Decimal128') return type;
  return Number.isInteger(value) ? 'Int32' : 'Double';
}

const INT32 = 2n ** 31n;
const INT64 = 2n ** 63n;

/** Adds as the server does: whole numbers stay whole and grow to Long; beyond 64 bits it is an error. */
export function add(a: unknown, b: unknown): unknown {
  return arithmetic(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
  );
}

function multiply(a: unknown, b: unknown): unknown {
  return arithmetic(
    a,
    b,
    (x, y) => x * y,
    (x, y) => x * y,
  );
}

function arithmetic(
  a: unknown,
  b: unknown,
  whole: (x: bigint, y: bigint) => bigint,
  real: (x: number, y: number) => number,
): unknown {
  const kinds = [kindOf(a), kindOf(b)];
  if (kinds.includes('Decimal128')) return decimalArithmetic(a, b, whole);
  if (kinds.includes('Double')) return new Double(real(asNumber(a) ?? 0, asNumber(b) ?? 0));
  const result = whole(wholeOf(a), wholeOf(b));
  if (!kinds.includes('Long') && result >= -INT32 && result < INT32) return new Int32(Number(result));
  if (result < -INT64 || result >= INT64)
    fail(2, 'Failed to apply the operation to the current value: integer overflow');
  return Long.fromBigInt(result);
}

function wholeOf(value: unknown): bigint {
  return bsonTypeOf(value) === 'Long' ? (value as Long).toBigInt() : BigInt(asNumber(value) ?? 0);
}

function decimalParts(value: unknown): { digits: bigint; scale: number } | undefined {
  const text =
    bsonTypeOf(value) === 'Long'
      ? (value as Long).toString()
      : String(bsonTypeOf(value) === 'Decimal128' ? value : asNumber(value));
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i.exec(text);
  if (!match) return undefined;
  const decimals = match[3] ?? '';
  const digits = BigInt((match[2] ?? '') + decimals) * (match[1] === '-' ? -1n : 1n);
  const scale = decimals.length - Number(match[4] ?? '0');
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

function decimalArithmetic(a: unknown, b: unknown, whole: (x: bigint, y: bigint) => bigint): unknown {
  const x = decimalParts(a);
  const y = decimalParts(b);
  if (!x || !y) return Decimal128.fromString('NaN');
  const multiplying = whole(2n, 3n) === 6n;
  if (multiplying) return decimalText(x.digits * y.digits, x.scale + y.scale);
  const scale = Math.max(x.scale, y.scale);
  const lift = (part: { digits: bigint; scale: number }) => part.digits * 10n ** BigInt(scale - part.scale);
  return decimalText(whole(lift(x), lift(y)), scale);
}

function decimalText(digits: bigint, scale: number): unknown {
  return Decimal128.fromStringWithRounding(`${String(digits)}E${String(-scale)}`);
}

const PIPELINE_STAGES = new Set(['$set', '$addFields', '$unset', '$project', '$replaceWith', '$replaceRoot']);

function pipelineUpdate(stages: readonly unknown[], variables: Doc): Update {
  const compiled = stages.map((stage) => {
    const [name, operand] = isDocument(stage)
      ? (Object.entries(stage)[0] ?? ['', undefined])
      : ['', undefined];
    if (!PIPELINE_STAGES.has(name)) return fail(40324, `Unrecognized or disallowed update stage: ${name}`);
    return updateStage(name, operand);
  });
  return (doc) => {
    const id = doc['_id'];
    let current = decodeRead(encode(doc));
    for (const stage of compiled) current = stage(current, variables);
    if (id !== undefined) {
      if ('_id' in current && !equalValues(id, current['_id'])) immutableId();
      current = { ...current, _id: id };
    }
    return decodeRaw(encode(current, true));
  };
}

function updateStage(name: string, operand: unknown): (doc: Doc, variables: Doc) => Doc {
  if (name === '$unset') {
    const paths = (Array.isArray(operand) ? (operand as unknown[]) : [operand]).map((path) => String(path));
    const unset = operatorUpdate({ $unset: Object.fromEntries(paths.map((path) => [path, ''])) }, new Map());
    return (doc) => unset(doc, { inserting: false, now: new Date(0) });
  }
  if (name === '$replaceWith' || name === '$replaceRoot') {
    const expression = compileExpression(name === '$replaceRoot' ? (operand as Doc)['newRoot'] : operand);
    return (doc, variables) => {
      const root = expression(doc, variables);
      return isDocument(root) ? root : fail(40228, `'newRoot' expression must evaluate to an object`);
    };
  }
  if (name === '$project')
    return fail(115, '$project in an update pipeline is not supported by the embedded store');
  if (!isDocument(operand)) return fail(40272, `${name} specification must be an object`);
  const sets = Object.entries(operand).map(([path, value]) => ({ path, value: compileExpression(value) }));
  return (doc, variables) => {
    const values = sets.map(({ path, value }) => ({ path, value: value(doc, variables) }));
    for (const { path, value } of values) {
      if (value === undefined) continue;
      descend(
        doc,
        path.split('.'),
        0,
        { create: true, filters: new Map(), context: { inserting: false, now: new Date(0) }, path },
        (node, key) => write(node, key, value),
      );
    }
    return doc;
  };
}

/** The fields that an upsert takes from the equalities of its filter. */
export function seedFromFilter(filter: Doc): Doc {
  const seed: Doc = {};
  const context: UpdateContext = { inserting: true, now: new Date(0) };
  const take = (path: string, value: unknown) => {
    descend(seed, path.split('.'), 0, { create: true, filters: new Map(), context, path }, (node, key) =>
      write(node, key, value),
    );
  };
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
