import { open } from 'lmdb';
import { mongo } from 'mongoose';
import { keyOf, type Row } from './store-rows.ts';
import { PAGE, type Side } from './store-side.ts';

const { BSON } = mongo;
const textKey = ({ sector, number }: { sector: string; number: string }): string => `${sector}/${number}`;

/** What the disk and BSON alone cost: puts and gets of the same documents in this thread, without wire or indexes. */
export function lmdbSide(directory: string): Side {
  const db = open<Buffer, string>({ path: `${directory}/floor`, encoding: 'binary', overlappingSync: false });
  const put = (prefix: string, rows: readonly Row[]): void => {
    for (const row of rows) db.putSync(prefix + textKey(row), BSON.serialize(row) as Buffer);
  };
  const write = (...prefixes: readonly string[]) => {
    return (rows: readonly Row[]): Promise<void> => {
      db.transactionSync(() => {
        for (const prefix of prefixes) put(prefix, rows);
      });
      return Promise.resolve();
    };
  };
  const all = (): Row[] => {
    const range = db.getRange({ start: 'rows/', end: 'rows0' });
    return Array.from(range, ({ value }) => BSON.deserialize(value) as Row);
  };
  let stored = 0;
  return {
    insertMany(rows) {
      stored += rows.length;
      return write('rows/')(rows);
    },
    upsert: write('rows/'),
    findOne(n) {
      const raw = db.get(`rows/${textKey(keyOf(n))}`);
      if (!raw) throw new Error('a row is missing');
      BSON.deserialize(raw);
      return Promise.resolve();
    },
    insertOne: (row) => write('singles/')([row]),
    transaction: write('first/', 'second/', 'third/'),
    group() {
      const sums = new Map<string, bigint>();
      for (const { sector, amount } of all())
        sums.set(sector, (sums.get(sector) ?? 0n) + BigInt(String(amount)));
      return Promise.resolve();
    },
    scan() {
      all().filter(({ amount }) => Number(amount) < 10_000);
      return Promise.resolve();
    },
    async page(n) {
      for (let i = n; i < n + PAGE; i += 1) await this.findOne(i % stored);
    },
    close: () => db.close(),
  };
}
