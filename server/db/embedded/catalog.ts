import type { Doc } from './bson.ts';
import type { Environment } from './environment.ts';
import { keyParts, type KeyPart } from './keys.ts';
import { compileFilter, type Matcher } from './match.ts';

export interface IndexSpec {
  readonly name: string;
  readonly key: Readonly<Record<string, number>>;
  readonly unique?: boolean;
  readonly sparse?: boolean;
  readonly hidden?: boolean;
  readonly partialFilterExpression?: Doc;
  readonly expireAfterSeconds?: number;
}

export interface Index {
  readonly id: number;
  readonly spec: IndexSpec;
  readonly parts: readonly KeyPart[];
  /** Top-level fields that the keys and the partial filter need. */
  readonly fields: ReadonlySet<string>;
  readonly partial: Matcher | undefined;
  /** Paths through which an array was ever met: they limit what the planner may do. */
  readonly multikey: Set<string>;
}

export interface Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  indexes: Index[];
  /** Top-level fields of all indexes. */
  indexedFields: ReadonlySet<string>;
  count: number;
}

interface StoredCollection {
  id: number;
  indexes: { id: number; spec: IndexSpec; multikey: string[] }[];
}

const FORMAT = 1;
const NEXT_ID = 'next-id';

/** Collections and indexes by name; ids are never used twice. Everything is written in the caller's transaction. */
export class Catalog {
  private collections = new Map<string, Collection>();
  private nextId = 1;
  private readonly dirty = new Set<Collection>();
  private readonly env: Environment;

  constructor(env: Environment) {
    this.env = env;
    this.load();
  }

  /** Reads everything again: at start, and after a group of writes was thrown away. */
  load(): void {
    this.collections = new Map();
    this.dirty.clear();
    const format = this.env.getMeta('format');
    if (format === undefined) this.env.write(() => this.env.putMeta('format', { v: FORMAT }));
    else if (format['v'] !== FORMAT)
      throw new Error(`the data directory has format ${String(format['v'])}, not ${String(FORMAT)}`);
    this.nextId = Number(this.env.getMeta(NEXT_ID)?.['v'] ?? 1);
    for (const [key, stored] of this.env.metaWithPrefix('c/')) {
      const namespace = key.slice(2);
      const dot = namespace.indexOf('.');
      const { id, indexes } = stored as unknown as StoredCollection;
      const collection: Collection = {
        id,
        db: namespace.slice(0, dot),
        name: namespace.slice(dot + 1),
        indexes: indexes.map((index) => openIndex(index.id, index.spec, index.multikey)),
        indexedFields: new Set(),
        count: Number(this.env.getMeta(`n/${String(id)}`)?.['v'] ?? 0),
      };
      refreshFields(collection);
      this.collections.set(namespace, collection);
    }
  }

  find(db: string, name: string): Collection | undefined {
    return this.collections.get(`${db}.${name}`);
  }

  *ofDatabase(db: string): Iterable<Collection> {
    for (const collection of this.collections.values()) if (collection.db === db) yield collection;
  }

  databases(): string[] {
    return [...new Set([...this.collections.values()].map((collection) => collection.db))].sort();
  }

  *all(): Iterable<Collection> {
    yield* this.collections.values();
  }

  newId(): number {
    const id = this.nextId;
    this.nextId += 1;
    this.env.putMeta(NEXT_ID, { v: this.nextId });
    return id;
  }

  create(db: string, name: string): Collection {
    const collection: Collection = {
      id: this.newId(),
      db,
      name,
      indexes: [],
      indexedFields: new Set(),
      count: 0,
    };
    collection.indexes.push(openIndex(this.newId(), { name: '_id_', key: { _id: 1 }, unique: true }, []));
    refreshFields(collection);
    this.collections.set(`${db}.${name}`, collection);
    this.save(collection);
    return collection;
  }

  remove(collection: Collection): void {
    this.collections.delete(`${collection.db}.${collection.name}`);
    this.dirty.delete(collection);
    this.env.removeMeta(`c/${collection.db}.${collection.name}`);
    this.env.removeMeta(`n/${String(collection.id)}`);
  }

  rename(collection: Collection, db: string, name: string): void {
    this.collections.delete(`${collection.db}.${collection.name}`);
    this.env.removeMeta(`c/${collection.db}.${collection.name}`);
    const renamed: Collection = { ...collection, db, name };
    this.collections.set(`${db}.${name}`, renamed);
    this.save(renamed);
  }

  save(collection: Collection): void {
    refreshFields(collection);
    const stored: StoredCollection = {
      id: collection.id,
      indexes: collection.indexes.map(({ id, spec, multikey }) => ({ id, spec, multikey: [...multikey] })),
    };
    this.env.putMeta(`c/${collection.db}.${collection.name}`, stored as unknown as Doc);
    this.dirty.add(collection);
  }

  addCount(collection: Collection, delta: number): void {
    collection.count += delta;
    this.dirty.add(collection);
  }

  /** Writes the counts that changed; called once before a group commits. */
  flush(): void {
    for (const collection of this.dirty)
      this.env.putMeta(`n/${String(collection.id)}`, { v: collection.count });
    this.dirty.clear();
  }
}

export function openIndex(id: number, spec: IndexSpec, multikey: readonly string[]): Index {
  const parts = keyParts(spec.key);
  const partial = spec.partialFilterExpression;
  const fields = new Set([
    ...parts.map((part) => part.parts[0] ?? ''),
    ...(partial ? filterFields(partial) : []),
  ]);
  return {
    id,
    spec,
    parts,
    fields,
    partial: partial ? compileFilter(partial) : undefined,
    multikey: new Set(multikey),
  };
}

function filterFields(filter: Doc): string[] {
  return Object.entries(filter).flatMap(([path, value]) =>
    path.startsWith('$') ? (value as Doc[]).flatMap(filterFields) : [path.split('.')[0] ?? ''],
  );
}

function refreshFields(collection: Collection): void {
  collection.indexedFields = new Set(collection.indexes.flatMap((index) => [...index.fields]));
}
