import { asNumber, decodeRead, Int32, setOwn, type Doc, type Long, type Raw } from '../bson.ts';
import type { Request } from '../engine.ts';
import { fail, unsupported } from '../error.ts';
import { compileExpression } from '../expression.ts';
import { encodeComponent } from '../key-bytes.ts';
import { visitPath, isDocument } from '../path.ts';
import { choosePlan } from '../plan.ts';
import { nextTurn, PAUSE, type Pause } from '../pause.ts';
import { pushdown } from '../pushdown.ts';
import {
  checkFind,
  countInTurns,
  deadlineOf,
  findDocuments,
  findInTurns,
  projector,
  type FindSpec,
} from '../query.ts';
import { picker } from '../record.ts';
import type { Transaction } from '../transaction.ts';

export function optionalDoc(body: Doc, name: string): Doc | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  return isDocument(value) ? value : fail(14, `'${name}' must be an object`);
}

export function collectionName(body: Doc, command: string): string {
  const name = body[command];
  if (typeof name !== 'string' || name === '' || name.includes('\0') || name.startsWith('.')) {
    return fail(73, `Invalid namespace specified '${String(name)}'`);
  }
  return name;
}

export function refuseCollation(body: Doc): void {
  const collation = body['collation'];
  if (isDocument(collation) && collation['locale'] !== 'simple') unsupported('a collation');
}

function countOf(body: Doc, name: string): number {
  const value = body[name];
  if (value === undefined || value === null) return 0;
  const number = asNumber(value);
  return number !== undefined && Number.isInteger(number) && number >= 0
    ? number
    : fail(9, `'${name}' must be a whole number, not negative`);
}

/** `let` binds constants: each value is evaluated once. */
export function variablesOf(body: Doc): Doc {
  return constants(optionalDoc(body, 'let'));
}

/** Evaluates expressions that see no document. @throws MongoError 168 */
export function constants(spec: Doc | undefined): Doc {
  const out: Doc = {};
  for (const [name, value] of Object.entries(spec ?? {}))
    setOwn(out, name, compileExpression(value)({}) ?? null);
  return out;
}

function findSpec(body: Doc, filterName: string): FindSpec {
  refuseCollation(body);
  for (const option of ['tailable', 'awaitData', 'returnKey', 'showRecordId', 'min', 'max']) {
    if (body[option] !== undefined && body[option] !== false) unsupported(option);
  }
  return {
    filter: optionalDoc(body, filterName) ?? {},
    sort: optionalDoc(body, 'sort'),
    skip: countOf(body, 'skip'),
    limit: Math.abs(asNumber(body['limit']) ?? 0),
    projection: optionalDoc(body, 'projection'),
    hint: body['hint'],
    variables: variablesOf(body),
    deadline: deadlineOf(body),
  };
}

export async function find(request: Request): Promise<Doc> {
  const { body, db, engine, transaction } = request;
  const namespace = `${db}.${collectionName(body, 'find')}`;
  const spec = findSpec(body, 'filter');
  const checked = checkFind(spec);
  const limit = asNumber(body['limit']) ?? 0;
  const project = projector(spec.projection, spec.variables);
  const collection = engine.collection(db, collectionName(body, 'find'), transaction);
  const found = searchOf(transaction)(collection, engine.view(transaction), spec, checked);
  const documents = (function* (): Generator<Raw | Pause> {
    for (const one of found) yield one === PAUSE ? one : project(one.raw, one.positional);
  })();
  const single = body['singleBatch'] === true || limit < 0;
  const size = body['batchSize'] === undefined ? undefined : countOf(body, 'batchSize');
  const source = { namespace, documents, deadline: spec.deadline, transaction };
  return engine.cursors.start(source, size, single);
}

/** In a transaction nothing pauses: its snapshot could end meanwhile. */
export function searchOf(transaction: Transaction | undefined): typeof findInTurns {
  return transaction ? findDocuments : findInTurns;
}

export async function getMore({ body, db, engine }: Request): Promise<Doc> {
  const id = body['getMore'];
  const size = asNumber(body['batchSize']);
  const text = typeof id === 'object' && id !== null ? (id as Long).toString() : String(id);
  return engine.cursors.next(text, `${db}.${String(body['collection'])}`, size === 0 ? undefined : size);
}

export function killCursors({ body, engine }: Request): Doc {
  const killed: unknown[] = [];
  const missing: unknown[] = [];
  for (const id of (body['cursors'] as Long[] | undefined) ?? []) {
    (engine.cursors.kill(String(id)) ? killed : missing).push(id);
  }
  return { cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [], ok: 1 };
}

export async function count(request: Request): Promise<Doc> {
  const { body, db, engine } = request;
  const spec = findSpec(body, 'query');
  checkFind(spec);
  const collection = engine.catalog.find(db, collectionName(body, 'count'));
  if (!collection) return { n: new Int32(0), ok: 1 };
  if (Object.keys(spec.filter).length === 0 && !spec.hint) {
    const n = Math.max(0, collection.count - (spec.skip ?? 0));
    return { n: new Int32(spec.limit ? Math.min(n, spec.limit) : n), ok: 1 };
  }
  const steps = countInTurns(collection, engine.view(undefined), spec);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { n: new Int32(step.value), ok: 1 };
    await nextTurn();
  }
}

export async function distinct(request: Request): Promise<Doc> {
  const { body, db, engine, transaction } = request;
  const key = body['key'];
  if (typeof key !== 'string') return fail(14, "'key' must be a string");
  const spec = findSpec(body, 'query');
  const checked = checkFind(spec);
  const collection = engine.collection(db, collectionName(body, 'distinct'), transaction);
  const values = new Map<string, unknown>();
  const note = (value: unknown) => values.set(encodeComponent(value).toString('latin1'), value);
  const parts = key.split('.');
  const pick = picker([parts[0] ?? '']);
  for (const one of searchOf(transaction)(collection, engine.view(transaction), spec, checked)) {
    if (one === PAUSE) {
      await nextTurn();
      continue;
    }
    visitPath(decodeRead(pick(one.raw)), parts, (leaf) => {
      if (Array.isArray(leaf)) leaf.forEach(note);
      else if (leaf !== undefined) note(leaf);
      return false;
    });
  }
  const sorted = [...values.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return { values: sorted, ok: 1 };
}

export function explain({ body, db, engine, transaction }: Request): Doc {
  const inner = body['explain'];
  if (!isDocument(inner)) return fail(9, 'explain needs a command');
  const [command = ''] = Object.keys(inner);
  if (!['find', 'count', 'distinct', 'aggregate'].includes(command))
    return unsupported(`explain of ${command}`);
  const spec =
    command === 'aggregate'
      ? pushdown((inner['pipeline'] as unknown[] | undefined) ?? []).spec
      : findSpec(inner, command === 'find' ? 'filter' : 'query');
  checkFind(spec);
  const collection = engine.catalog.find(db, collectionName(inner, command));
  if (!collection) return { queryPlanner: { winningPlan: { stage: 'EOF' } }, ok: 1 };
  const sort = spec.sort && Object.keys(spec.sort).length > 0 ? spec.sort : undefined;
  const plan = choosePlan(
    collection,
    { filter: spec.filter, sort, view: engine.view(transaction) },
    spec.hint,
  );
  const STAGES = { ID: 'IDHACK', INDEX: 'IXSCAN', OR: 'OR', SCAN: 'COLLSCAN' } as const;
  return {
    queryPlanner: {
      namespace: `${db}.${collection.name}`,
      winningPlan: {
        stage: STAGES[plan.stage],
        ...(plan.index ? { indexName: plan.index.spec.name } : {}),
        sorted: plan.sorted,
        ranges: plan.ranges.length,
      },
    },
    ok: 1,
  };
}
