import { encode, Int32, Long, type Doc } from '../bson.ts';
import type { Collection } from '../catalog.ts';
import type { Request, WriteSteps } from '../engine.ts';
import { fail } from '../error.ts';
import { isDocument } from '../path.ts';
import { deadlineOf, type Deadline } from '../query.ts';
import { withId } from '../record.ts';
import type { Writer } from '../writer.ts';
import { checkBulkStatement } from './options.ts';
import { variablesOf } from './read.ts';
import { updateStatement, type Waiting } from './statement.ts';
import { deleteStatement, deleteSteps, statements, updateSteps } from './write.ts';

const COUNTS = ['nInserted', 'nMatched', 'nModified', 'nUpserted', 'nDeleted'] as const;
type Counts = Record<(typeof COUNTS)[number], number>;

/** One command for writes to several collections; its cursor holds a result for each. */
class Bulk {
  readonly counts: Counts = { nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
  readonly results = new Map<number, Doc>();
  private readonly request: Request;
  private readonly writer: Writer;
  private readonly names: readonly (readonly [string, string])[];
  private readonly variables: Doc;
  private readonly deadline: Deadline | undefined;

  constructor(request: Request) {
    this.request = request;
    this.writer = request.engine.writer(request.transaction);
    this.variables = variablesOf(request.body);
    this.deadline = deadlineOf(request.body);
    this.names = ((request.body['nsInfo'] as Doc[] | undefined) ?? []).map(({ ns }) => namespaceOf(ns));
  }

  /** @throws MongoError for what is wrong with this one write */
  run(op: Doc, index: number): Generator<Waiting, void> | undefined {
    const [kind = ''] = Object.keys(op);
    if (kind !== 'insert' && kind !== 'update' && kind !== 'delete')
      return fail(9, `bulkWrite knows no operation '${kind}'`);
    checkBulkStatement(kind, op);
    const [db, name] =
      this.names[Number(op[kind])] ?? fail(2, 'bulkWrite names a namespace that is not there');
    const { engine, transaction } = this.request;
    if (kind === 'insert' || op['upsert'] === true)
      return this.write(kind, op, index, engine.ensure(db, name, transaction));
    return this.write(kind, op, index, engine.collection(db, name, transaction));
  }

  private write(
    kind: 'insert' | 'update' | 'delete',
    op: Doc,
    index: number,
    collection: Collection | undefined,
  ): Generator<Waiting, void> | undefined {
    const { q = {}, u, limit, ...rest } = asStatement(op);
    if (kind === 'insert') {
      if (collection) this.insert(op['document'], index, collection);
      return undefined;
    }
    if (kind === 'delete') {
      this.note(index, { n: new Int32(0) });
      const find = deleteStatement({ q, limit, ...rest }, this.variables, this.deadline);
      return deleteSteps(collection, this.writer, find, (deleted) => {
        this.counts.nDeleted += deleted;
        this.add(index, 'n', deleted);
      });
    }
    this.note(index, { n: new Int32(0), nModified: new Int32(0) });
    const statement = updateStatement({ q, u, ...rest }, this.variables, this.deadline);
    return updateSteps(this.request, collection, this.writer, statement, (result) => {
      const upserts = 'upserted' in result;
      this.counts.nMatched += result.matched;
      this.counts.nModified += result.modified;
      this.counts.nUpserted += upserts ? 1 : 0;
      this.add(index, 'n', result.matched + (upserts ? 1 : 0));
      this.add(index, 'nModified', result.modified);
      if (upserts) this.note(index, { ...this.results.get(index), upserted: { _id: result.upserted } });
    });
  }

  private insert(document: unknown, index: number, collection: Collection): void {
    if (!isDocument(document)) return fail(14, 'bulkWrite inserts documents');
    this.writer.insert(collection, withId(encode(document)));
    this.counts.nInserted += 1;
    this.note(index, { n: new Int32(1) });
  }

  private note(index: number, result: Doc): void {
    this.results.set(index, { ...result, ok: 1, idx: new Int32(index) });
  }

  private add(index: number, field: 'n' | 'nModified', by: number): void {
    const result = this.results.get(index);
    if (result) result[field] = new Int32((result[field] as { value: number }).value + by);
  }
}

function namespaceOf(ns: unknown): readonly [string, string] {
  const text = String(ns);
  const dot = text.indexOf('.');
  return dot > 0 && dot < text.length - 1
    ? [text.slice(0, dot), text.slice(dot + 1)]
    : fail(73, `Invalid namespace specified '${text}'`);
}

/** The names of `bulkWrite` as `update` and `delete` have them. */
function asStatement(op: Doc): Doc {
  return {
    q: op['filter'],
    u: op['updateMods'],
    c: op['constants'],
    multi: op['multi'],
    limit: op['multi'] === true ? 0 : 1,
    upsert: op['upsert'],
    arrayFilters: op['arrayFilters'],
    hint: op['hint'],
    sort: op['sort'],
    collation: op['collation'],
  };
}

/** Answers totals and a cursor of `{ok, idx, n, nModified, upserted, code, errmsg}`, with `errorsOnly` of errors only. */
export function* bulkWrite(request: Request): WriteSteps {
  const { body } = request;
  const ops = (body['ops'] as Doc[] | undefined) ?? [];
  if (ops.length === 0) fail(2, 'bulkWrite needs at least one operation');
  const bulk = new Bulk(request);
  const errors = yield* statements(request, ops.length, (index) => bulk.run(ops[index] ?? {}, index));
  const rows = new Map(body['errorsOnly'] === true ? [] : bulk.results);
  for (const { index, ...error } of errors) {
    const idx = (index as { value: number }).value;
    rows.set(idx, { ok: 0, idx: index, ...error, n: new Int32(0) });
  }
  const firstBatch = [...rows.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
  return {
    cursor: { id: Long.ZERO, firstBatch, ns: 'admin.$cmd.bulkWrite' },
    nErrors: new Int32(errors.length),
    ...Object.fromEntries(COUNTS.map((name) => [name, new Int32(bulk.counts[name])])),
    ok: 1,
  };
}
