import { asNumber, decodeRead, encode, isNumeric, setOwn, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression, type Expression } from './expression.ts';
import { elementTest } from './match.ts';
import { isDocument } from './path.ts';

export interface Projection {
  /** `position`: which element of an array satisfied the query, for `'list.$'`. */
  apply(doc: Doc, position?: number): Doc;
  /** Set when copying these top-level fields is all there is to do. */
  readonly pick?: ReadonlySet<string>;
}

interface Tree {
  readonly children: Map<string, Tree | Leaf>;
}
type Leaf = 'take' | 'drop' | ((value: unknown, doc: Doc, read: () => Doc) => unknown);

/**
 * Compiles a projection of `find` or `$project`.
 * @throws MongoError 31253, 31254 when inclusion and exclusion are mixed, 2 for an unknown operator
 */
export function compileProjection(spec: Doc, variables: Doc = {}, aggregation = false): Projection {
  let including: boolean | undefined;
  let id: boolean | undefined;
  const root: Tree = { children: new Map() };
  const tops = new Set<string>();
  let plain = true;
  let positional = false;
  let position: number | undefined;
  for (const [path, value] of flatten(spec, aggregation)) {
    if (path.endsWith('.$') && !aggregation) {
      if (positional) fail(31276, 'Cannot specify more than one positional projection per query');
      positional = true;
      plain = false;
      including =
        including === false ? fail(31395, 'positional projection cannot be used with exclusion') : true;
      plant(root, path.slice(0, -2).split('.'), (list) => elementAt(list, position));
      continue;
    }
    if (path.includes('$')) fail(16410, `FieldPath field names may not start with '$': ${path}`);
    const flag = typeof value === 'boolean' ? value : isNumeric(value) ? asNumber(value) !== 0 : undefined;
    if (path === '_id' && flag !== undefined) {
      id = flag;
      continue;
    }
    if (flag !== undefined) {
      if (including !== undefined && including !== flag) {
        fail(
          flag ? 31253 : 31254,
          `Cannot do ${flag ? 'inclusion' : 'exclusion'} on field ${path} in ${flag ? 'exclusion' : 'inclusion'} projection`,
        );
      }
      including = flag;
      plain &&= !path.includes('.');
      tops.add(path);
      plant(root, path.split('.'), flag ? 'take' : 'drop');
      continue;
    }
    plain = false;
    const leaf = leafOf(value, variables, aggregation);
    if (!leaf.keepsMode) including ??= true;
    plant(root, path.split('.'), leaf.leaf);
  }
  const inclusion = including ?? (id === true && root.children.size === 0);
  if (inclusion && id !== false) {
    plant(root, ['_id'], 'take');
    tops.add('_id');
  }
  if (!inclusion && id === false) plant(root, ['_id'], 'drop');
  return {
    apply(doc, at) {
      position = at;
      let read: Doc | undefined;
      return applyTree(root, doc, inclusion, doc, () => (read ??= decodeRead(encode(doc))));
    },
    ...(inclusion && plain ? { pick: tops } : {}),
  };
}

/** `{a: {b: 1}}` says the same as `{'a.b': 1}`. */
function* flatten(spec: Doc, aggregation: boolean, prefix = ''): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(spec)) {
    const path = prefix + name;
    const nested =
      isDocument(value) && !Object.keys(value)[0]?.startsWith('$') && Object.keys(value).length > 0;
    if (nested) yield* flatten(value, aggregation, `${path}.`);
    else yield [path, value];
  }
}

function plant(root: Tree, path: readonly string[], leaf: Leaf): void {
  let node = root;
  for (const part of path.slice(0, -1)) {
    const child = node.children.get(part);
    if (child !== undefined && typeof child !== 'object') fail(31249, `Path collision at ${path.join('.')}`);
    const next: Tree = (child as Tree | undefined) ?? { children: new Map() };
    node.children.set(part, next);
    node = next;
  }
  const last = path.at(-1) ?? '';
  if (node.children.has(last)) fail(31250, `Path collision at ${path.join('.')}`);
  node.children.set(last, leaf);
}

function leafOf(value: unknown, variables: Doc, aggregation: boolean): { leaf: Leaf; keepsMode: boolean } {
  if (!aggregation && isDocument(value)) {
    if ('$slice' in value && !Array.isArray(value['$slice']))
      return { leaf: sliceLeaf([value['$slice']]), keepsMode: true };
    if (Array.isArray(value['$slice']) && value['$slice'].every(isNumeric)) {
      return { leaf: sliceLeaf(value['$slice'] as unknown[]), keepsMode: true };
    }
    if ('$elemMatch' in value) {
      const test = elementTest(value['$elemMatch']);
      return {
        leaf: (list) => {
          const hit = Array.isArray(list) ? (list as unknown[]).find(test) : undefined;
          return hit === undefined ? undefined : [hit];
        },
        keepsMode: false,
      };
    }
    if ('$meta' in value) return unsupported('$meta');
  }
  const expression: Expression = compileExpression(value);
  return { leaf: (_value, _doc, read) => expression(read(), variables), keepsMode: false };
}

/** @throws MongoError 51246 when the query was satisfied by no element */
function elementAt(list: unknown, position: number | undefined): unknown {
  if (!Array.isArray(list)) return list;
  const all = list as unknown[];
  if (position === undefined || position >= all.length)
    return fail(51246, "positional operator '.$' couldn't find a matching element in the array");
  return [all[position]];
}

function sliceLeaf(args: readonly unknown[]): Leaf {
  const [first, second] = args.map(asNumber);
  if (first === undefined) return fail(28667, '$slice takes one or two numbers');
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (second === undefined) return first < 0 ? value.slice(first) : value.slice(0, first);
    const from = first < 0 ? Math.max(0, value.length + first) : first;
    return value.slice(from, from + second);
  };
}

function applyTree(tree: Tree, node: Doc, inclusion: boolean, doc: Doc, read: () => Doc): Doc {
  const out: Doc = {};
  for (const [name, value] of Object.entries(node)) {
    const child = tree.children.get(name);
    if (child === undefined) {
      if (!inclusion) setOwn(out, name, value);
    } else if (child === 'take') setOwn(out, name, value);
    else if (typeof child === 'object') {
      const below = applyBelow(child, value, inclusion, doc, read);
      if (below !== undefined) setOwn(out, name, below);
    } else if (child !== 'drop') {
      const result = child(value, doc, read);
      if (result !== undefined) setOwn(out, name, result);
    }
  }
  for (const [name, child] of tree.children) {
    if (Object.hasOwn(node, name) || typeof child === 'string') continue;
    if (typeof child === 'function') {
      const result = child(undefined, doc, read);
      if (result !== undefined) setOwn(out, name, result);
    } else if (computes(child)) {
      const below = applyTree(child, {}, inclusion, doc, read);
      if (Object.keys(below).length > 0) setOwn(out, name, below);
    }
  }
  return out;
}

function computes(tree: Tree): boolean {
  return [...tree.children.values()].some(
    (child) => typeof child === 'function' || (typeof child === 'object' && computes(child)),
  );
}

function applyBelow(tree: Tree, value: unknown, inclusion: boolean, doc: Doc, read: () => Doc): unknown {
  if (Array.isArray(value)) {
    return (value as unknown[])
      .map((element) => applyBelow(tree, element, inclusion, doc, read))
      .filter((element) => element !== undefined);
  }
  if (isDocument(value)) return applyTree(tree, value, inclusion, doc, read);
  return inclusion ? undefined : value;
}
