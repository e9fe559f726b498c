import { isAbsolute } from 'node:path';
import { Long, type Doc } from '../bson.ts';
import type { Collection } from '../catalog.ts';
import type { Index } from '../index-spec.ts';
import type { Request } from '../engine.ts';
import { fail, unsupported } from '../error.ts';
import { entriesOf, idKey } from '../entries.ts';
import { nextTurn } from '../pause.ts';
import { View, WHOLE } from '../view.ts';
import { collectionName } from './read.ts';

/** The first version whose features this store announces; the driver chooses its ways by it. */
const VERSION = '8.0.0';
const SET_NAME = 'embedded';
export const MAX_WRITE_BATCH = 1000;

export function hello(address: string, { engine, body }: Request): Doc {
  const legacy = !('hello' in body);
  return {
    helloOk: true,
    [legacy ? 'ismaster' : 'isWritablePrimary']: true,
    setName: SET_NAME,
    setVersion: 1,
    hosts: [address],
    me: address,
    primary: address,
    secondary: false,
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: MAX_WRITE_BATCH,
    localTime: engine.now(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 25,
    readOnly: false,
    ok: 1,
  };
}

export function buildInfo(): Doc {
  return {
    version: VERSION,
    versionArray: [8, 0, 0, 0],
    gitVersion: 'embedded',
    bits: 64,
    maxBsonObjectSize: 16 * 1024 * 1024,
    ok: 1,
  };
}

export function serverStatus({ engine }: Request): Doc {
  return { version: VERSION, process: 'embedded', localTime: engine.now(), ok: 1 };
}

export function getParameter({ body }: Request): Doc {
  return 'featureCompatibilityVersion' in body
    ? { featureCompatibilityVersion: { version: '8.0' }, ok: 1 }
    : unsupported('this parameter');
}

export function collStats({ body, db, engine }: Request): Doc {
  const name = collectionName(body, 'collStats');
  const collection = engine.catalog.find(db, name);
  return {
    ns: `${db}.${name}`,
    count: collection?.count ?? 0,
    nindexes: collection?.indexes.length ?? 0,
    ok: 1,
  };
}

export function dbStats({ db, engine }: Request): Doc {
  const collections = [...engine.catalog.ofDatabase(db)];
  return {
    db,
    collections: collections.length,
    objects: collections.reduce((sum, collection) => sum + collection.count, 0),
    indexes: collections.reduce((sum, collection) => sum + collection.indexes.length, 0),
    ok: 1,
  };
}

/** A consistent copy of the whole store into a new folder of this machine; a command of our own. */
export async function storeBackup({ body, engine }: Request): Promise<Doc> {
  const folder = body['storeBackup'];
  if (typeof folder !== 'string' || !isAbsolute(folder)) return fail(2, 'storeBackup needs an absolute path');
  try {
    await engine.env.backup(folder);
  } catch (error) {
    return fail(8, `the copy could not be written: ${(error as Error).message}`);
  }
  return { ok: 1 };
}

/** Derives every index entry of a collection again and compares. Answers `{valid, errors, nrecords, keysPerIndex}`. */
export async function validate({ body, db, engine }: Request): Promise<Doc> {
  const name = collectionName(body, 'validate');
  const collection = engine.catalog.find(db, name);
  if (!collection) return fail(26, `Collection '${db}.${name}' does not exist to validate.`);
  // Others write meanwhile: all that is compared is of one moment.
  const { count } = collection;
  const snapshot = engine.env.snapshot();
  const { errors, records, keys } = await check(collection, new View(engine.env, snapshot)).finally(() =>
    snapshot.done(),
  );
  if (records !== count) errors.push(`count says ${String(count)}, there are ${String(records)}`);
  return {
    ns: `${db}.${name}`,
    valid: errors.length === 0,
    errors: errors.slice(0, 100),
    nrecords: Long.fromNumber(records),
    keysPerIndex: keys,
    ok: 1,
  };
}

interface Findings {
  readonly errors: string[];
  readonly records: number;
  readonly keys: Doc;
}

const TURN_EVERY = 1000;

/** Lets others have their turn now and then. */
async function check(collection: Collection, view: View): Promise<Findings> {
  const errors: string[] = [];
  const expected = new Map<number, number>();
  const { layout, indexes } = collection;
  let records = 0;
  for (const raw of view.documents(collection, WHOLE)) {
    records += 1;
    if (records % TURN_EVERY === 0) await nextTurn();
    layout.finder.find(raw);
    const id = idKey(layout, raw);
    const notArray = (index: Index, path: string) => {
      if (!index.multikey.has(path)) errors.push(`${index.spec.name}: does not know of arrays at ${path}`);
    };
    for (const { index, key } of entriesOf(layout, raw, id, notArray)) {
      expected.set(index.id, (expected.get(index.id) ?? 0) + 1);
      if (view.get('index', key)?.equals(id) !== true)
        errors.push(`${index.spec.name}: a document is missing`);
    }
  }
  const keys: Doc = {};
  for (const index of indexes) {
    if (index.spec.name === '_id_') continue;
    let entries = 0;
    for (const _entry of view.entries('index', index.id, WHOLE, false)) {
      entries += 1;
      if (entries % TURN_EVERY === 0) await nextTurn();
    }
    keys[index.spec.name] = entries;
    if (entries !== (expected.get(index.id) ?? 0))
      errors.push(
        `${index.spec.name}: ${String(entries)} entries, ${String(expected.get(index.id) ?? 0)} expected`,
      );
  }
  return { errors, records, keys };
}
