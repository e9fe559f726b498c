import { setOwn, type Doc } from './bson.ts';
import { compileExpression } from './expression.ts';
import { Memory, roughSize } from './memory.ts';
import { isDocument } from './path.ts';
import { PAUSE, type Pause } from './pause.ts';
import type { FindSpec } from './query.ts';
import { compileSort } from './sort.ts';

/** What a pipeline needs from the store. */
export interface PipelineHost {
  /** Documents of another collection of the same database, found through the planner and decoded for reading. */
  find(collection: string, spec: FindSpec): Iterable<Doc>;
  readonly variables: Doc;
}

/** One stage over documents decoded for reading; pauses go through. */
export type Stage = (docs: Iterable<Doc | Pause>) => Iterable<Doc | Pause>;

/** Makes a pipeline ready; handed to the stages that hold pipelines themselves. */
export type Compile = (pipeline: readonly unknown[], host: PipelineHost) => Stage;

export function mapped(change: (doc: Doc) => Doc): Stage {
  return function* (docs) {
    for (const doc of docs) yield doc === PAUSE ? doc : change(doc);
  };
}

export function* sorted(docs: Iterable<Doc | Pause>, spec: Doc): Iterable<Doc | Pause> {
  const keyOf = compileSort(spec);
  const rows: { doc: Doc; key: Buffer }[] = [];
  const memory = new Memory('Sort');
  for (const doc of docs) {
    if (doc === PAUSE) {
      yield doc;
      continue;
    }
    const key = keyOf(doc);
    memory.add(key.length + roughSize(doc));
    rows.push({ doc, key });
  }
  rows.sort((a, b) => Buffer.compare(a.key, b.key));
  for (const { doc } of rows) yield doc;
}

/** Computes fields as `$set` does: all from the document as it was; what is missing takes the field away. */
export function compileAssignments(spec: Doc): (doc: Doc, variables: Doc) => Doc {
  const columns = [...assignments(spec)].map(([path, value]) => ({
    parts: path.split('.'),
    value: compileExpression(value),
  }));
  return (doc, variables) => {
    let out = doc;
    for (const { parts, value } of columns) out = setPath(out, parts, value(doc, variables));
    return out;
  };
}

/** `{a: {b: 1}}` says the same as `{'a.b': 1}`. */
function* assignments(spec: Doc, prefix = ''): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(spec)) {
    const [first] = isDocument(value) ? Object.keys(value) : [];
    if (isDocument(value) && first !== undefined && !first.startsWith('$'))
      yield* assignments(value, `${prefix}${name}.`);
    else yield [prefix + name, value];
  }
}

/** Sets a field, in each element of an array on the way; undefined takes it away. */
export function setPath(doc: Doc, parts: readonly string[], value: unknown): Doc {
  const [first = '', ...rest] = parts;
  const out: Doc = { ...doc };
  const child = Object.hasOwn(doc, first) ? doc[first] : undefined;
  if (value === undefined && child === undefined) return doc;
  if (rest.length === 0) {
    if (value === undefined) Reflect.deleteProperty(out, first);
    else setOwn(out, first, value);
  } else if (Array.isArray(child)) {
    setOwn(
      out,
      first,
      child.map((element: unknown) => setPath(isDocument(element) ? element : {}, rest, value)),
    );
  } else setOwn(out, first, setPath(isDocument(child) ? child : {}, rest, value));
  return out;
}

/** Holds all documents of a stage. @throws MongoError 292 when they are too many */
export function* collect(docs: Iterable<Doc | Pause>, what: string): Generator<Pause, Doc[]> {
  const all: Doc[] = [];
  const memory = new Memory(what);
  for (const doc of docs) {
    if (doc === PAUSE) {
      yield doc;
      continue;
    }
    memory.add(roughSize(doc));
    all.push(doc);
  }
  return all;
}
