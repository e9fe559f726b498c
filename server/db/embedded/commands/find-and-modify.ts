import { decodeRaw, Int32, type Doc, type Raw } from '../bson.ts';
import type { Request, WriteSteps } from '../engine.ts';
import { fail } from '../error.ts';
import { compileProjection } from '../project.ts';
import { checkFind, findDocuments, projector } from '../query.ts';
import { collectionName, optionalDoc, refuseCollation, variablesOf } from './read.ts';
import { applyOne, attempt, updateStatement } from './statement.ts';

export function* findAndModify(request: Request): WriteSteps {
  const { body, db, engine, transaction } = request;
  refuseCollation(body);
  const name = collectionName(body, 'findAndModify' in body ? 'findAndModify' : 'findandmodify');
  const filter = optionalDoc(body, 'query') ?? {};
  const fieldsSpec = optionalDoc(body, 'fields');
  if (fieldsSpec) compileProjection(fieldsSpec);
  const project = projector(fieldsSpec);
  const variables = variablesOf(body);
  const shown = (raw: Raw | undefined, position?: number): Doc | null =>
    raw ? decodeRaw(project(raw, position)) : null;
  if (body['remove'] === true) {
    if (body['update'] !== undefined) fail(9, 'Cannot specify both an update and remove=true');
    const find = { filter, sort: optionalDoc(body, 'sort'), hint: body['hint'], limit: 1, variables };
    const checked = checkFind(find);
    const collection = engine.collection(db, name, transaction);
    const writer = engine.writer(transaction);
    const hit = yield* attempt(() => {
      const [first] = [...findDocuments(collection, writer.view, find, checked)];
      if (first && collection) writer.prepareRemove(collection, first.raw)();
      return first;
    });
    return { value: shown(hit?.raw, hit?.positional), lastErrorObject: { n: new Int32(hit ? 1 : 0) }, ok: 1 };
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
  const collection = statement.upsert
    ? engine.ensure(db, name, transaction)
    : engine.collection(db, name, transaction);
  const writer = engine.writer(transaction);
  const result = yield* attempt(() => applyOne(request, collection, writer, statement));
  const n = result.matched + ('upserted' in result ? 1 : 0);
  return {
    value: shown(body['new'] === true ? result.after : result.before, result.positional),
    lastErrorObject: {
      n: new Int32(n),
      updatedExisting: result.matched > 0,
      ...('upserted' in result ? { upserted: result.upserted } : {}),
    },
    ok: 1,
  };
}
