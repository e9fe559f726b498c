import { Long, type Doc } from '../bson.ts';
import type { Collection } from '../catalog.ts';
import type { Index } from '../index-spec.ts';
import type { Request } from '../engine.ts';
import { fail, unsupported } from '../error.ts';
import { entriesOf, idKey } from '../entries.ts';
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

/** Derives every index entry of a collection again and compares. Answers `{valid, errors, nrecords, keysPerIndex}`. */
export function validate({ body, db, engine }: Request): Doc {
  const name = collectionName(body, 'validate');
  const collection = engine.catalog.find(db, name);
  if (!collection) return fail(26, `Collection '${db}.${name}' does not exist to validate.`);
  const { errors, records, keys } = check(collection, new View(engine.env));
  if (records !== collection.count)
    errors.push(`count says ${String(collection.count)}, there are ${String(records)}`);
  return {
    ns: `${db}.${name}`,
    valid: errors.length === 0,
    errors: errors.slice(0, 100),
    nrecords: Long.fromNumber(records),
    keysPerIndex: keys,
    ok: 1,
  };
}

function check(collection: Collection, view: View): { errors: string[]; records: number; keys: Doc } {
  const errors: string[] = [];
  const expected = new Map<number, number>();
  const { layout } = collection;
  let records = 0;
  for (const raw of view.documents(collection, WHOLE)) {
    records += 1;
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
  for (const index of collection.indexes) {
    if (index.spec.name === '_id_') continue;
    let entries = 0;
    for (const _entry of view.entries('index', index.id, WHOLE, false)) entries += 1;
    keys[index.spec.name] = entries;
    if (entries !== (expected.get(index.id) ?? 0))
      errors.push(
        `${index.spec.name}: ${String(entries)} entries, ${String(expected.get(index.id) ?? 0)} expected`,
      );
  }
  return { errors, records, keys };
}
