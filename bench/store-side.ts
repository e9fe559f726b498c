import { mongo } from 'mongoose';
import { INDEXES, keyOf, subjectOf, type Row } from './store-rows.ts';

/** Rows per insertMany and per bulkWrite. */
export const PER_CALL = 1000;
/** Rows of one transaction, in each of its three collections. */
export const PER_TRANSACTION = 500;
/** Documents of a page. */
export const PAGE = 20;
const FEW_AMOUNTS = 10_000;

/** One store under measurement. */
export interface Side {
  insertMany(rows: readonly Row[]): Promise<void>;
  /** Sets two fields of these rows, found by unique key; makes those that are not there. */
  upsert(rows: readonly Row[]): Promise<void>;
  findOne(n: number): Promise<void>;
  insertOne(row: Row): Promise<void>;
  transaction(rows: readonly Row[]): Promise<void>;
  /** Sums of all rows by one field. */
  group(): Promise<void>;
  /** About a thousandth of all rows, by a field without index. */
  scan(): Promise<void>;
  page(n: number): Promise<void>;
  close(): Promise<void>;
}

const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`the store did not answer as it should: ${what}`);
};

/** A store behind the driver, in a database of its own that `close` drops. */
export async function driverSide(uri: string, stop?: () => Promise<void>): Promise<Side> {
  const client = await new mongo.MongoClient(uri).connect();
  const db = client.db(`bench_${String(process.pid)}`);
  const names = ['rows', 'singles', 'first', 'second', 'third'];
  const [rows, singles, ...three] = names.map((name) => db.collection<Row>(name)) as [
    mongo.Collection<Row>,
    ...mongo.Collection<Row>[],
  ];
  for (const name of names) await db.collection(name).createIndexes([...INDEXES]);
  const one = singles ?? rows;
  return {
    async insertMany(docs) {
      const { insertedCount } = await rows.insertMany([...docs]);
      must(insertedCount === docs.length, 'insertMany');
    },
    async upsert(docs) {
      const result = await rows.bulkWrite(
        docs.map(({ _id, sector, number, amount, text, ...rest }) => ({
          updateOne: {
            filter: { sector, number },
            update: {
              $set: { amount: amount.add(1), text: text.replace('.', '!') },
              $setOnInsert: { _id, ...rest },
            },
            upsert: true,
          },
        })),
        { ordered: false },
      );
      must(result.matchedCount + result.upsertedCount === docs.length, 'bulkWrite');
    },
    async findOne(n) {
      must((await rows.findOne(keyOf(n))) !== null, 'findOne');
    },
    async insertOne(row) {
      await one.insertOne(row);
    },
    async transaction(docs) {
      await client.withSession((session) =>
        session.withTransaction(async () => {
          for (const collection of three) await collection.insertMany([...docs], { session });
        }),
      );
    },
    async group() {
      const sums = { _id: '$sector', rows: { $sum: 1 }, amount: { $sum: '$amount' } };
      must((await rows.aggregate([{ $group: sums }]).toArray()).length > 1, '$group');
    },
    async scan() {
      const found = await rows.find({ amount: { $lt: mongo.Long.fromNumber(FEW_AMOUNTS) } }).toArray();
      must(found.length > 0, 'scan');
    },
    async page(n) {
      const found = await rows
        .find({ subject: subjectOf(n) })
        .sort({ decidedAt: -1 })
        .limit(PAGE)
        .toArray();
      must(found.length > 0, 'page');
    },
    async close() {
      await db.dropDatabase();
      await client.close();
      await stop?.();
    },
  };
}
