import { decodeRaw, encode, ObjectId, type Doc, type Raw } from '../bson.ts';
import type { Collection } from '../catalog.ts';
import type { Request } from '../engine.ts';
import { fail } from '../error.ts';
import { isDocument } from '../path.ts';
import type { Pause } from '../pause.ts';
import {
  checkFind,
  findDocuments,
  type Checked,
  type Deadline,
  type FindSpec,
  type Found,
} from '../query.ts';
import { withId } from '../record.ts';
import { Blocked, type Transaction } from '../transaction.ts';
import { compileUpdate, seedFromFilter, type Update } from '../update.ts';
import type { Writer } from '../writer.ts';
import { constants, optionalDoc, refuseCollation } from './read.ts';

/** What a statement waits for. */
export type Waiting = Transaction | Pause;

/** A statement that meets the lock of a transaction changes nothing, waits for its end and is tried again. */
export function* attempt<T>(run: () => T): Generator<Waiting, T> {
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      yield error.by;
    }
  }
}

export interface Statement {
  readonly filter: Doc;
  readonly update: Update;
  readonly multi: boolean;
  readonly upsert: boolean;
  readonly find: FindSpec;
  readonly checked: Checked;
}

/** Reads one statement of `update`. @throws MongoError for all that is wrong before a document is seen */
export function updateStatement(spec: Doc, variables: Doc, deadline?: Deadline): Statement {
  refuseCollation(spec);
  const filter = optionalDoc(spec, 'q') ?? {};
  const multi = spec['multi'] === true;
  if (multi && spec['sort'] !== undefined) fail(9, 'Cannot specify sort with multi=true');
  const replaces = isDocument(spec['u']) && !Object.keys(spec['u'])[0]?.startsWith('$');
  if (multi && replaces) fail(9, 'multi update is not supported for replacement-style update');
  const bound = isDocument(spec['c']) ? { ...variables, ...constants(spec['c']) } : variables;
  const find = {
    filter,
    hint: spec['hint'],
    sort: optionalDoc(spec, 'sort'),
    variables: bound,
    deadline,
  };
  return {
    filter,
    update: compileUpdate(spec['u'], {
      arrayFilters: spec['arrayFilters'] as unknown[] | undefined,
      variables: bound,
    }),
    multi,
    upsert: spec['upsert'] === true,
    find,
    checked: checkFind(find),
  };
}

export interface Updated {
  matched: number;
  modified: number;
  upserted?: unknown;
  before?: Raw | undefined;
  after?: Raw | undefined;
  /** Which element of an array of the first document satisfied the query. */
  positional?: number | undefined;
}

/** Updates what was found: all locks are taken before the first change. */
export function change(
  request: Request,
  collection: Collection,
  writer: Writer,
  statement: Statement,
  found: readonly Found[],
): Updated {
  const now = request.engine.now();
  const changes = found.map(({ raw, positional }) => ({
    before: raw,
    after: encode(statement.update(decodeRaw(raw), { positional, inserting: false, now })),
  }));
  const real = changes
    .filter(({ before, after }) => Buffer.compare(before, after) !== 0)
    .map(({ before, after }) => writer.prepare(collection, before, after));
  for (const replacement of real) writer.replace(collection, replacement);
  return {
    matched: changes.length,
    modified: real.length,
    before: changes[0]?.before,
    after: changes[0]?.after,
    positional: found[0]?.positional,
  };
}

/** Updates the first document that matches, or upserts one. @throws Blocked */
export function applyOne(
  request: Request,
  collection: Collection | undefined,
  writer: Writer,
  statement: Statement,
): Updated {
  const { find, checked } = statement;
  const found = [...findDocuments(collection, writer.view, { ...find, limit: 1 }, checked)];
  if (!collection) return { matched: 0, modified: 0 };
  const result = change(request, collection, writer, statement, found);
  if (result.matched > 0 || !statement.upsert) return result;
  const seed = seedFromFilter(statement.filter);
  const made = statement.update(seed, { inserting: true, now: request.engine.now() });
  const { _id = seed['_id'] ?? new ObjectId(), ...rest } = made;
  const raw = withId(encode({ _id, ...rest }));
  writer.insert(collection, raw);
  return { ...result, upserted: _id, after: raw };
}
