// Opens the store of a directory in a process of its own and does one thing with it until it is ended.
import { connectDb } from '../../../server/db/connect.ts';
import { openEmbedded } from '../../../server/db/embedded/index.ts';

const [directory = '', task = 'hold'] = process.argv.slice(2);
const store = await openEmbedded(directory);
const db = await connectDb(store.uri, () => store.close());
if (task === 'lock') {
  const session = await db.conn.startSession();
  session.startTransaction();
  await db.conn
    .collection<{ _id: number }>('locked')
    .updateOne({ _id: 1 }, { $set: { by: 'child' } }, { session });
}
process.once('SIGTERM', () => void db.close().then(() => process.exit(0)));
process.stdout.write('ready\n');
setInterval(() => undefined, 1000);
