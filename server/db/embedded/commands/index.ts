import { asNumber, type Doc } from '../bson.ts';
import type { Request, WriteSteps } from '../engine.ts';
import { fail, unsupported } from '../error.ts';
import { isDocument } from '../path.ts';
import { aggregate } from './aggregate.ts';
import { bulkWrite } from './bulk-write.ts';
import * as catalog from './catalog.ts';
import * as diagnostics from './diagnostics.ts';
import { checkFields } from './options.ts';
import { findAndModify } from './find-and-modify.ts';
import * as read from './read.ts';
import * as session from './session.ts';
import * as write from './write.ts';

type Reader = (request: Request) => Doc | Promise<Doc>;
type WriterCommand = (request: Request) => WriteSteps;

const ok = (): Doc => ({ ok: 1 });

const READERS: Readonly<Record<string, Reader>> = {
  find: read.find,
  getMore: read.getMore,
  killCursors: read.killCursors,
  count: read.count,
  distinct: read.distinct,
  aggregate,
  explain: read.explain,
  listCollections: catalog.listCollections,
  listDatabases: catalog.listDatabases,
  listIndexes: catalog.listIndexes,
  commitTransaction: session.commitTransaction,
  abortTransaction: session.abortTransaction,
  endSessions: session.endSessions,
  refreshSessions: ok,
  ping: ok,
  buildInfo: diagnostics.buildInfo,
  buildinfo: diagnostics.buildInfo,
  serverStatus: diagnostics.serverStatus,
  connectionStatus: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] }, ok: 1 }),
  getParameter: diagnostics.getParameter,
  hostInfo: () => ({ system: {}, os: {}, ok: 1 }),
  dbStats: diagnostics.dbStats,
  collStats: diagnostics.collStats,
  validate: diagnostics.validate,
  storeBackup: diagnostics.storeBackup,
};

const WRITERS: Readonly<Record<string, WriterCommand>> = {
  insert: write.insert,
  update: write.update,
  delete: write.remove,
  bulkWrite,
  findAndModify: findAndModify,
  findandmodify: findAndModify,
};

const CATALOG_WRITERS: Readonly<Record<string, WriterCommand>> = {
  create: catalog.create,
  drop: catalog.drop,
  dropDatabase: catalog.dropDatabase,
  renameCollection: catalog.renameCollection,
  createIndexes: catalog.createIndexes,
  dropIndexes: catalog.dropIndexes,
  collMod: catalog.collMod,
};

const NOT_IN_TRANSACTIONS = new Set([
  ...Object.keys(CATALOG_WRITERS).filter((name) => name !== 'create'),
  'collStats',
  'count',
  'dbStats',
  'explain',
  'listCollections',
  'listDatabases',
  'listIndexes',
  'storeBackup',
  'validate',
]);
const REFUSED = new Set(['mapReduce', 'saslStart', 'saslContinue', 'killSessions', 'setParameter']);

/**
 * Runs a command; an error ends the transaction it belongs to.
 * @throws MongoError 59 for one that does not exist, 115 for one this store does not offer, 263 for one that has no
 * place in a transaction
 */
export async function runCommand(request: Request): Promise<Doc> {
  try {
    return await dispatch(request);
  } catch (error) {
    if (request.transaction) request.engine.transactions.end(request.transaction);
    throw error;
  }
}

async function dispatch(request: Request): Promise<Doc> {
  const { name, body, engine, transaction } = request;
  checkFields(name, body);
  checkConcern(request);
  if (transaction && NOT_IN_TRANSACTIONS.has(name))
    fail(263, `Cannot run command ${name} in a multi-document transaction`);
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (reader) return reader(request);
  const catalogWriter = Object.hasOwn(CATALOG_WRITERS, name) ? CATALOG_WRITERS[name] : undefined;
  if (catalogWriter) return engine.run(() => catalogWriter({ ...request, transaction: undefined }));
  const writer = Object.hasOwn(WRITERS, name) ? WRITERS[name] : undefined;
  if (writer) {
    return transaction
      ? engine.runInTransaction(writer(request))
      : engine.run(() => writer(request), asNumber(body['maxTimeMS']) || Infinity);
  }
  return REFUSED.has(name) ? unsupported(name) : fail(59, `no such command: '${name}'`);
}

/** What would promise more than this store keeps is refused. */
function checkConcern({ body, transaction }: Request): void {
  const concern = body['readConcern'];
  if (!transaction && isDocument(concern) && concern['level'] === 'snapshot')
    unsupported('a snapshot read outside of a transaction');
  if (body['txnNumber'] !== undefined && body['autocommit'] === undefined) {
    // The driver knows this sentence and tells its user to set retryWrites=false.
    fail(20, 'Transaction numbers are only allowed on a replica set member or mongos');
  }
}
