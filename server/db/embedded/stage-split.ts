import { asNumber, type Doc } from './bson.ts';
import { fail, unsupported } from './error.ts';
import { compileExpression } from './expression.ts';
import { compileGroup } from './group.ts';
import { Memory, roughSize } from './memory.ts';
import { compareValues, equalValues } from './order.ts';
import { isDocument } from './path.ts';
import { PAUSE, type Pause } from './pause.ts';
import { collect, sorted, type Compile, type PipelineHost, type Stage } from './stage.ts';

function withoutPauses(docs: Iterable<Doc | Pause>): Doc[] {
  const all: Doc[] = [];
  for (const doc of docs) if (doc !== PAUSE) all.push(doc);
  return all;
}

const NOT_IN_FACETS = new Set([
  '$facet',
  '$out',
  '$merge',
  '$collStats',
  '$indexStats',
  '$geoNear',
  '$documents',
]);

export function facet(operand: unknown, host: PipelineHost, compile: Compile): Stage {
  if (!isDocument(operand) || Object.keys(operand).length === 0)
    return fail(40169, 'the $facet specification must be a non-empty object');
  const facets = Object.entries(operand).map(([name, pipeline]) => {
    if (!Array.isArray(pipeline)) return fail(40170, `arguments to $facet must be arrays, ${name} is not`);
    const bad = pipeline.find(
      (stage) => isDocument(stage) && Object.keys(stage).some((key) => NOT_IN_FACETS.has(key)),
    );
    if (bad !== undefined)
      return fail(40600, `${Object.keys(bad as Doc)[0] ?? ''} is not allowed within a $facet stage`);
    return { name, run: compile(pipeline, host) };
  });
  return function* (docs) {
    const all = yield* collect(docs, '$facet');
    yield Object.fromEntries(facets.map(({ name, run }) => [name, withoutPauses(run(all))]));
  };
}

const OUTPUT = { count: { $sum: 1 } };

export function bucket(operand: unknown, host: PipelineHost): Stage {
  if (!isDocument(operand)) return fail(40201, 'argument to $bucket must be an object');
  const { groupBy, boundaries, output = OUTPUT } = operand;
  if (groupBy === undefined || !Array.isArray(boundaries) || boundaries.length < 2)
    return fail(40198, '$bucket takes groupBy and at least two boundaries');
  if (!isDocument(output)) return fail(40196, "the $bucket 'output' field must be an object");
  const bounds = boundaries as unknown[];
  if (bounds.some((bound, i) => i > 0 && compareValues(bounds[i - 1], bound) >= 0))
    return fail(40194, "the 'boundaries' option to $bucket must be in ascending order");
  const branches = bounds.slice(0, -1).map((bound, i) => ({
    case: {
      $and: [{ $gte: [groupBy, { $literal: bound }] }, { $lt: [groupBy, { $literal: bounds[i + 1] }] }],
    },
    then: { $literal: bound },
  }));
  const otherwise = 'default' in operand ? { default: { $literal: operand['default'] } } : {};
  const group = compileGroup({ ...output, _id: { $switch: { branches, ...otherwise } } }, host.variables);
  return (docs) => sorted(group(docs), { _id: 1 });
}

export function bucketAuto(operand: unknown, host: PipelineHost): Stage {
  if (!isDocument(operand)) return fail(40240, 'argument to $bucketAuto must be an object');
  const { groupBy, output = OUTPUT } = operand;
  const buckets = asNumber(operand['buckets']);
  if (operand['granularity'] !== undefined) return unsupported('the granularity of $bucketAuto');
  if (groupBy === undefined || buckets === undefined || buckets < 1)
    return fail(40246, '$bucketAuto takes groupBy and a positive number of buckets');
  if (!isDocument(output)) return fail(40244, "the $bucketAuto 'output' field must be an object");
  const by = compileExpression(groupBy);
  const group = compileGroup({ ...output, _id: null }, host.variables);
  return function* (docs) {
    const all = (yield* collect(docs, '$bucketAuto')).map((doc) => ({
      doc,
      value: by(doc, host.variables) ?? null,
    }));
    all.sort((a, b) => compareValues(a.value, b.value));
    const size = Math.max(1, Math.floor(all.length / buckets + 0.5));
    let made = 0;
    for (let from = 0; from < all.length; made += 1) {
      let to = made === buckets - 1 ? all.length : Math.min(all.length, from + size);
      while (to < all.length && equalValues(all[to]?.value, all[to - 1]?.value)) to += 1;
      const [result] = withoutPauses(group(all.slice(from, to).map(({ doc }) => doc)));
      const _id = { min: all[from]?.value, max: (all[to] ?? all[to - 1])?.value };
      yield { ...result, _id };
      from = to;
    }
  };
}

export function sample(operand: unknown): Stage {
  const size = isDocument(operand) ? asNumber(operand['size']) : undefined;
  if (size === undefined || !Number.isInteger(size) || size < 1)
    return fail(28745, '$sample takes a positive whole size');
  return function* (docs) {
    const kept: Doc[] = [];
    const memory = new Memory('$sample');
    let seen = 0;
    for (const doc of docs) {
      if (doc === PAUSE) {
        yield doc;
        continue;
      }
      seen += 1;
      if (kept.length < size) {
        memory.add(roughSize(doc));
        kept.push(doc);
      } else {
        const at = Math.floor(Math.random() * seen);
        if (at < size) kept[at] = doc;
      }
    }
    yield* kept;
  };
}

const DECISIONS = { KEEP: '$$KEEP', PRUNE: '$$PRUNE', DESCEND: '$$DESCEND' };

export function redact(operand: unknown, host: PipelineHost): Stage {
  const decide = compileExpression(operand);
  const variables = { ...host.variables, ...DECISIONS };
  const visit = (doc: Doc): Doc | undefined => {
    const decision = decide(doc, variables);
    if (decision === DECISIONS.KEEP) return doc;
    if (decision === DECISIONS.PRUNE) return undefined;
    if (decision !== DECISIONS.DESCEND)
      return fail(17053, '$redact must answer $$KEEP, $$PRUNE or $$DESCEND');
    return Object.fromEntries(
      Object.entries(doc).flatMap(([name, value]) => {
        const below = descend(value);
        return below === undefined ? [] : [[name, below]];
      }),
    );
  };
  const descend = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(descend).filter((element) => element !== undefined);
    return isDocument(value) ? visit(value) : value;
  };
  return function* (docs) {
    for (const doc of docs) {
      const out = doc === PAUSE ? doc : visit(doc);
      if (out !== undefined) yield out;
    }
  };
}
