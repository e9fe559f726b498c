import { asNumber, decodeRaw, encode, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression, fieldsOfExpression } from './expression.ts';
import { compileGroup } from './group.ts';
import { compileFilter } from './match.ts';
import { isDocument } from './path.ts';
import { PAUSE, type Pause } from './pause.ts';
import { compileProjection } from './project.ts';
import { compileSort } from './sort.ts';
import { compileAssignments, mapped, setPath, sorted, type PipelineHost, type Stage } from './stage.ts';
import { graphLookup, lookup, unionWith } from './stage-join.ts';
import { bucket, bucketAuto, facet, redact, sample } from './stage-split.ts';
import { setWindowFields } from './stage-window.ts';

const REFUSED = new Set([
  '$changeStream',
  '$collStats',
  '$currentOp',
  '$densify',
  '$fill',
  '$geoNear',
  '$indexStats',
  '$listSessions',
  '$planCacheStats',
  '$search',
  '$searchMeta',
  '$vectorSearch',
]);

/** The top-level fields that a pipeline can see, when its first stage lets only those through; undefined: all. */
export function fieldsOfFirst([first]: readonly unknown[]): ReadonlySet<string> | undefined {
  const group = isDocument(first) ? first['$group'] : undefined;
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
      if (Object.keys(operand).length === 0)
        return fail(15976, '$sort stage must have at least one sort key');
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
      return lookup(operand, host, compilePipeline);
    case '$unionWith':
      return unionWith(operand, host, compilePipeline);
    case '$graphLookup':
      return graphLookup(operand, host);
    case '$facet':
      return facet(operand, host, compilePipeline);
    case '$bucket':
      return bucket(operand, host);
    case '$bucketAuto':
      return bucketAuto(operand, host);
    case '$sample':
      return sample(operand);
    case '$redact':
      return redact(operand, host);
    case '$setWindowFields':
      return setWindowFields(operand, host);
    case '$documents':
    case '$listLocalSessions':
      return fail(40602, `${name} is only valid as the first stage in a pipeline`);
    case '$out':
    case '$merge':
      return fail(40601, `${name} can only be the final stage in the pipeline`);
    default:
      return REFUSED.has(name)
        ? unsupported(name)
        : fail(40324, `Unrecognized pipeline stage name: '${name}'`);
  }
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

function addFields(name: string, operand: unknown, host: PipelineHost): Stage {
  if (!isDocument(operand) || Object.keys(operand).length === 0)
    return fail(40272, `${name} specification must be an object`);
  const assign = compileAssignments(operand);
  return mapped((doc) => assign(doc, host.variables));
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
      else if (keepEmpty) yield withIndex(list ? setPath(doc, parts, undefined) : doc, null);
    }
  };
}
