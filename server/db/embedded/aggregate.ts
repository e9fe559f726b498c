import { asNumber, decodeRaw, encode, setOwn, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression, fieldsOfExpression } from './expression.ts';
import { compileGroup } from './group.ts';
import { compileFilter } from './match.ts';
import { Memory, roughSize } from './memory.ts';
import { isDocument } from './path.ts';
import { PAUSE, type Pause } from './pause.ts';
import { compileProjection } from './project.ts';
import { compileSort } from './sort.ts';

/** What a pipeline needs from the store. */
export interface PipelineHost {
  /** Documents of another collection of the same database, found through the planner. */
  query(collection: string, filter: Doc): Iterable<Doc>;
  readonly variables: Doc;
}

/** One stage over documents decoded for reading; pauses go through. */
type Stage = (docs: Iterable<Doc | Pause>) => Iterable<Doc | Pause>;

const REFUSED = new Set([
  '$changeStream',
  '$collStats',
  '$currentOp',
  '$densify',
  '$documents',
  '$fill',
  '$geoNear',
  '$indexStats',
  '$listLocalSessions',
  '$listSessions',
  '$merge',
  '$out',
  '$planCacheStats',
  '$redact',
  '$sample',
  '$search',
  '$searchMeta',
  '$setWindowFields',
  '$vectorSearch',
  '$graphLookup',
  '$bucket',
  '$bucketAuto',
  '$facet',
  '$unionWith',
]);

/** The top-level fields that a pipeline can see, when its first stage lets only those through; undefined: all. */
export function fieldsOfFirst(pipeline: readonly Doc[]): ReadonlySet<string> | undefined {
  const group = pipeline[0]?.['$group'];
  return isDocument(group) ? fieldsOfExpression(group) : undefined;
}

/** @throws MongoError 40324 for an unknown stage, 115 for one this store does not offer */
export function compilePipeline(pipeline: readonly unknown[], host: PipelineHost): Stage {
  const stages = pipeline.map((entry) => {
    const names = isDocument(entry) ? Object.keys(entry) : [];
    const [name] = names;
    if (names.length !== 1 || name === undefined || !isDocument(entry)) {
      return fail(40323, 'A pipeline stage specification object must contain exactly one field.');
    }
    return compileStage(name, entry[name], host);
  });
  return (docs) => stages.reduce((flow, stage) => stage(flow), docs);
}

function compileStage(name: string, operand: unknown, host: PipelineHost): Stage {
  switch (name) {
    case '$match': {
      const match = compileFilter(operand, host.variables);
      return function* (docs) {
        for (const doc of docs) if (doc === PAUSE || match(decodeRaw(encode(doc, true)))) yield doc;
      };
    }
    case '$project':
    case '$unset': {
      const spec =
        name === '$project' ? operand : Object.fromEntries([operand].flat().map((path) => [String(path), 0]));
      if (!isDocument(spec) || Object.keys(spec).length === 0)
        return fail(40177, '$project needs a non-empty object');
      const projection = compileProjection(spec, host.variables, true);
      return mapped((doc) => projection.apply(doc));
    }
    case '$set':
    case '$addFields':
      return addFields(name, operand, host);
    case '$replaceRoot':
    case '$replaceWith': {
      const root = compileExpression(name === '$replaceRoot' ? (operand as Doc)['newRoot'] : operand);
      return mapped((doc) => {
        const value = root(doc, host.variables);
        return isDocument(value) ? value : fail(40228, "'newRoot' expression must evaluate to an object");
      });
    }
    case '$group': {
      const group = compileGroup(operand, host.variables);
      return (docs) => group(docs);
    }
    case '$sortByCount': {
      const group = compileGroup({ _id: operand, count: { $sum: 1 } }, host.variables);
      return (docs) => sorted(group(docs), { count: -1 });
    }
    case '$sort': {
      if (!isDocument(operand)) return fail(15973, 'the $sort key specification must be an object');
      compileSort(operand);
      return (docs) => sorted(docs, operand);
    }
    case '$limit':
    case '$skip': {
      const count = asNumber(operand);
      if (count === undefined || !Number.isInteger(count) || count < (name === '$limit' ? 1 : 0)) {
        return fail(15957, `the ${name} must be a positive whole number`);
      }
      return name === '$limit' ? (docs) => take(docs, count) : (docs) => skip(docs, count);
    }
    case '$count': {
      const field = String(operand);
      if (field === '' || field.startsWith('$') || field.includes('.'))
        return fail(40156, 'the count field must be a name');
      return function* (docs) {
        let count = 0;
        for (const doc of docs) {
          if (doc === PAUSE) yield doc;
          else count += 1;
        }
        if (count > 0) yield { [field]: count };
      };
    }
    case '$unwind':
      return unwind(operand);
    case '$lookup':
      return lookup(operand, host);
    default:
      return REFUSED.has(name)
        ? unsupported(name)
        : fail(40324, `Unrecognized pipeline stage name: '${name}'`);
  }
}

function mapped(change: (doc: Doc) => Doc): Stage {
  return function* (docs) {
    for (const doc of docs) yield doc === PAUSE ? doc : change(doc);
  };
}

function* take(docs: Iterable<Doc | Pause>, count: number): Iterable<Doc | Pause> {
  let left = count;
  for (const doc of docs) {
    yield doc;
    if (doc !== PAUSE) left -= 1;
    if (left <= 0) return;
  }
}

function* skip(docs: Iterable<Doc | Pause>, count: number): Iterable<Doc | Pause> {
  let left = count;
  for (const doc of docs) {
    if (doc !== PAUSE && left > 0) left -= 1;
    else yield doc;
  }
}

function* sorted(docs: Iterable<Doc | Pause>, spec: Doc): Iterable<Doc | Pause> {
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

function setPath(doc: Doc, parts: readonly string[], value: unknown): Doc {
  const [first = '', ...rest] = parts;
  const out: Doc = { ...doc };
  const child = Object.hasOwn(doc, first) ? doc[first] : undefined;
  if (rest.length === 0) setOwn(out, first, value);
  else if (Array.isArray(child)) {
    setOwn(
      out,
      first,
      child.map((element: unknown) => setPath(isDocument(element) ? element : {}, rest, value)),
    );
  } else setOwn(out, first, setPath(isDocument(child) ? child : {}, rest, value));
  return out;
}

function addFields(name: string, operand: unknown, host: PipelineHost): Stage {
  if (!isDocument(operand) || Object.keys(operand).length === 0)
    return fail(40272, `${name} specification must be an object`);
  const columns = Object.entries(operand).map(([path, value]) => ({
    parts: path.split('.'),
    value: compileExpression(value),
  }));
  return mapped((doc) => {
    let out = doc;
    for (const { parts, value } of columns) {
      const result = value(doc, host.variables);
      if (result !== undefined) out = setPath(out, parts, result);
    }
    return out;
  });
}

function unwind(operand: unknown): Stage {
  const spec = isDocument(operand) ? operand : { path: operand };
  const path = spec['path'];
  if (typeof path !== 'string' || !path.startsWith('$'))
    return fail(28818, "path option to $unwind should be prefixed with '$'");
  const keepEmpty = spec['preserveNullAndEmptyArrays'] === true;
  const indexField = spec['includeArrayIndex'];
  if (indexField !== undefined && typeof indexField !== 'string')
    return fail(28810, 'includeArrayIndex must be a name');
  const parts = path.slice(1).split('.');
  return function* (docs) {
    for (const doc of docs) {
      if (doc === PAUSE) {
        yield doc;
        continue;
      }
      let value: unknown = doc;
      for (const part of parts)
        value = isDocument(value) && Object.hasOwn(value, part) ? value[part] : undefined;
      const list = Array.isArray(value) ? (value as unknown[]) : undefined;
      const withIndex = (out: Doc, index: number | null) =>
        indexField === undefined ? out : setPath(out, indexField.split('.'), index);
      if (list && list.length > 0) {
        for (const [index, element] of list.entries()) yield withIndex(setPath(doc, parts, element), index);
      } else if (!list && value !== undefined && value !== null) yield withIndex(doc, null);
      else if (keepEmpty) yield withIndex(doc, null);
    }
  };
}

function lookup(operand: unknown, host: PipelineHost): Stage {
  if (!isDocument(operand)) return fail(9, '$lookup must be an object');
  const { from, localField, foreignField, as, ...rest } = operand;
  if (Object.keys(rest).length > 0) return unsupported('$lookup with a pipeline');
  if (![from, localField, foreignField, as].every((text) => typeof text === 'string')) {
    return fail(9, '$lookup takes from, localField, foreignField and as');
  }
  const parts = String(localField).split('.');
  return mapped((doc) => {
    let value: unknown = doc;
    for (const part of parts)
      value = isDocument(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    const wanted: unknown[] = Array.isArray(value) ? (value as unknown[]) : [value ?? null];
    return setPath(doc, String(as).split('.'), [
      ...host.query(String(from), { [String(foreignField)]: { $in: wanted } }),
    ]);
  });
}
