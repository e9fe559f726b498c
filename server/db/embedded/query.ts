import { asNumber, decodeRaw, encode, type Doc, type Raw } from './bson.ts';
import type { Collection } from './catalog.ts';
import { fail } from './error.ts';
import { compileFilter, type Matcher, type Positional } from './match.ts';
import { Memory } from './memory.ts';
import { PAUSE, type Pause } from './pause.ts';
import { choosePlan, type Plan } from './plan.ts';
import { compileProjection } from './project.ts';
import { compileRawFilter, NO, UNKNOWN } from './raw-match.ts';
import { FieldFinder, picker } from './record.ts';
import { compileSort, sortParts } from './sort.ts';
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

/** What is left of `maxTimeMS`: only time in which the store works for the command counts. */
export class Deadline {
  private left: number;
  private at: number;

  constructor(ms: number) {
    this.left = ms;
    this.at = performance.now() + ms;
  }

  resume(): void {
    this.at = performance.now() + this.left;
  }

  suspend(): void {
    this.left = this.at - performance.now();
  }

  /** @throws MongoError 50 when nothing is left */
  check(): void {
    if (performance.now() > this.at) fail(50, 'operation exceeded time limit');
  }
}

const CHECK_EVERY = 1000;

export interface Found {
  readonly raw: Raw;
  readonly positional?: number | undefined;
}

export interface Checked {
  readonly match: Matcher;
  readonly keyOf: ((doc: Doc) => Buffer) | undefined;
}

/** Everything of a query that can be wrong is wrong here, before the collection is looked at. */
export function checkFind(spec: FindSpec): Checked {
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
    for (const id of ids(plan, plan.index, view)) {
      const raw = view.document(collection, id);
      if (raw) yield raw;
    }
  }
}

function* ids(plan: Plan, index: NonNullable<Plan['index']>, view: View): Generator<Buffer> {
  for (const point of plan.points ?? []) {
    const id = view.owner(index, point);
    if (id) yield id;
  }
  for (const range of plan.reverse ? [...plan.ranges].reverse() : plan.ranges) {
    yield* view.indexed(index, range, plan.reverse);
  }
}

/**
 * Finds documents in order, skip and limit applied.
 * @throws MongoError 50 past the deadline, 292 when a sort is too large
 */
export function findDocuments(
  collection: Collection | undefined,
  view: View,
  spec: FindSpec,
  checked = checkFind(spec),
): Generator<Found> {
  // Without pauses it yields nothing else.
  return search(collection, view, spec, checked, false) as Generator<Found>;
}

/** The same, with a pause now and then: for readers that let others have their turn. */
export function findInTurns(
  collection: Collection | undefined,
  view: View,
  spec: FindSpec,
  checked = checkFind(spec),
): Generator<Found | Pause> {
  return search(collection, view, spec, checked, true);
}

function* search(
  collection: Collection | undefined,
  view: View,
  spec: FindSpec,
  { match, keyOf }: Checked,
  pauses: boolean,
): Generator<Found | Pause> {
  if (!collection) return;
  const plan = choosePlan(
    collection,
    { filter: spec.filter, sort: keyOf ? spec.sort : undefined, view },
    spec.hint,
  );
  const raws = candidates(plan, collection, view);
  const matching = matched(raws, { collection, plan, match, spec, pauses });
  const ordered = keyOf && !plan.sorted ? sorted(matching, keyOf, spec) : matching;
  let skip = spec.skip ?? 0;
  let left = spec.limit === undefined || spec.limit === 0 ? Infinity : spec.limit;
  for (const found of ordered) {
    if (found === PAUSE) yield found;
    else if (skip > 0) skip -= 1;
    else {
      yield found;
      left -= 1;
      if (left <= 0) return;
    }
  }
}

interface Search {
  readonly collection: Collection;
  readonly plan: Plan;
  readonly match: Matcher;
  readonly spec: FindSpec;
  readonly pauses: boolean;
}

/** While a read pauses, what it reads by may be dropped. @throws MongoError 175 */
function checkAlive({ collection, plan: { index } }: Search): void {
  if (collection.dropped || (index && !collection.indexes.some(({ id }) => id === index.id)))
    fail(175, 'the collection or index was dropped during the query');
}

function* matched(raws: Iterable<Raw>, from: Search): Generator<Found | Pause> {
  const {
    plan,
    match,
    spec: { filter, deadline },
    pauses,
  } = from;
  const seen = plan.repeats ? new Set<string>() : undefined;
  const quick = plan.exact ? undefined : compileRawFilter(filter);
  const idOf = seen ? picker(['_id']) : undefined;
  let looked = 0;
  for (const raw of raws) {
    looked += 1;
    if (looked % CHECK_EVERY === 0) {
      deadline?.check();
      if (pauses) {
        yield PAUSE;
        checkAlive(from);
      }
    }
    let position: number | undefined;
    if (quick) {
      quick.finder.find(raw);
      const verdict = quick.test(raw);
      if (verdict === NO) continue;
      if (verdict === UNKNOWN) {
        const doc = quick.findsAll ? quick.finder.decode(raw) : decodeRaw(raw);
        const positional: Positional = {};
        if (!match(doc, positional)) continue;
        position = positional.index;
      }
    }
    if (seen && idOf) {
      const id = Buffer.from(idOf(raw)).toString('latin1');
      if (seen.has(id)) continue;
      seen.add(id);
    }
    yield { raw, positional: position };
  }
}

/** Sorts in memory; with a limit it keeps only as many documents as can still be in the answer. */
function* sorted(
  found: Iterable<Found | Pause>,
  keyOf: (doc: Doc) => Buffer,
  spec: FindSpec,
): Generator<Found | Pause> {
  const keep = spec.limit ? spec.limit + (spec.skip ?? 0) : Infinity;
  const finder = new FieldFinder(sortParts(spec.sort ?? {}).map((part) => part.parts[0] ?? ''));
  let rows: { key: Buffer; at: number; found: Found }[] = [];
  const memory = new Memory('Sort');
  let at = 0;
  const settle = () => {
    rows.sort((a, b) => Buffer.compare(a.key, b.key) || a.at - b.at);
    if (rows.length > keep) {
      rows = rows.slice(0, keep);
      memory.reset(rows.reduce((sum, row) => sum + row.key.length + row.found.raw.length, 0));
    }
  };
  for (const one of found) {
    if (one === PAUSE) {
      yield one;
      continue;
    }
    finder.find(one.raw);
    const key = keyOf(finder.decode(one.raw));
    rows.push({ key, at, found: one });
    at += 1;
    if (rows.length > keep * 2 + 1000 || (memory.isFull && rows.length > keep)) settle();
    memory.add(key.length + one.raw.length);
  }
  settle();
  for (const row of rows) yield row.found;
}

/** Counts what a filter finds; from the index alone where that says it all. */
export function* countInTurns(collection: Collection, view: View, spec: FindSpec): Generator<Pause, number> {
  const { match } = checkFind(spec);
  const plan = choosePlan(collection, { filter: spec.filter, sort: undefined, view }, spec.hint);
  const { index } = plan;
  const fromIndex = plan.exact && plan.stage === 'INDEX' && index !== undefined && index.spec.name !== '_id_';
  const source = fromIndex
    ? ids(plan, index, view)
    : matched(candidates(plan, collection, view), { collection, plan, match, spec, pauses: true });
  const most = spec.limit ? spec.limit + (spec.skip ?? 0) : Infinity;
  let n = 0;
  for (const one of source) {
    if (one === PAUSE) yield one;
    else n += 1;
    if (n >= most) break;
  }
  return Math.max(0, n - (spec.skip ?? 0));
}

/** Applies a projection to raw documents; top-level inclusion copies bytes. */
export function projector(
  projection: Doc | undefined,
  variables: Doc = {},
): (raw: Raw, position?: number) => Raw {
  if (!projection || Object.keys(projection).length === 0) return (raw) => raw;
  const compiled = compileProjection(projection, variables);
  const { pick } = compiled;
  if (pick) return picker(pick);
  return (raw, position) => encode(compiled.apply(decodeRaw(raw), position));
}

export function deadlineOf(command: Doc): Deadline | undefined {
  const limit = asNumber(command['maxTimeMS']);
  return limit ? new Deadline(limit) : undefined;
}
