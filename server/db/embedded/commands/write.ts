import { asNumber, decodeRaw, Int32, type Doc, type Raw } from '../bson.ts';
import type { Collection } from '../catalog.ts';
import type { Request, WriteSteps } from '../engine.ts';
import { fail, MongoError } from '../error.ts';
import { PAUSE } from '../pause.ts';
import {
  checkFind,
  deadlineOf,
  findDocuments,
  type Checked,
  type Deadline,
  type FindSpec,
  type Found,
} from '../query.ts';
import { picker, withId } from '../record.ts';
import type { Writer } from '../writer.ts';
import { checkStatement } from './options.ts';
import { collectionName, optionalDoc, refuseCollation, variablesOf } from './read.ts';
import {
  applyOne,
  attempt,
  change,
  updateStatement,
  type Statement,
  type Updated,
  type Waiting,
} from './statement.ts';

/** A document as it came over the wire: kept as bytes until something has to look inside. */
export interface RawArray {
  readonly documents: readonly Raw[];
}

function writeError(index: number, error: unknown): Doc {
  if (!(error instanceof MongoError)) throw error;
  if (error.code === 112 || error.code === 50) throw error;
  return { index: new Int32(index), code: new Int32(error.code), errmsg: error.message, ...error.extra };
}

/** Runs statements in order; in a transaction the first error ends the command. */
export function* statements(
  request: Request,
  count: number,
  run: (index: number) => Generator<Waiting, void> | undefined,
): Generator<Waiting, Doc[]> {
  const errors: Doc[] = [];
  const ordered = request.body['ordered'] !== false;
  const deadline = deadlineOf(request.body);
  for (let index = 0; index < count; index += 1) {
    deadline?.check();
    try {
      const steps = yield* attempt(() => run(index));
      if (steps) yield* steps;
    } catch (error) {
      if (request.transaction && error instanceof MongoError) throw error;
      errors.push(writeError(index, error));
    }
    if (errors.length > 0 && ordered) break;
  }
  return errors;
}

function withErrors(reply: Doc, errors: readonly Doc[]): Doc {
  return errors.length > 0 ? { ...reply, writeErrors: errors } : reply;
}

export function* insert(request: Request): WriteSteps {
  const { body, db, engine, transaction } = request;
  const name = collectionName(body, 'insert');
  const documents = (body['documents'] as RawArray | undefined)?.documents ?? [];
  if (documents.length === 0) fail(9, 'Write batch sizes must be between 1 and 1000');
  const collection = engine.ensure(db, name, transaction);
  const writer = engine.writer(transaction);
  let n = 0;
  const errors = yield* statements(request, documents.length, (index) => {
    const raw = documents[index];
    if (!raw) return;
    writer.insert(collection, withId(raw));
    n += 1;
    return undefined;
  });
  return withErrors({ n: new Int32(n), ok: 1 }, errors);
}

const SLICE = 5000;
const idOf = picker(['_id']);

/**
 * Changes many documents in slices; outside of a transaction each is committed before the next, so that others get
 * their turn. What is to be changed is settled first: a change must not be met again by the scan.
 */
function* inSlices(
  collection: Collection,
  writer: Writer,
  find: { readonly spec: FindSpec; readonly checked: Checked },
  apply: (found: readonly Found[]) => void,
): Generator<Waiting, void> {
  const many = yield* attempt(() => {
    const found: Found[] = [];
    const ids: Raw[] = [];
    for (const one of findDocuments(collection, writer.view, find.spec, find.checked)) {
      ids.push(idOf(one.raw));
      if (found.length <= SLICE) found.push(one);
    }
    if (ids.length > SLICE) return ids;
    apply(found);
    return [];
  });
  for (let at = 0; at < many.length; at += SLICE) {
    if (at > 0) yield PAUSE;
    const ids = many.slice(at, at + SLICE).map((id) => decodeRaw(id)['_id']);
    // Between two slices others may have written: the filter looks again.
    const filter = { $and: [{ _id: { $in: ids } }, find.spec.filter] };
    const spec: FindSpec = { filter, ...(find.spec.variables ? { variables: find.spec.variables } : {}) };
    yield* attempt(() => apply([...findDocuments(collection, writer.view, spec)]));
  }
}

/** One statement of `update`, done at once or in steps; `note` hears of what each step changed. */
export function updateSteps(
  request: Request,
  collection: Collection | undefined,
  writer: Writer,
  statement: Statement,
  note: (result: Updated) => void,
): Generator<Waiting, void> | undefined {
  if (!statement.multi || !collection) {
    note(applyOne(request, collection, writer, statement));
    return undefined;
  }
  const find = { spec: statement.find, checked: statement.checked };
  return (function* () {
    let matched = 0;
    yield* inSlices(collection, writer, find, (found) => {
      const result = change(request, collection, writer, statement, found);
      matched += result.matched;
      note(result);
    });
    if (matched === 0 && statement.upsert)
      yield* attempt(() => note(applyOne(request, collection, writer, statement)));
  })();
}

export function* update(request: Request): WriteSteps {
  const { body, db, engine, transaction } = request;
  const name = collectionName(body, 'update');
  const variables = variablesOf(body);
  const deadline = deadlineOf(body);
  const specs = (body['updates'] as Doc[] | undefined) ?? [];
  for (const spec of specs) checkStatement('update', spec);
  const collection = specs.some((spec) => spec['upsert'] === true)
    ? engine.ensure(db, name, transaction)
    : engine.collection(db, name, transaction);
  const writer = engine.writer(transaction);
  let matched = 0;
  let modified = 0;
  const upserted: Doc[] = [];
  const note = (result: Updated, index: number) => {
    matched += result.matched;
    modified += result.modified;
    if (!('upserted' in result)) return;
    matched += 1;
    upserted.push({ index: new Int32(index), _id: result.upserted });
  };
  const errors = yield* statements(request, specs.length, (index) =>
    updateSteps(
      request,
      collection,
      writer,
      updateStatement(specs[index] ?? {}, variables, deadline),
      (result) => note(result, index),
    ),
  );
  const reply = {
    n: new Int32(matched),
    nModified: new Int32(modified),
    ...(upserted.length > 0 ? { upserted } : {}),
    ok: 1,
  };
  return withErrors(reply, errors);
}

export function* remove(request: Request): WriteSteps {
  const { body, db, engine, transaction } = request;
  const name = collectionName(body, 'delete');
  const specs = (body['deletes'] as Doc[] | undefined) ?? [];
  const variables = variablesOf(body);
  const deadline = deadlineOf(body);
  const finds = specs.map((spec) => {
    checkStatement('delete', spec);
    return deleteStatement(spec, variables, deadline);
  });
  const collection = engine.collection(db, name, transaction);
  const writer = engine.writer(transaction);
  let n = 0;
  const errors = yield* statements(request, specs.length, (index) => {
    const find = finds[index];
    return find && deleteSteps(collection, writer, find, (deleted) => (n += deleted));
  });
  return withErrors({ n: new Int32(n), ok: 1 }, errors);
}

interface DeleteStatement {
  readonly spec: FindSpec;
  readonly checked: Checked;
}

/** Reads one statement of `delete`. @throws MongoError for all that is wrong before a document is seen */
export function deleteStatement(spec: Doc, variables: Doc, deadline?: Deadline): DeleteStatement {
  refuseCollation(spec);
  const find = {
    filter: optionalDoc(spec, 'q') ?? {},
    hint: spec['hint'],
    variables,
    deadline,
    limit: asNumber(spec['limit']) ?? 0,
  };
  return { spec: find, checked: checkFind(find) };
}

/** One statement of `delete`, done at once or in steps; `note` hears how many each step removed. */
export function deleteSteps(
  collection: Collection | undefined,
  writer: Writer,
  find: DeleteStatement,
  note: (deleted: number) => void,
): Generator<Waiting, void> | undefined {
  if (!collection) return undefined;
  const apply = (found: readonly Found[]) => {
    const removals = found.map(({ raw }) => writer.prepareRemove(collection, raw));
    for (const removal of removals) removal();
    note(removals.length);
  };
  if (find.spec.limit === 0) return inSlices(collection, writer, find, apply);
  apply([...findDocuments(collection, writer.view, find.spec, find.checked)]);
  return undefined;
}
