// Writes pairs of documents in transactions until it is killed; prints the number of each acknowledged pair.
import { connectDb } from '../../../server/db/connect.ts';
import { openEmbedded } from '../../../server/db/embedded/index.ts';

const [directory = '', first = '0'] = process.argv.slice(2);
const { uri } = await openEmbedded(directory);
const db = await connectDb(uri);
const pairs = db.conn.collection<{ _id: number; tag: string }>('pairs');
const others = db.conn.collection<{ _id: number; tag: string }>('others');
await pairs.createIndex({ tag: 1 });
await others.createIndex({ tag: 1 }, { unique: true });
for (let id = Number(first); ; id += 1) {
  await db.inTransaction(async (session) => {
    await pairs.insertOne({ _id: id, tag: `t${String(id % 10)}` }, { session });
    await others.insertOne({ _id: id, tag: `t${String(id)}` }, { session });
  });
  process.stdout.write(`${String(id)}\n`);
}
