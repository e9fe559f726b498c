import { setOwn, type Doc } from './bson.ts';
import { fail } from './error.ts';
import { isDocument, isIndex } from './path.ts';

export interface UpdateContext {
  /** The array index that the query matched: `$`. */
  readonly positional?: number | undefined;
  /** The document is about to be inserted by an upsert. */
  readonly inserting: boolean;
  readonly now: Date;
}
export type Change = (parent: Doc | unknown[], key: string, context: UpdateContext) => void;
export type ElementFilters = ReadonlyMap<string, (element: unknown) => boolean>;

export function immutableId(): never {
  return fail(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
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

export interface Descent {
  readonly create: boolean;
  readonly filters: ElementFilters;
  readonly context: UpdateContext;
  readonly path: string;
}

/** Goes down a path and applies the change at its end; `$`, `$[]` and `$[name]` choose elements. @throws MongoError 2, 28, 52 */
export function descend(
  node: Doc | unknown[],
  parts: readonly string[],
  at: number,
  descent: Descent,
  change: Change,
): void {
  const part = parts[at] ?? '';
  // Below the top a field may have such a name.
  const plain = at > 0 && isDocument(node) && part !== '$' && !part.startsWith('$[');
  if (part.startsWith('$') && !plain) {
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

/** Sets the field at a path, making what is missing on the way. */
export function setAt(doc: Doc, path: string, value: unknown): void {
  const context: UpdateContext = { inserting: false, now: new Date(0) };
  const descent = { create: true, filters: new Map(), context, path };
  descend(doc, path.split('.'), 0, descent, (node, key) => write(node, key, value));
}
