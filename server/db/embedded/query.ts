import { asNumber, decodeRaw, pickRaw, encode, type Doc, type Raw } from './bson.ts';
import type { Collection } from './catalog.ts';
import { fail, MongoError } from './error.ts';
import { compileFilter, type Matcher, type Positional } from './match.ts';
import { choosePlan, type Plan } from './plan.ts';
import { compileProjection } from './project.ts';
import { compileSort } from './sort.ts';
import type { View } from './view.ts';

export interface FindSpec {
  readonly filter: Doc;
  readonly sort?: Doc | undefined;
  readonly skip?: number;
  readonly limit?: number;
  readonly projection?: Doc | undefined;
  readonly hint?: unknown;
  readonly variables?: Doc;
  readonly deadline?: Deadline | undefined;
}

/** An instant of the monotonic clock after which a command gives up (`maxTimeMS`). */
export type Deadline = number;

const SORT_LIMIT_BYTES = 100 * 1024 * 1024;
const CHECK_EVERY = 1000;

export interface Found {
  readonly raw: Raw;
  readonly positional?: number | undefined;
}

/** Everything of a query that can be wrong is wrong here, before the collection is looked at. */
export function checkFind(spec: FindSpec): { match: Matcher; keyOf: ((doc: Doc) => Buffer) | undefined } {
  const match = compileFilter(spec.filter, spec.variables);
  const keyOf = spec.sort && Object.keys(spec.sort).length > 0 ? compileSort(spec.sort) : undefined;
  if (spec.projection) compileProjection(spec.projection, spec.variables);
  return { match, keyOf };
}

/** The raw documents of a plan before the filter looks at them. */
function* candidates(plan: Plan, collection: Collection, view: View): Generator<Raw> {
  if (plan.stage === 'SCAN') {
    yield* view.documents(collection);
  } else if (plan.stage === 'ID') {
    for (const range of plan.ranges) {
      const raw = view.document(collection, range.start);
      if (raw) yield raw;
    }
  } else if (plan.stage === 'OR') {
    for (const branch of plan.branches ?? []) yield* candidates(branch, collection, view);
  } else if (plan.index?.spec.name === '_id_') {
    for (const range of plan.reverse ? [...plan.ranges].reverse() : plan.ranges) {
      yield* view.documents(collection, range, plan.reverse);
    }
  } else if (plan.index) {
    for (const range of plan.reverse ? [...plan.ranges].reverse() : plan.ranges) {
      for (const id of view.indexed(plan.index, range, plan.reverse)) {
        const raw = view.document(collection, id);
        if (raw) yield raw;
      }
    }
  }
}

/** Finds documents in order, skip and limit applied. @throws MongoError 50 past the deadline, 292 when a sort is too large */
export function* findDocuments(
  collection: Collection | undefined,
  view: View,
  spec: FindSpec,
): Generator<Found> {
  const { match, keyOf } = checkFind(spec);
  if (!collection) return;
  const plan = choosePlan(
    collection,
    { filter: spec.filter, sort: keyOf ? spec.sort : undefined, view },
    spec.hint,
  );
  const matching = matched(candidates(plan, collection, view), match, plan.repeats, spec.deadline);
  const ordered = keyOf && !plan.sorted ? sorted(matching, keyOf, spec) : matching;
  let skip = spec.skip ?? 0;
  let left = spec.limit === undefined || spec.limit === 0 ? Infinity : spec.limit;
  for (const found of ordered) {
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    yield found;
    left -= 1;
    if (left <= 0) return;
  }
}

interface Matching extends Found {
  readonly doc: Doc;
}

function* matched(
  raws: Iterable<Raw>,
  match: Matcher,
  repeats: boolean,
  deadline?: Deadline,
): Generator<Matching> {
  const seen = repeats ? new Set<string>() : undefined;
  let looked = 0;
  for (const raw of raws) {
    looked += 1;
    if (deadline !== undefined && looked % CHECK_EVERY === 0 && performance.now() > deadline) {
      fail(50, 'operation exceeded time limit');
    }
    const doc = decodeRaw(raw);
    const positional: Positional = {};
    if (!match(doc, positional)) continue;
    if (seen) {
      const id = Buffer.from(pickRaw(raw, ID)).toString('latin1');
      if (seen.has(id)) continue;
      seen.add(id);
    }
    yield { raw, doc, positional: positional.index };
  }
}

const ID = new Set(['_id']);

/** Sorts in memory; with a limit it keeps only as many documents as can still be in the answer. */
function* sorted(found: Iterable<Matching>, keyOf: (doc: Doc) => Buffer, spec: FindSpec): Generator<Found> {
  const keep = spec.limit ? spec.limit + (spec.skip ?? 0) : Infinity;
  let rows: { key: Buffer; at: number; found: Found }[] = [];
  let bytes = 0;
  let at = 0;
  const settle = () => {
    rows.sort((a, b) => Buffer.compare(a.key, b.key) || a.at - b.at);
    if (rows.length > keep) {
      rows = rows.slice(0, keep);
      bytes = rows.reduce((sum, row) => sum + row.key.length + row.found.raw.length, 0);
    }
  };
  for (const { raw, doc, positional } of found) {
    const key = keyOf(doc);
    rows.push({ key, at, found: { raw, positional } });
    at += 1;
    bytes += key.length + raw.length;
    if (rows.length > keep * 2 + 1000) settle();
    if (bytes > SORT_LIMIT_BYTES) {
      settle();
      if (bytes > SORT_LIMIT_BYTES)
        throw new MongoError(292, 'Sort exceeded memory limit; add an index or a limit');
    }
  }
  settle();
  for (const row of rows) yield row.found;
}

/** Applies a projection to raw documents; top-level inclusion copies bytes. */
export function projector(projection: Doc | undefined, variables: Doc = {}): (raw: Raw) => Raw {
  if (!projection || Object.keys(projection).length === 0) return (raw) => raw;
  const compiled = compileProjection(projection, variables);
  const { pick } = compiled;
  if (pick) return (raw) => pickRaw(raw, pick);
  return (raw) => encode(compiled.apply(decodeRaw(raw)));
}

export function deadlineOf(command: Doc): Deadline | undefined {
  const limit = asNumber(command['maxTimeMS']);
  return limit ? performance.now() + limit : undefined;
}
