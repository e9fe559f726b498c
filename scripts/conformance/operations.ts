import { mongo } from 'mongoose';
import { options, type Entities } from './entities.ts';
import type { Doc, Operation } from './format.ts';

/** The driver has no types for calls whose arguments are only known at run time. */
type Call = (...args: unknown[]) => unknown;

const lower = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

/** How the named arguments of the format become the positional ones of the driver; the rest are its options. */
const COLLECTION: Readonly<Record<string, readonly string[]>> = {
  bulkWrite: ['requests'],
  count: ['filter'],
  countDocuments: ['filter'],
  createIndex: ['keys'],
  deleteMany: ['filter'],
  deleteOne: ['filter'],
  distinct: ['fieldName', 'filter'],
  drop: [],
  dropIndex: ['name'],
  dropIndexes: [],
  estimatedDocumentCount: [],
  findOne: ['filter'],
  findOneAndDelete: ['filter'],
  findOneAndReplace: ['filter', 'replacement'],
  findOneAndUpdate: ['filter', 'update'],
  insertMany: ['documents'],
  insertOne: ['document'],
  rename: ['to'],
  replaceOne: ['filter', 'replacement'],
  updateMany: ['filter', 'update'],
  updateOne: ['filter', 'update'],
};
const CURSORS: Readonly<Record<string, readonly string[]>> = {
  aggregate: ['pipeline'],
  find: ['filter'],
  listIndexes: [],
  listCollections: ['filter'],
};

function split(args: Doc, positional: readonly string[]): unknown[] {
  const rest = { ...args };
  const values = positional.map((name) => {
    const value = rest[name];
    Reflect.deleteProperty(rest, name);
    return value;
  });
  return [...values, rest];
}

/** Runs one operation. @throws what the driver throws, and Error for an operation the runner does not know */
export async function runOperation(operation: Operation, entities: Entities): Promise<unknown> {
  const { session, returnDocument, ...given } = operation.arguments ?? {};
  const args = {
    ...options(given),
    ...(session === undefined ? {} : { session: entities.get(String(session)) }),
    ...(returnDocument === undefined ? {} : { returnDocument: lower(returnDocument) }),
  };
  if (operation.object === 'testRunner') return runnerOperation(operation, args, entities);
  const target = entities.get(operation.object);
  if (target instanceof mongo.ClientSession) return sessionOperation(target, operation, args, entities);
  if (target instanceof mongo.MongoClient) return clientOperation(target, operation, args);
  if (target instanceof mongo.Db) {
    const own = databaseOperation(target, operation.name, args);
    if (own) return own();
  }
  const method = (target as Record<string, Call | undefined>)[operation.name];
  const cursor = CURSORS[operation.name];
  if (method && cursor) {
    const found = method.call(target, ...split(args, cursor)) as mongo.FindCursor;
    return found.toArray();
  }
  const plain = COLLECTION[operation.name];
  if (method && plain && !(target instanceof mongo.Db)) return method.call(target, ...split(args, plain));
  return unknown(operation);
}

function unknown({ object, name }: Operation): never {
  throw new Error(`the runner does not know ${name} of ${object}`);
}

async function clientOperation(client: mongo.MongoClient, operation: Operation, args: Doc): Promise<unknown> {
  if (operation.name === 'listDatabases') return client.db().admin().listDatabases(args);
  if (operation.name !== 'clientBulkWrite') return unknown(operation);
  const { models, ...rest } = args;
  const writes = (models as Doc[]).map((model) => {
    const [name = ''] = Object.keys(model);
    return { name, ...(model[name] as Doc) };
  });
  const result = await client.bulkWrite(writes as never, rest);
  // A field that only this driver has.
  for (const update of result.updateResults?.values() ?? []) Reflect.deleteProperty(update, 'didUpsert');
  return result;
}

function databaseOperation(db: mongo.Db, name: string, args: Doc): (() => unknown) | undefined {
  const { collection, command, commandName: _name, ...rest } = args;
  switch (name) {
    case 'createCollection':
      return () => db.createCollection(String(collection), rest);
    case 'dropCollection':
      return () => db.dropCollection(String(collection), rest);
    case 'modifyCollection':
      return () => db.command({ collMod: collection, ...rest });
    case 'runCommand':
      return () => db.command(command as Doc, rest);
    default:
      return undefined;
  }
}

async function sessionOperation(
  session: mongo.ClientSession,
  operation: Operation,
  args: Doc,
  entities: Entities,
): Promise<unknown> {
  switch (operation.name) {
    case 'startTransaction':
      session.startTransaction(args);
      return undefined;
    case 'commitTransaction':
    case 'abortTransaction':
    case 'endSession':
      return session[operation.name]();
    case 'withTransaction': {
      const { callback, ...rest } = args;
      return session.withTransaction(async () => {
        for (const step of callback as Operation[]) await runOperation(step, entities);
      }, rest);
    }
    default:
      return unknown(operation);
  }
}

async function runnerOperation(operation: Operation, args: Doc, entities: Entities): Promise<unknown> {
  switch (operation.name) {
    case 'createEntities':
      for (const spec of args['entities'] as Doc[]) await entities.create(spec);
      return undefined;
    case 'assertSessionTransactionState': {
      const { transaction } = args['session'] as { transaction: { state: string } };
      return holds(
        transaction.state.toLowerCase().replaceAll('_', '').includes(String(args['state']).toLowerCase()),
        operation,
      );
    }
    case 'assertSessionDirty':
    case 'assertSessionNotDirty': {
      const { serverSession } = args['session'] as { serverSession: { isDirty: boolean } };
      return holds(serverSession.isDirty === (operation.name === 'assertSessionDirty'), operation);
    }
    default:
      return unknown(operation);
  }
}

function holds(fact: boolean, { name }: Operation): void {
  if (!fact) throw new Error(`${name} does not hold`);
}
