import { asNumber, setOwn, type Doc } from './bson.ts';
import { fail } from './error.ts';
import { compileExpression } from './expression.ts';
import { encodeComponent } from './key-bytes.ts';
import { Memory, roughSize } from './memory.ts';
import { isDocument } from './path.ts';
import { PAUSE, type Pause } from './pause.ts';
import { pushdown } from './pushdown.ts';
import { setPath, type Compile, type PipelineHost, type Stage } from './stage.ts';

/** Runs a pipeline over another collection; without one it begins with `$documents`. @throws MongoError 9 */
function* runOn(
  collection: string | undefined,
  pipeline: readonly unknown[],
  host: PipelineHost,
  compile: Compile,
): Generator<Doc | Pause> {
  const [first] = pipeline;
  if (collection === undefined) {
    if (!isDocument(first) || !('$documents' in first))
      fail(9, 'a pipeline without a collection begins with $documents');
    yield* compile(pipeline.slice(1), host)(documentsOf((first as Doc)['$documents'], host.variables));
    return;
  }
  const { spec, rest } = pushdown(pipeline, host.variables);
  const docs = host.find(collection, { ...spec, variables: host.variables });
  yield* rest.length === 0 ? docs : compile(rest, host)(docs);
}

/** The documents that `$documents` writes down. @throws MongoError 40324 when they are none */
export function documentsOf(operand: unknown, variables: Doc): Doc[] {
  const list = compileExpression(operand)({}, variables);
  return Array.isArray(list) && list.every(isDocument)
    ? list
    : fail(5858203, '$documents takes an array of documents');
}

const text = (value: unknown): value is string => typeof value === 'string' && value !== '';

function valuesAt(doc: unknown, parts: readonly string[]): unknown[] {
  const [first, ...rest] = parts;
  if (first === undefined) return Array.isArray(doc) ? (doc as unknown[]) : [doc];
  if (Array.isArray(doc))
    return (doc as unknown[]).filter(isDocument).flatMap((each) => valuesAt(each, parts));
  return isDocument(doc) && Object.hasOwn(doc, first) ? valuesAt(doc[first], rest) : [];
}

const LOOKUP = new Set(['from', 'localField', 'foreignField', 'as', 'let', 'pipeline']);

export function lookup(operand: unknown, host: PipelineHost, compile: Compile): Stage {
  if (!isDocument(operand)) return fail(9, '$lookup must be an object');
  const odd = Object.keys(operand).find((name) => !LOOKUP.has(name));
  if (odd !== undefined) return fail(9, `unknown argument to $lookup: ${odd}`);
  const { from, localField, foreignField, as, pipeline } = operand;
  const byFields = localField !== undefined || foreignField !== undefined;
  if (!text(as) || (from !== undefined && !text(from)) || (from === undefined && byFields))
    return fail(9, '$lookup takes from and as');
  if (byFields && (!text(localField) || !text(foreignField)))
    return fail(9, '$lookup takes localField and foreignField together');
  if (!byFields && pipeline === undefined)
    return fail(9, '$lookup takes a pipeline or localField and foreignField');
  if (pipeline !== undefined && !Array.isArray(pipeline)) return fail(14, "'pipeline' must be an array");
  const stages = (pipeline as unknown[] | undefined) ?? [];
  const bound = Object.entries(isDocument(operand['let']) ? operand['let'] : {}).map(
    ([name, value]) => [name, compileExpression(value)] as const,
  );
  compile(from === undefined ? stages.slice(1) : stages, host);
  const parts = text(localField) ? localField.split('.') : [];
  return function* (docs) {
    for (const doc of docs) {
      if (doc === PAUSE) {
        yield doc;
        continue;
      }
      const variables = { ...host.variables };
      for (const [name, value] of bound) setOwn(variables, name, value(doc, host.variables));
      const wanted = valuesAt(doc, parts);
      const join = byFields
        ? [{ $match: { [String(foreignField)]: { $in: wanted.length > 0 ? wanted : [null] } } }]
        : [];
      const joined: Doc[] = [];
      const memory = new Memory('$lookup');
      for (const found of runOn(from, [...join, ...stages], { ...host, variables }, compile)) {
        if (found === PAUSE) continue;
        memory.add(roughSize(found));
        joined.push(found);
      }
      yield setPath(doc, as.split('.'), joined);
    }
  };
}

export function unionWith(operand: unknown, host: PipelineHost, compile: Compile): Stage {
  const spec = typeof operand === 'string' ? { coll: operand } : operand;
  if (!isDocument(spec)) return fail(9, '$unionWith takes a collection or {coll, pipeline}');
  const { coll, pipeline = [] } = spec;
  if ((coll !== undefined && !text(coll)) || !Array.isArray(pipeline))
    return fail(9, '$unionWith takes a collection or {coll, pipeline}');
  compile(coll === undefined ? pipeline.slice(1) : pipeline, host);
  return function* (docs) {
    yield* docs;
    yield* runOn(coll, pipeline, host, compile);
  };
}

export function graphLookup(operand: unknown, host: PipelineHost): Stage {
  if (!isDocument(operand)) return fail(9, '$graphLookup must be an object');
  const { from, connectFromField, connectToField, as, depthField, restrictSearchWithMatch = {} } = operand;
  if (!text(from) || !text(connectFromField) || !text(connectToField) || !text(as))
    return fail(40105, '$graphLookup takes from, startWith, connectFromField, connectToField and as');
  if (!('startWith' in operand)) return fail(40105, '$graphLookup takes startWith');
  if (!isDocument(restrictSearchWithMatch)) return fail(40185, 'restrictSearchWithMatch must be an object');
  const deepest = operand['maxDepth'] === undefined ? Infinity : asNumber(operand['maxDepth']);
  if (deepest === undefined || deepest < 0)
    return fail(40100, 'maxDepth must be a whole number, not negative');
  const start = compileExpression(operand['startWith']);
  const parts = connectFromField.split('.');
  return function* (docs) {
    for (const doc of docs) {
      if (doc === PAUSE) {
        yield doc;
        continue;
      }
      const found = new Map<string, Doc>();
      const asked = new Set<string>();
      const memory = new Memory('$graphLookup');
      const first = start(doc, host.variables);
      let frontier: unknown[] = Array.isArray(first) ? (first as unknown[]) : [first ?? null];
      for (let depth = 0; depth <= deepest && frontier.length > 0; depth += 1) {
        const filter = { $and: [{ [connectToField]: { $in: frontier } }, restrictSearchWithMatch] };
        frontier = [];
        for (const hit of host.find(from, { filter, variables: host.variables })) {
          const id = encodeComponent(hit['_id']).toString('latin1');
          if (found.has(id)) continue;
          memory.add(roughSize(hit));
          found.set(id, text(depthField) ? setPath(hit, depthField.split('.'), depth) : hit);
          for (const value of valuesAt(hit, parts)) {
            const key = encodeComponent(value ?? null).toString('latin1');
            if (!asked.has(key)) frontier.push(value);
            asked.add(key);
          }
        }
      }
      yield setPath(doc, as.split('.'), [...found.values()]);
    }
  };
}
