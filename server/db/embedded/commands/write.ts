import { asNumber, decodeRaw, encode, Int32, ObjectId, withId, type Doc, type Raw } from '../bson.ts';
import type { Collection } from '../catalog.ts';
import type { Request, WriteSteps } from '../engine.ts';
import { fail, MongoError } from '../error.ts';
import { isDocument } from '../path.ts';
import { findDocuments, projector, type FindSpec } from '../query.ts';
import { compileUpdate, seedFromFilter, type Update } from '../update.ts';
import { Blocked, type Transaction } from '../transaction.ts';
import type { Writer } from '../writer.ts';
import { compileFilter } from '../match.ts';
import { compileProjection } from '../project.ts';
import { collectionName, optionalDoc, refuseCollation, variablesOf } from './read.ts';

/** A document as it came over the wire: kept as bytes until something has to look inside. */
export interface RawArray {
  readonly documents: readonly Raw[];
}

function writeError(index: number, error: unknown): Doc {
  if (!(error instanceof MongoError)) throw error;
  if (error.code === 112) throw error;
  return { index: new Int32(index), code: new Int32(error.code), errmsg: error.message, ...error.extra };
}

/** Runs statements in order; in a transaction the first error ends the command. */
function* statements(
  request: Request,
  count: number,
  run: (index: number) => void,
): Generator<Transaction | undefined, Doc[]> {
  const errors: Doc[] = [];
  const ordered = request.body['ordered'] !== false;
  for (let index = 0; index < count; index += 1) {
    try {
      yield* attempt(() => run(index));
    } catch (error) {
      if (request.transaction && error instanceof MongoError) throw error;
      errors.push(writeError(index, error));
    }
    if (errors.length > 0 && ordered) break;
  }
  return errors;
}

/** A statement that meets the lock of a transaction changes nothing, waits for its end and is tried again. */
function* attempt<T>(run: () => T): Generator<Transaction | undefined, T> {
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      yield error.by;
    }
  }
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
  });
  return withErrors({ n: new Int32(n), ok: 1 }, errors);
}

interface Statement {
  readonly filter: Doc;
  readonly update: Update;
  readonly multi: boolean;
  readonly upsert: boolean;
  readonly find: FindSpec;
}

function updateStatement(spec: Doc, variables: Doc): Statement {
  refuseCollation(spec);
  const filter = optionalDoc(spec, 'q') ?? {};
  const multi = spec['multi'] === true;
  const replaces = isDocument(spec['u']) && !Object.keys(spec['u'])[0]?.startsWith('$');
  if (multi && replaces) fail(9, 'multi update is not supported for replacement-style update');
  const constants = isDocument(spec['c']) ? { ...variables, ...spec['c'] } : variables;
  compileFilter(filter, constants);
  return {
    filter,
    update: compileUpdate(spec['u'], {
      arrayFilters: spec['arrayFilters'] as unknown[] | undefined,
      variables: constants,
    }),
    multi,
    upsert: spec['upsert'] === true,
    find: { filter, hint: spec['hint'], sort: optionalDoc(spec, 'sort'), variables: constants },
  };
}

interface Updated {
  matched: number;
  modified: number;
  upserted?: unknown;
  before?: Raw | undefined;
  after?: Raw | undefined;
}

function applyUpdate(
  request: Request,
  collection: Collection,
  writer: Writer,
  statement: Statement,
): Updated {
  const { engine } = request;
  const result: Updated = { matched: 0, modified: 0 };
  const now = engine.now();
  // All documents are found before the first is changed: a change must not be met again by the scan.
  const limit = statement.multi ? 0 : 1;
  const found = [...findDocuments(collection, writer.view, { ...statement.find, limit })];
  const changes = found.map(({ raw, positional }) => ({
    before: raw,
    after: encode(statement.update(decodeRaw(raw), { positional, inserting: false, now })),
  }));
  const real = changes.filter(({ before, after }) => Buffer.compare(before, after) !== 0);
  for (const { before, after } of real) writer.claimReplace(collection, before, after);
  for (const { before, after } of real) writer.replace(collection, before, after);
  result.matched = changes.length;
  result.modified = real.length;
  result.before = changes[0]?.before;
  result.after = changes[0]?.after;
  if (result.matched === 0 && statement.upsert) {
    const seed = seedFromFilter(statement.filter);
    const made = statement.update(seed, { inserting: true, now });
    if (made['_id'] === undefined) made['_id'] = seed['_id'] ?? new ObjectId();
    const { _id, ...rest } = made;
    const raw = encode({ _id, ...rest });
    writer.insert(collection, raw);
    result.upserted = _id;
    result.after = raw;
  }
  return result;
}

export function* update(request: Request): WriteSteps {
  const { body, db, engine, transaction } = request;
  const name = collectionName(body, 'update');
  const variables = variablesOf(body);
  const specs = (body['updates'] as Doc[] | undefined) ?? [];
  const collection = engine.ensure(db, name, transaction);
  const writer = engine.writer(transaction);
  let matched = 0;
  let modified = 0;
  const upserted: Doc[] = [];
  const errors = yield* statements(request, specs.length, (index) => {
    const result = applyUpdate(request, collection, writer, updateStatement(specs[index] ?? {}, variables));
    matched += result.matched;
    modified += result.modified;
    if ('upserted' in result) {
      matched += 1;
      upserted.push({ index: new Int32(index), _id: result.upserted });
    }
  });
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
  for (const spec of specs) compileFilter(optionalDoc(spec, 'q') ?? {}, variables);
  const collection = engine.catalog.find(db, name);
  const writer = engine.writer(transaction);
  let n = 0;
  const errors = yield* statements(request, specs.length, (index) => {
    const spec = specs[index] ?? {};
    refuseCollation(spec);
    if (!collection) return;
    const find = {
      filter: optionalDoc(spec, 'q') ?? {},
      hint: spec['hint'],
      variables,
      limit: asNumber(spec['limit']) ?? 0,
    };
    const found = [...findDocuments(collection, writer.view, find)];
    for (const { raw } of found) writer.claimReplace(collection, raw);
    for (const { raw } of found) writer.remove(collection, raw);
    n += found.length;
  });
  return withErrors({ n: new Int32(n), ok: 1 }, errors);
}

export function* findAndModify(request: Request): WriteSteps {
  const { body, db, engine, transaction } = request;
  refuseCollation(body);
  const name = collectionName(body, 'findAndModify' in body ? 'findAndModify' : 'findandmodify');
  const filter = optionalDoc(body, 'query') ?? {};
  const fieldsSpec = optionalDoc(body, 'fields');
  if (fieldsSpec) compileProjection(fieldsSpec);
  const project = projector(fieldsSpec);
  const variables = variablesOf(body);
  const shown = (raw: Raw | undefined): Doc | null => (raw ? decodeRaw(project(raw)) : null);
  if (body['remove'] === true) {
    if (body['update'] !== undefined) fail(9, 'Cannot specify both an update and remove=true');
    compileFilter(filter, variables);
    const collection = engine.catalog.find(db, name);
    const writer = engine.writer(transaction);
    const hit = yield* attempt(() => {
      if (!collection) return undefined;
      const find = { filter, sort: optionalDoc(body, 'sort'), hint: body['hint'], limit: 1, variables };
      const [first] = [...findDocuments(collection, writer.view, find)];
      if (first) writer.remove(collection, first.raw);
      return first;
    });
    return { value: shown(hit?.raw), lastErrorObject: { n: new Int32(hit ? 1 : 0) }, ok: 1 };
  }
  const statement = updateStatement(
    {
      q: filter,
      u: body['update'],
      upsert: body['upsert'],
      sort: body['sort'],
      hint: body['hint'],
      arrayFilters: body['arrayFilters'],
    },
    variables,
  );
  const collection = engine.ensure(db, name, transaction);
  const writer = engine.writer(transaction);
  const result = yield* attempt(() => applyUpdate(request, collection, writer, statement));
  const n = result.matched + ('upserted' in result ? 1 : 0);
  return {
    value: shown(body['new'] === true ? result.after : result.before),
    lastErrorObject: {
      n: new Int32(n),
      updatedExisting: result.matched > 0,
      ...('upserted' in result ? { upserted: result.upserted } : {}),
    },
    ok: 1,
  };
}
