import type { Doc } from '../bson.ts';
import { fail } from '../error.ts';

/** Fields that every command may carry. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'apiDeprecationErrors',
  'apiStrict',
  'apiVersion',
  'autocommit',
  'comment',
  'lsid',
  'maxTimeMS',
  'readConcern',
  'startTransaction',
  'txnNumber',
  'writeConcern',
]);

const listed = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const FIND_AND_MODIFY =
  'query sort remove update new fields upsert bypassDocumentValidation collation hint arrayFilters let';

/** What commands with options know; some of it they refuse by name. */
const FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  find: listed(
    'find filter projection sort skip limit batchSize singleBatch hint let collation noCursorTimeout allowDiskUse ' +
      'allowPartialResults tailable awaitData returnKey showRecordId min max',
  ),
  getMore: listed('getMore collection batchSize'),
  killCursors: listed('killCursors cursors'),
  count: listed('count query limit skip hint collation'),
  distinct: listed('distinct key query collation hint'),
  aggregate: listed('aggregate pipeline cursor allowDiskUse bypassDocumentValidation hint let collation'),
  insert: listed('insert documents ordered bypassDocumentValidation'),
  update: listed('update updates ordered bypassDocumentValidation let'),
  delete: listed('delete deletes ordered let'),
  findAndModify: listed(`findAndModify ${FIND_AND_MODIFY}`),
  findandmodify: listed(`findandmodify ${FIND_AND_MODIFY}`),
  bulkWrite: listed('bulkWrite ops nsInfo ordered errorsOnly bypassDocumentValidation let cursor'),
  createIndexes: listed('createIndexes indexes commitQuorum'),
  dropIndexes: listed('dropIndexes index'),
  drop: listed('drop'),
  dropDatabase: listed('dropDatabase'),
  renameCollection: listed('renameCollection to dropTarget'),
  collMod: listed('collMod index validator viewOn validationLevel validationAction expireAfterSeconds'),
  listCollections: listed('listCollections filter nameOnly authorizedCollections cursor'),
  listDatabases: listed('listDatabases filter nameOnly authorizedDatabases'),
  listIndexes: listed('listIndexes cursor'),
  storeBackup: listed('storeBackup'),
};

/** @throws MongoError 40415 for a field the command does not know: it would be ignored in silence otherwise */
export function checkFields(command: string, body: Doc): void {
  const known = Object.hasOwn(FIELDS, command) ? FIELDS[command] : undefined;
  if (known) refuseUnknown(command, body, known);
}

const UPDATE_STATEMENT = listed('q u c multi upsert hint arrayFilters sort collation');
const DELETE_STATEMENT = listed('q limit hint collation');

/** The same for one statement of `update` or `delete`. */
export function checkStatement(kind: 'update' | 'delete', statement: Doc): void {
  refuseUnknown(`${kind}s`, statement, kind === 'update' ? UPDATE_STATEMENT : DELETE_STATEMENT);
}

const BULK_STATEMENTS = {
  insert: listed('insert document'),
  update: listed('update filter updateMods constants multi upsert arrayFilters hint sort collation'),
  delete: listed('delete filter multi hint collation'),
} as const;

/** The same for one operation of `bulkWrite`. */
export function checkBulkStatement(kind: keyof typeof BULK_STATEMENTS, operation: Doc): void {
  refuseUnknown('bulkWrite.ops', operation, BULK_STATEMENTS[kind]);
}

function refuseUnknown(where: string, body: Doc, known: ReadonlySet<string>): void {
  for (const name of Object.keys(body)) {
    if (!known.has(name) && !COMMON_FIELDS.has(name))
      fail(40415, `BSON field '${where}.${name}' is an unknown field.`);
  }
}
