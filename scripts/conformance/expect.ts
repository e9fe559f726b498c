import { mongo } from 'mongoose';
import type { Entities, SeenEvent } from './entities.ts';
import type { CollectionData, Doc, ExpectedError, ExpectedEvents } from './format.ts';
import { match, Mismatch } from './match.ts';

/** @throws Mismatch, Error when an error is not the expected one */
export function expectError(expected: ExpectedError, error: unknown, entities: Entities): void {
  if (!(error instanceof mongo.MongoError))
    throw error instanceof Error ? error : new Error('what was thrown is no error');
  const lookup = entities.get;
  const own = error as mongo.MongoError & {
    code?: unknown;
    codeName?: unknown;
    errorResponse?: unknown;
    result?: unknown;
    partialResult?: unknown;
    writeErrors?: unknown;
    writeConcernErrors?: unknown;
  };
  const check = (name: string, wanted: unknown, actual: unknown) => {
    if (wanted !== undefined && wanted !== actual) throw new Mismatch(`error ${name}`, wanted, actual);
  };
  check('isClientError', expected.isClientError, !fromServer(error));
  check('code', expected.errorCode, own.code);
  check('codeName', expected.errorCodeName, own.codeName);
  const text = `${error.message} ${error.errorLabels.join(' ')}`.toLowerCase();
  if (expected.errorContains !== undefined && !text.includes(expected.errorContains.toLowerCase()))
    throw new Mismatch('error message', expected.errorContains, error.message);
  for (const label of expected.errorLabelsContain ?? []) check(label, true, error.hasErrorLabel(label));
  for (const label of expected.errorLabelsOmit ?? []) check(label, false, error.hasErrorLabel(label));
  if (expected.errorResponse)
    match(expected.errorResponse, own.errorResponse ?? error, lookup, 'errorResponse');
  if (expected.writeErrors) match(rooted(expected.writeErrors), own.writeErrors, lookup, 'writeErrors');
  if (expected.writeConcernErrors)
    match([...expected.writeConcernErrors], own.writeConcernErrors, lookup, 'writeConcernErrors');
  if (expected.expectResult !== undefined)
    match(expected.expectResult, own.partialResult ?? own.result, lookup, 'result of the error');
}

/** The documents of a map of write errors are roots, the map itself is not. */
function rooted(errors: Readonly<Record<string, Doc>>): Doc {
  return Object.fromEntries(
    Object.entries(errors).map(([index, error]) => [index, { $$matchAsRoot: error }]),
  );
}

function fromServer(error: mongo.MongoError): boolean {
  return error instanceof mongo.MongoServerError || error instanceof mongo.MongoClientBulkWriteError;
}

/** @throws Mismatch when a client's events are not the expected ones in their order */
export function expectEvents(expected: ExpectedEvents, entities: Entities): void {
  if ((expected.eventType ?? 'command') !== 'command')
    throw new Error(`the runner does not watch ${expected.eventType ?? ''} events`);
  const seen = entities.eventsOf(expected.client);
  expected.events.forEach((event, at) => {
    const [kind = ''] = Object.keys(event);
    expectEvent(`event ${String(at)} (${kind})`, event[kind] as Doc, kind, seen[at], entities);
  });
  const extra = seen[expected.events.length];
  if (extra && expected.ignoreExtraEvents !== true)
    throw new Mismatch(`event ${String(expected.events.length)}`, undefined, [extra.kind, extra.commandName]);
}

function expectEvent(
  path: string,
  expected: Doc,
  kind: string,
  actual: SeenEvent | undefined,
  entities: Entities,
): void {
  if (actual?.kind !== kind) throw new Mismatch(path, kind, actual && [actual.kind, actual.commandName]);
  for (const name of ['command', 'reply', 'commandName', 'databaseName'] as const) {
    if (expected[name] !== undefined) match(expected[name], actual[name], entities.get, `${path} ${name}`);
  }
}

/** @throws Mismatch when a collection does not hold these documents */
export async function expectOutcome(client: mongo.MongoClient, data: CollectionData): Promise<void> {
  const { databaseName, collectionName, documents } = data;
  const options = { readPreference: 'primary', readConcern: { level: 'local' } } as const;
  const actual = await client
    .db(databaseName)
    .collection(collectionName, options)
    .find({}, { sort: { _id: 1 } })
    .toArray();
  match(documents, actual, () => undefined, 'outcome', false);
}
