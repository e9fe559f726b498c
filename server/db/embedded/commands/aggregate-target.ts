import { decodeRaw, setOwn, type Doc, type Raw } from '../bson.ts';
import type { Collection } from '../catalog.ts';
import type { Engine, Request } from '../engine.ts';
import { fail } from '../error.ts';
import { Memory } from '../memory.ts';
import { isDocument } from '../path.ts';
import { nextTurn, PAUSE, type Pause } from '../pause.ts';
import { withId } from '../record.ts';
import { compileUpdate } from '../update.ts';
import { replaceContents } from './catalog.ts';
import { constants, optionalDoc } from './read.ts';
import { applyOne, attempt, updateStatement, type Statement } from './statement.ts';

/** Writes what a pipeline gives; ends when all of it is stored. */
type Target = (documents: Iterator<Raw | Pause>) => Promise<void>;

/** A plain write stopped by an error takes back all it did. */
class RolledBack extends Error {
  constructor(cause: unknown) {
    super('the write is taken back', { cause });
  }
}

/** Where the last stage of a pipeline writes to, if it does. @throws MongoError 263 in a transaction */
export function targetOf(pipeline: readonly unknown[], request: Request): Target | undefined {
  const last = pipeline.at(-1);
  const [name, operand] = isDocument(last) ? (Object.entries(last)[0] ?? []) : [];
  if (name !== '$out' && name !== '$merge') return undefined;
  const concern = request.body['readConcern'];
  if (isDocument(concern) && concern['level'] === 'linearizable')
    fail(72, `${name} cannot be used with the read concern linearizable`);
  if (request.transaction) fail(263, `${name} cannot be used in a transaction`);
  return name === '$out' ? out(operand, request) : merge(operand, request);
}

function namespaceOf(spec: unknown, db: string, what: string): [string, string] {
  if (typeof spec === 'string' && spec !== '') return [db, spec];
  const target = isDocument(spec) ? spec : {};
  const coll = target['coll'];
  if (typeof coll !== 'string' || coll === '') return fail(16990, `${what} takes a collection or {db, coll}`);
  return [typeof target['db'] === 'string' ? target['db'] : db, coll];
}

/** Takes the place of the collection's contents in one commit; its indexes stay. */
function out(operand: unknown, { db, engine }: Request): Target {
  if (isDocument(operand) && 'timeseries' in operand) fail(115, 'a time-series collection is not supported');
  const [targetDb, name] = namespaceOf(operand, db, '$out');
  return async (documents) => {
    const all: Raw[] = [];
    const memory = new Memory('$out');
    for await (const raw of inTurns(documents)) {
      memory.add(raw.length);
      all.push(withId(raw));
    }
    await allOrNothing(engine, () => replaceContents(engine, engine.ensure(targetDb, name, undefined), all));
  };
}

async function allOrNothing(engine: Engine, write: () => void): Promise<void> {
  try {
    await engine.run(function* () {
      try {
        write();
      } catch (error) {
        throw new RolledBack(error);
      }
      return { ok: 1 };
    });
  } catch (error) {
    throw error instanceof RolledBack ? error.cause : error;
  }
}

async function* inTurns(documents: Iterator<Raw | Pause>): AsyncGenerator<Raw> {
  for (;;) {
    const step = documents.next();
    if (step.done === true) return;
    if (step.value === PAUSE) await nextTurn();
    else yield step.value;
  }
}

const BATCH = 1000;

/** Puts the documents into a collection one by one; what is written before an error stays. */
function merge(operand: unknown, request: Request): Target {
  const { db, engine } = request;
  const spec = isDocument(operand) && 'into' in operand ? operand : { into: operand };
  const [targetDb, name] = namespaceOf(spec['into'], db, '$merge');
  const on = (Array.isArray(spec['on']) ? (spec['on'] as unknown[]) : [spec['on'] ?? '_id']).map(String);
  const statementOf = mergeStatement(spec, on);
  return async (documents) => {
    checkUniqueKey(engine.catalog.find(targetDb, name), on);
    let batch: Raw[] = [];
    const flush = async () => {
      const raws = batch;
      batch = [];
      await engine.run(function* () {
        const collection = engine.ensure(targetDb, name, undefined);
        const writer = engine.writer(undefined);
        for (const raw of raws) {
          const statement = statementOf(decodeRaw(withId(raw)));
          const result = yield* attempt(() => applyOne(request, collection, writer, statement));
          if (result.matched === 0 && !statement.upsert && spec['whenNotMatched'] === 'fail')
            fail(13113, '$merge could not find a matching document in the target collection');
        }
        return { ok: 1 };
      });
    };
    for await (const raw of inTurns(documents)) {
      batch.push(raw);
      if (batch.length >= BATCH) await flush();
    }
    if (batch.length > 0) await flush();
  };
}

function checkUniqueKey(collection: Collection | undefined, on: readonly string[]): void {
  if (on.length === 1 && on[0] === '_id') return;
  const fields = [...on].sort().join('\0');
  const unique = collection?.indexes.some(
    ({ spec }) =>
      spec.unique === true &&
      spec.partialFilterExpression === undefined &&
      Object.keys(spec.key).sort().join('\0') === fields,
  );
  if (unique !== true) fail(51183, 'Cannot find index to verify that join fields will be unique');
}

const WHEN_NOT_MATCHED = new Set(['insert', 'discard', 'fail']);

/** How one document of the pipeline is put into the target. */
function mergeStatement(spec: Doc, on: readonly string[]): (doc: Doc) => Statement {
  const { whenMatched = 'merge', whenNotMatched = 'insert' } = spec;
  if (!WHEN_NOT_MATCHED.has(String(whenNotMatched)))
    fail(2, `unknown whenNotMatched: ${String(whenNotMatched)}`);
  const bound = constants(optionalDoc(spec, 'let'));
  if (Array.isArray(whenMatched)) compileUpdate(whenMatched, { variables: { ...bound, new: {} } });
  else if (!['replace', 'keepExisting', 'merge', 'fail'].includes(String(whenMatched)))
    fail(2, `unknown whenMatched: ${String(whenMatched)}`);
  return (doc) => {
    const filter: Doc = {};
    for (const path of on) setOwn(filter, path, { $eq: keyPart(doc, path) });
    const base = updateStatement({ q: filter, u: {}, upsert: whenNotMatched === 'insert' }, {});
    return {
      ...base,
      update(existing, context) {
        if (context.inserting) return doc;
        if (Array.isArray(whenMatched))
          return compileUpdate(whenMatched, { variables: { ...bound, new: doc } })(existing, context);
        if (whenMatched === 'keepExisting') return existing;
        if (whenMatched === 'fail') return duplicate(on, filter);
        const { _id, ...rest } = doc;
        return whenMatched === 'replace'
          ? { _id: existing['_id'], ...rest }
          : { ...existing, ...rest, _id: existing['_id'] };
      },
    };
  };
}

function duplicate(on: readonly string[], filter: Doc): never {
  const values = on.map((path) => [path, (filter[path] as Doc)['$eq']] as const);
  return fail(11000, 'E11000 duplicate key error: $merge found a document that is there already', {
    keyPattern: Object.fromEntries(on.map((path) => [path, 1])),
    keyValue: Object.fromEntries(values),
  });
}

/** @throws MongoError 51132 when a document has no value, or an array, to be matched by */
function keyPart(doc: Doc, path: string): unknown {
  let value: unknown = doc;
  for (const part of path.split('.'))
    value = isDocument(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value === undefined || value === null || Array.isArray(value)
    ? fail(51132, `$merge write error: the 'on' field '${path}' cannot be missing, null or an array`)
    : value;
}
