import { asNumber, decodeRaw, Int32, Long, type Doc, type Raw } from '../bson.ts';
import type { Collection } from '../catalog.ts';
import { openIndex, type IndexSpec } from '../index-spec.ts';
import type { Engine, Request, WriteSteps } from '../engine.ts';
import { fail, unsupported } from '../error.ts';
import { isDocument } from '../path.ts';
import { equalValues } from '../order.ts';
import { compileFilter } from '../match.ts';
import { entriesOf, idKey, layoutOf } from '../entries.ts';
import { tableKey, WHOLE, View } from '../view.ts';
import { keyValue } from '../writer.ts';
import { COMMON_FIELDS } from './options.ts';
import { collectionName, optionalDoc } from './read.ts';

export function* create({ body, db, engine }: Request): WriteSteps {
  const name = collectionName(body, 'create');
  for (const [option, value] of Object.entries(body)) {
    if (option === 'capped' && value === false) continue;
    if (option !== 'create' && !COMMON_FIELDS.has(option) && value !== undefined)
      unsupported(`create with ${option}`);
  }
  if (!engine.catalog.find(db, name)) engine.catalog.create(db, name);
  return { ok: 1 };
}

const SLICE = 5000;

function dropRange(engine: Engine, table: 'data' | 'index', id: number): void {
  for (;;) {
    const entries = engine.env.scan(table, {
      start: tableKey(id),
      end: tableKey(id + 1),
      reverse: false,
      limit: SLICE,
    });
    for (const { key } of entries) engine.env.remove(table, key);
    if (entries.length < SLICE) return;
  }
}

function dropCollection(engine: Engine, collection: Collection): void {
  engine.transactions.checkIdle(collection);
  engine.cursors.killOf(`${collection.db}.${collection.name}`);
  dropRange(engine, 'data', collection.id);
  for (const index of collection.indexes) dropRange(engine, 'index', index.id);
  engine.catalog.remove(collection);
}

/** Puts other documents into a collection; options and indexes stay. Runs within one commit. @throws MongoError 117, 11000 */
export function replaceContents(engine: Engine, collection: Collection, documents: readonly Raw[]): void {
  engine.transactions.checkIdle(collection);
  engine.changed(collection);
  engine.cursors.killOf(`${collection.db}.${collection.name}`);
  dropRange(engine, 'data', collection.id);
  for (const index of collection.indexes) dropRange(engine, 'index', index.id);
  engine.catalog.addCount(collection, -collection.count);
  const writer = engine.writer(undefined);
  for (const raw of documents) writer.insert(collection, raw);
}

export function* drop({ body, db, engine }: Request): WriteSteps {
  const collection = engine.catalog.find(db, collectionName(body, 'drop'));
  if (!collection) return { ok: 1 };
  dropCollection(engine, collection);
  return { nIndexesWas: new Int32(collection.indexes.length), ns: `${db}.${collection.name}`, ok: 1 };
}

export function* dropDatabase({ db, engine }: Request): WriteSteps {
  for (const collection of [...engine.catalog.ofDatabase(db)]) dropCollection(engine, collection);
  return { dropped: db, ok: 1 };
}

export function* renameCollection({ body, engine }: Request): WriteSteps {
  const [from, to] = [String(body['renameCollection']), String(body['to'])];
  const split = (namespace: string) =>
    [namespace.slice(0, namespace.indexOf('.')), namespace.slice(namespace.indexOf('.') + 1)] as const;
  const source = engine.catalog.find(...split(from));
  if (!source) return fail(26, `Source collection ${from} does not exist`);
  const target = engine.catalog.find(...split(to));
  if (target && body['dropTarget'] !== true) return fail(48, 'target namespace exists');
  engine.transactions.checkIdle(source);
  if (target) dropCollection(engine, target);
  engine.changed(source);
  engine.catalog.rename(source, ...split(to));
  return { ok: 1 };
}

export function listCollections({ body, db, engine }: Request): Doc {
  const filter = compileFilter(optionalDoc(body, 'filter') ?? {});
  const documents = [...engine.catalog.ofDatabase(db)]
    .map((collection) => ({
      name: collection.name,
      type: 'collection',
      ...(body['nameOnly'] === true
        ? {}
        : { options: {}, info: { readOnly: false }, idIndex: indexDocument(collection.indexes[0]?.spec) }),
    }))
    .filter((entry) => filter(entry));
  return { cursor: { id: Long.ZERO, ns: `${db}.$cmd.listCollections`, firstBatch: documents }, ok: 1 };
}

export function listDatabases({ body, engine }: Request): Doc {
  const filter = compileFilter(optionalDoc(body, 'filter') ?? {});
  const databases = engine.catalog
    .databases()
    .map((name) => ({ name, sizeOnDisk: 0, empty: false }))
    .filter((entry) => filter(entry));
  return { databases, totalSize: 0, ok: 1 };
}

function indexDocument(spec: IndexSpec | undefined): Doc {
  if (!spec) return {};
  const { name, key, unique, ...options } = spec;
  return {
    v: 2,
    key: { ...key },
    name,
    ...(unique === true && name !== '_id_' ? { unique } : {}),
    ...options,
  };
}

export function listIndexes({ body, db, engine }: Request): Doc {
  const name = collectionName(body, 'listIndexes');
  const collection = engine.catalog.find(db, name);
  if (!collection) return fail(26, `ns does not exist: ${db}.${name}`);
  const documents = collection.indexes.map((index) => indexDocument(index.spec));
  return { cursor: { id: Long.ZERO, ns: `${db}.${name}`, firstBatch: documents }, ok: 1 };
}

const KNOWN_OPTIONS = new Set([
  'v',
  'key',
  'name',
  'ns',
  'unique',
  'sparse',
  'background',
  'partialFilterExpression',
  'expireAfterSeconds',
  'hidden',
  'collation',
]);

function readSpec(spec: Doc): IndexSpec {
  const odd = Object.keys(spec).find((option) => !KNOWN_OPTIONS.has(option));
  if (odd !== undefined)
    fail(
      [
        'weights',
        'default_language',
        '2dsphereIndexVersion',
        'wildcardProjection',
        'textIndexVersion',
      ].includes(odd)
        ? 115
        : 197,
      `The field '${odd}' is not valid for an index specification`,
    );
  const { key, name, unique, sparse, hidden, partialFilterExpression, expireAfterSeconds, collation } = spec;
  if (isDocument(collation) && collation['locale'] !== 'simple') unsupported('an index with a collation');
  if (!isDocument(key) || Object.keys(key).length === 0) return fail(67, 'an index needs a key pattern');
  for (const [path, direction] of Object.entries(key)) {
    if (typeof direction === 'string') unsupported(`a ${direction} index`);
    if (path.includes('$')) unsupported('a wildcard index');
    const number = asNumber(direction);
    if (number === undefined || number === 0)
      fail(67, 'Values in the index key pattern must be numbers, not 0');
  }
  const direction = Object.fromEntries(
    Object.entries(key).map(([path, value]) => [path, Math.sign(asNumber(value) ?? 1)]),
  );
  if (partialFilterExpression !== undefined) compileFilter(partialFilterExpression);
  const ttl = expireAfterSeconds === undefined ? undefined : asNumber(expireAfterSeconds);
  if (ttl !== undefined && (ttl < 0 || Object.keys(key).length !== 1))
    fail(67, 'a TTL index has one field and a time not negative');
  return {
    name:
      typeof name === 'string' && name !== ''
        ? name
        : Object.entries(direction)
            .map(([path, value]) => `${path}_${String(value)}`)
            .join('_'),
    key: direction,
    ...(unique === true ? { unique } : {}),
    ...(sparse === true ? { sparse } : {}),
    ...(hidden === true ? { hidden } : {}),
    ...(isDocument(partialFilterExpression) ? { partialFilterExpression } : {}),
    ...(ttl === undefined ? {} : { expireAfterSeconds: ttl }),
  };
}

export function* createIndexes({ body, db, engine }: Request): WriteSteps {
  const name = collectionName(body, 'createIndexes');
  const specs = ((body['indexes'] as Doc[] | undefined) ?? []).map(readSpec);
  const created = !engine.catalog.find(db, name);
  const collection = engine.ensure(db, name, undefined);
  const before = collection.indexes.length;
  for (const spec of specs) {
    const sameName = collection.indexes.find((index) => index.spec.name === spec.name);
    const sameKey = collection.indexes.find((index) => equalValues(index.spec.key, spec.key));
    if (sameName && sameName === sameKey) {
      const options = ({ name: _name, hidden: _hidden, ...rest }: IndexSpec) => rest;
      if (spec.name !== '_id_' && !equalValues(options(sameName.spec), options(spec)))
        fail(86, `An existing index has the same name as the requested index: ${spec.name}`);
      continue;
    }
    if (sameName) fail(86, `An existing index has the same name as the requested index: ${spec.name}`);
    if (sameKey) fail(85, `Index already exists with a different name: ${sameKey.spec.name}`);
    build(engine, collection, spec);
  }
  return {
    createdCollectionAutomatically: created,
    numIndexesBefore: new Int32(before),
    numIndexesAfter: new Int32(collection.indexes.length),
    ok: 1,
  };
}

function build(engine: Engine, collection: Collection, spec: IndexSpec): void {
  engine.transactions.checkIdle(collection);
  engine.changed(collection);
  const index = openIndex(engine.catalog.newId(), spec, []);
  const layout = layoutOf([index]);
  try {
    for (const raw of new View(engine.env).documents(collection, WHOLE)) {
      layout.finder.find(raw);
      const id = idKey(layout, raw);
      for (const { key } of entriesOf(layout, raw, id, (_index, path) => index.multikey.add(path))) {
        if (spec.unique === true && engine.env.has('index', key)) duplicate(collection, spec, raw);
        engine.env.put('index', key, id);
      }
    }
  } catch (error) {
    dropRange(engine, 'index', index.id);
    throw error;
  }
  collection.indexes = [...collection.indexes, index];
  engine.catalog.save(collection);
}

function duplicate({ db, name }: Collection, spec: IndexSpec, raw: Raw): never {
  return fail(11000, `E11000 duplicate key error collection: ${db}.${name} index: ${spec.name}`, {
    keyPattern: { ...spec.key },
    keyValue: keyValue(Object.keys(spec.key), decodeRaw(raw)),
  });
}

export function* dropIndexes({ body, db, engine }: Request): WriteSteps {
  const name = collectionName(body, 'dropIndexes');
  const collection = engine.catalog.find(db, name);
  if (!collection) return fail(26, `ns not found ${db}.${name}`);
  engine.transactions.checkIdle(collection);
  const wanted = body['index'];
  const before = collection.indexes.length;
  const matches = (spec: IndexSpec) =>
    wanted === '*' ||
    [wanted].flat().some((one) => (isDocument(one) ? equalValues(one, spec.key) : one === spec.name));
  if (wanted !== '*' && matches({ name: '_id_', key: { _id: 1 } })) fail(72, 'cannot drop _id index');
  const gone = collection.indexes.filter((index) => index.spec.name !== '_id_' && matches(index.spec));
  if (gone.length === 0 && wanted !== '*') fail(27, `index not found with name [${String(wanted)}]`);
  engine.changed(collection);
  engine.cursors.killOf(`${db}.${name}`);
  for (const index of gone) dropRange(engine, 'index', index.id);
  collection.indexes = collection.indexes.filter((index) => !gone.includes(index));
  engine.catalog.save(collection);
  return { nIndexesWas: new Int32(before), ok: 1 };
}

export function* collMod({ body, db, engine }: Request): WriteSteps {
  const name = collectionName(body, 'collMod');
  const collection = engine.catalog.find(db, name);
  if (!collection) return fail(26, `ns does not exist: ${db}.${name}`);
  const change = optionalDoc(body, 'index');
  const odd = ['validator', 'viewOn', 'validationLevel', 'expireAfterSeconds'].find(
    (option) => option in body,
  );
  if (odd !== undefined) unsupported(`collMod with ${odd}`);
  if (!change) return { ok: 1 };
  const index = collection.indexes.find(
    ({ spec }) =>
      spec.name === change['name'] ||
      (isDocument(change['keyPattern']) && equalValues(change['keyPattern'], spec.key)),
  );
  if (!index) return fail(27, 'cannot find index for collMod');
  const ttl = asNumber(change['expireAfterSeconds']);
  const spec: IndexSpec = {
    ...index.spec,
    ...(ttl === undefined ? {} : { expireAfterSeconds: ttl }),
    ...(typeof change['hidden'] === 'boolean' ? { hidden: change['hidden'] } : {}),
  };
  collection.indexes = collection.indexes.map((other) => (other === index ? { ...index, spec } : other));
  engine.catalog.save(collection);
  return { ok: 1 };
}
