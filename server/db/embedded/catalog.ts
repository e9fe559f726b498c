import type { Doc } from './bson.ts';
import { layoutOf, type Layout } from './entries.ts';
import type { Environment } from './environment.ts';
import { openIndex, type Index, type IndexSpec } from './index-spec.ts';

/** One object for each collection as long as it exists: open transactions and waiting writes hold on to it. */
export interface Collection {
  readonly id: number;
  db: string;
  name: string;
  indexes: Index[];
  layout: Layout;
  count: number;
  dropped: boolean;
  /** Sequence of the commit that last changed its indexes or name; older snapshots must not read by them. */
  changedAt: number;
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
  /** Collections with multikey paths that are not written yet: a transaction met them. */
  private readonly unsaved = new Set<Collection>();
  private readonly env: Environment;

  constructor(env: Environment) {
    this.env = env;
    this.load();
  }

  /**
   * Reads everything again: at start, and after a group of writes was thrown away. Known collections keep their object
   * and the multikey paths that memory knows.
   */
  load(): void {
    const known = new Map([...this.collections.values()].map((collection) => [collection.id, collection]));
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
      const old = known.get(id);
      const met = new Map(old?.indexes.map((index) => [index.id, index.multikey]));
      const opened = indexes.map((index) =>
        openIndex(index.id, index.spec, [...index.multikey, ...(met.get(index.id) ?? [])]),
      );
      const state = {
        db: namespace.slice(0, dot),
        name: namespace.slice(dot + 1),
        indexes: opened,
        layout: layoutOf(opened),
        count: Number(this.env.getMeta(`n/${String(id)}`)?.['v'] ?? 0),
        dropped: false,
      };
      const collection: Collection = old ? Object.assign(old, state) : { id, changedAt: 0, ...state };
      this.collections.set(namespace, collection);
    }
    for (const collection of known.values()) {
      if (this.collections.get(`${collection.db}.${collection.name}`) !== collection)
        collection.dropped = true;
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
    const id = this.newId();
    const indexes = [openIndex(this.newId(), { name: '_id_', key: { _id: 1 }, unique: true }, [])];
    const collection: Collection = {
      id,
      db,
      name,
      indexes,
      layout: layoutOf(indexes),
      count: 0,
      dropped: false,
      changedAt: 0,
    };
    this.collections.set(`${db}.${name}`, collection);
    this.save(collection);
    return collection;
  }

  remove(collection: Collection): void {
    this.collections.delete(`${collection.db}.${collection.name}`);
    this.dirty.delete(collection);
    this.unsaved.delete(collection);
    collection.dropped = true;
    this.env.removeMeta(`c/${collection.db}.${collection.name}`);
    this.env.removeMeta(`n/${String(collection.id)}`);
  }

  rename(collection: Collection, db: string, name: string): void {
    this.collections.delete(`${collection.db}.${collection.name}`);
    this.env.removeMeta(`c/${collection.db}.${collection.name}`);
    Object.assign(collection, { db, name });
    this.collections.set(`${db}.${name}`, collection);
    this.save(collection);
  }

  save(collection: Collection): void {
    collection.layout = layoutOf(collection.indexes);
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

  /** Notes an array under an index, at once: readers may only become more careful. It is written by the next commit. */
  noteArray(collection: Collection, index: Index, path: string): void {
    if (index.multikey.has(path)) return;
    index.multikey.add(path);
    this.unsaved.add(collection);
  }

  /** Writes the counts and multikey paths that changed; called once before a commit. */
  flush(): void {
    for (const collection of this.unsaved) if (!collection.dropped) this.save(collection);
    for (const collection of this.dirty)
      this.env.putMeta(`n/${String(collection.id)}`, { v: collection.count });
  }

  /** The commit succeeded: what `flush` wrote stays. */
  committed(): void {
    this.dirty.clear();
    this.unsaved.clear();
  }
}
