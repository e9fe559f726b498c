import { mongo } from 'mongoose';
import { isDeepStrictEqual } from 'node:util';
import { COLLECTIONS, Lane, type CollectionName, type Operation, type Row } from './kill-model.ts';

type Stored = mongo.Document & { _id: string };

/** What a check found that must not be. */
export interface Faults {
  readonly lost: string[];
  readonly torn: string[];
  readonly invalid: string[];
}

const IN_A_YEAR_MS = 365 * 86_400_000;

/** Works on a store as the lanes say, and compares the two. */
export class Worker {
  private readonly client: mongo.MongoClient;
  private readonly db: mongo.Db;

  constructor(uri: string) {
    this.client = new mongo.MongoClient(uri, { serverSelectionTimeoutMS: 5000 });
    this.db = this.client.db();
  }

  close(): Promise<void> {
    return this.client.close(true);
  }

  private of(name: CollectionName): mongo.Collection<Stored> {
    return this.db.collection(name);
  }

  async makeIndexes(): Promise<void> {
    await this.of('plain').createIndexes([
      { key: { code: 1 }, unique: true },
      { key: { lane: 1, n: -1 } },
      { key: { tags: 1 } },
      { key: { note: 1 }, sparse: true },
      { key: { n: 1 }, partialFilterExpression: { lane: 'a' } },
    ]);
    await this.of('queue').createIndex({ lane: 1, state: 1, _id: 1 });
    await this.of('first').createIndex({ code: 1 }, { unique: true });
    await this.of('third').createIndex({ lane: 1, sum: 1 }, { unique: true });
    await this.of('expiring').createIndex({ until: 1 }, { expireAfterSeconds: 0 });
    for (const name of ['counters', 'second'] as const) await this.of(name).createIndex({ lane: 1 });
  }

  /** @throws Error of the driver when the store goes away meanwhile */
  async perform(lane: Lane, { kind, atoms }: Operation): Promise<void> {
    const changes = atoms.flat();
    const rows = changes.flatMap(({ row }) => (row ? [{ ...row } as Stored] : []));
    const [first = { _id: changes[0]?.id ?? '' }] = rows;
    switch (kind) {
      case 'insertOne':
        await this.of('plain').insertOne(first);
        return;
      case 'insertMany':
        await this.of('plain').insertMany(rows);
        return;
      case 'upserts':
        await this.of('plain').bulkWrite(
          rows.map(({ code, n, ...rest }) => ({
            updateOne: {
              filter: { code: String(code) },
              update: { $set: { n }, $setOnInsert: rest },
              upsert: true,
            },
          })),
        );
        return;
      case 'increment': {
        const by = Number(first['value']) - Number(lane.get('counters', lane.name)?.['value'] ?? 0);
        const update = { $inc: { value: by }, $setOnInsert: { lane: lane.name } };
        await this.of('counters').updateOne({ _id: lane.name }, update, { upsert: true });
        return;
      }
      case 'deleteOne':
        await this.of('plain').deleteOne({ _id: first._id });
        return;
      case 'take':
        await this.take(lane, first);
        return;
      case 'expiring':
        await this.of('expiring').insertOne({ ...first, until: new Date(Date.now() + IN_A_YEAR_MS) });
        return;
      case 'transaction':
      case 'swap':
        await this.client.withSession((session) =>
          session.withTransaction(() =>
            kind === 'swap' ? this.swap(rows, session) : this.several(changes, session),
          ),
        );
    }
  }

  private async take(lane: Lane, row: Stored): Promise<void> {
    if (row['state'] === 'open') {
      await this.of('queue').insertOne(row);
      return;
    }
    const taken = await this.of('queue').findOneAndUpdate(
      { lane: lane.name, state: 'open' },
      { $set: { state: 'taken', by: row['by'] as number } },
      { sort: { _id: 1 }, returnDocument: 'after' },
    );
    if (!isDeepStrictEqual(taken, row)) throw new Error(`took ${JSON.stringify(taken)}`);
  }

  private async several(changes: Operation['atoms'][number], session: mongo.ClientSession): Promise<void> {
    for (const { collection, id, row } of changes) {
      if (!row) await this.of(collection).deleteOne({ _id: id }, { session });
      else if (collection === 'second') {
        const { _id, ...set } = row;
        await this.of(collection).updateOne({ _id }, { $set: set }, { session, upsert: true });
      } else await this.of(collection).insertOne({ ...row }, { session });
    }
  }

  /** Through a third value: no moment has the same code twice. */
  private async swap(rows: readonly Stored[], session: mongo.ClientSession): Promise<void> {
    const set = (id: string | undefined, code: unknown) =>
      this.of('first').updateOne({ _id: id ?? '' }, { $set: { code } }, { session });
    await set(rows[0]?._id, `between-${rows[0]?._id ?? ''}`);
    for (const row of [...rows].reverse()) await set(row._id, row['code']);
  }

  /**
   * Settles for each lane whose operation was cut off how much of it is there; then every document must be as its lane
   * says and every index as its documents say.
   */
  async check(lanes: readonly Lane[], cutOff: ReadonlySet<Lane>): Promise<Faults> {
    const faults: Faults = { lost: [], torn: [], invalid: [] };
    const stored = new Map<string, Row>();
    for (const name of COLLECTIONS) {
      for (const { until: _until, ...row } of await this.of(name).find().toArray())
        stored.set(`${name}/${row._id}`, row as Row);
      const { valid, errors } = await this.db.command({ validate: name });
      if (valid !== true) faults.invalid.push(`${name}: ${String(errors)}`);
    }
    for (const lane of cutOff) {
      const operation = lane.next();
      const atoms = atomsOf(lane, operation, stored);
      if (atoms === undefined) faults.torn.push(`${lane.name} ${String(lane.done)}: ${operation.kind}`);
      lane.apply(operation, atoms ?? 0);
    }
    for (const [key, row] of lanes.flatMap((lane) => [...lane.rows])) {
      if (!isDeepStrictEqual(stored.get(key), row)) faults.lost.push(key);
      stored.delete(key);
    }
    faults.lost.push(...[...stored.keys()].map((key) => `${key} should not be there`));
    return faults;
  }
}

/** How many atoms of an operation are in the store; undefined when that is no beginning of whole atoms. */
function atomsOf(lane: Lane, operation: Operation, stored: ReadonlyMap<string, Row>): number | undefined {
  const keys = new Set(operation.atoms.flat().map(({ collection, id }) => `${collection}/${id}`));
  for (let atoms = 0; atoms <= operation.atoms.length; atoms += 1) {
    const then = lane.copy();
    then.apply(operation, atoms);
    if ([...keys].every((key) => isDeepStrictEqual(stored.get(key), then.rows.get(key)))) return atoms;
  }
  return undefined;
}
