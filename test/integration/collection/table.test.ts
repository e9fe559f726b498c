import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { frontDatabases, NO_DATABASE, type FrontDatabases } from '../../support/databases.ts';
import { collectionOf, csvFile, range, receive, rowOf } from '../feed/feeds.ts';
import { collect, FrontTable, numberOf, setSource, stored, TAKES } from './sources.ts';

const LATER = '2031-01-01';

describe('collection from front-end tables', function () {
  this.timeout(120_000);
  let context: TestContext;
  let databases: FrontDatabases;
  let n = 0;

  before(async () => {
    databases = await frontDatabases();
    context = await testContext();
  });
  after(async () => {
    await context.close();
    await databases.close();
  });

  for (const dialect of ['MYSQL', 'POSTGRES'] as const) {
    describe(dialect, () => {
      let table: FrontTable;
      let code: string;
      let numbers: number[];

      before(function () {
        if (!databases.of(dialect)) {
          console.log(`      ${dialect}: ${NO_DATABASE}`);
          this.skip();
        }
      });
      beforeEach(async () => {
        const database = databases.of(dialect);
        if (!database) return;
        n += 1;
        // Records of another test are none of this one.
        numbers = range(25).map((i) => n * 1000 + i);
        code = `table-${String(n)}`;
        table = new FrontTable(database, `报送_${String(n)}`);
        await table.create();
        await table.insert(numbers);
      });
      afterEach(async () => {
        await table.drop();
      });

      const source = (take: object, more: object = {}) =>
        setSource(context.app, { code, ...table.source(take, { batchRows: 10, ...more }) });
      const revisions = async () => {
        const all = await stored(context.app);
        return numbers.map((number) => all.get(numberOf(number)));
      };

      it('marks what it has taken, and takes nothing twice', async () => {
        await source(TAKES.STATUS);
        const run = await collect(context.app, code);
        expect(run).to.include({ state: 'DONE', batches: 3, duplicates: 0 });
        expect(run.rows).to.include({ read: 25, inserted: 25 });
        expect(await table.taken()).to.deep.equal(numbers);
        expect(await revisions()).to.deep.equal(numbers.map(() => 1));
        expect((await collect(context.app, code)).rows.read).to.equal(0);
      });

      it('takes a row again that was changed and opened, also back to what it was', async () => {
        await source(TAKES.STATUS);
        await collect(context.app, code);
        const [first = 0] = numbers;
        const before = rowOf('LICENSE', first)['validTo'] ?? '';
        for (const [value, revision] of [
          [LATER, 2],
          [before, 3],
          [LATER, 4],
        ] as const) {
          await table.change(first, 'validTo', value);
          expect((await collect(context.app, code)).rows).to.include({ read: 1, updated: 1 });
          expect((await revisions())[0]).to.equal(revision);
        }
      });

      for (const take of [TAKES.KEY, TAKES.TIME]) {
        it(`goes on behind the last ${take.by === 'KEY' ? 'key' : 'time of change'}`, async () => {
          await source(take);
          expect((await collect(context.app, code)).rows.inserted).to.equal(25);
          const more = [...numbers.slice(-1).map((last) => last + 1), (numbers.at(-1) ?? 0) + 2];
          await table.insert(more);
          const second = await collect(context.app, code);
          expect(second.rows).to.include({ inserted: 2, updated: 0 });
          const third = await collect(context.app, code);
          expect(third.rows).to.include({ inserted: 0, updated: 0, refused: 0 });
          numbers.push(...more);
          expect(await revisions()).to.deep.equal(numbers.map(() => 1));
          expect(await table.taken()).to.deep.equal([]);
        });
      }

      it('finds rows that were committed late, within the overlap', async () => {
        await table.run(`DELETE FROM ${table.quoted} WHERE id IN (${numbers.slice(5, 8).join(', ')})`);
        await source(TAKES.KEY);
        expect((await collect(context.app, code)).rows.inserted).to.equal(22);
        await table.insert(numbers.slice(5, 8));
        expect((await collect(context.app, code)).rows.inserted).to.equal(3);
      });

      it('sees a later change by the time of change, and reads the overlap without effect', async () => {
        await source(TAKES.TIME);
        await collect(context.app, code);
        await table.change(numbers[3] ?? 0, 'validTo', LATER);
        const run = await collect(context.app, code);
        expect(run.rows).to.include({ updated: 1, inserted: 0 });
        expect((await revisions())[3]).to.equal(2);
      });

      it('a time of change in the future does not hide what comes later', async () => {
        await source({ ...TAKES.TIME, overlapSeconds: 5 });
        await table.run(
          `UPDATE ${table.quoted} SET changed_at = '2099-01-01 00:00:00' WHERE id = ${String(numbers[0])}`,
        );
        await collect(context.app, code);
        const late = (numbers.at(-1) ?? 0) + 1;
        await table.insert([late]);
        expect((await collect(context.app, code)).rows.inserted).to.equal(1);
      });

      it('a row that changes while its batch is stored stays open', async () => {
        await source(TAKES.STATUS, { batchRows: 500 });
        const { feeds } = context.app;
        const receive = feeds.receive.bind(feeds);
        feeds.receive = async (...args) => {
          const received = await receive(...args);
          await table.change(numbers[4] ?? 0, 'validTo', LATER);
          return received;
        };
        try {
          await collect(context.app, code);
        } finally {
          feeds.receive = receive;
        }
        expect(await table.taken()).to.deep.equal(numbers.filter((_, i) => i !== 4));
        expect((await collect(context.app, code)).rows).to.include({ read: 1, updated: 1 });
        expect((await revisions())[4]).to.equal(2);
      });

      it('a pulled row and an uploaded one are one record', async () => {
        const rows = numbers.map((number) => rowOf('LICENSE', number));
        const { batch } = await receive(context.app, csvFile('LICENSE', rows));
        await context.app.feeds.ingest.run(batch._id.toHexString());
        await source(TAKES.STATUS);
        expect((await collect(context.app, code)).rows).to.include({ unchanged: 25, inserted: 0 });
      });

      it('a rehearsal counts, stores nothing and marks nothing', async () => {
        await source(TAKES.STATUS);
        const before = await collectionOf(context.app, 'feed_batches').countDocuments({});
        const { rows, batches } = await context.app.collection.rehearse(systemViewer, code);
        expect(rows).to.include({ read: 25, inserted: 25 });
        expect(batches).to.equal(3);
        expect(await table.taken()).to.deep.equal([]);
        expect(await collectionOf(context.app, 'feed_batches').countDocuments({})).to.equal(before);
        expect(await revisions()).to.deep.equal(numbers.map(() => undefined));
      });

      it('says what is wrong: password, table, column, address', async () => {
        const faultOf = async (settings: object, secret = databases.of(dialect)?.password ?? '') => {
          await setSource(context.app, { code, kind: 'TABLE', settings, secret });
          const { state, error } = await collect(context.app, code);
          expect(state).to.equal('FAILED');
          return error;
        };
        const { settings } = table.source(TAKES.STATUS);
        const good = settings as Record<string, unknown>;
        expect(await faultOf(good, 'wrong')).to.equal('COLLECT_DENIED');
        expect(await faultOf({ ...good, table: 'nowhere' })).to.equal('COLLECT_TABLE_UNKNOWN');
        expect(await faultOf({ ...good, take: { ...TAKES.KEY, key: 'nothing' } })).to.equal(
          'COLLECT_COLUMN_UNKNOWN',
        );
        expect(await faultOf({ ...good, tls: true })).to.equal('COLLECT_UNREACHABLE');
        expect(await faultOf({ ...good, port: 1 })).to.equal('COLLECT_UNREACHABLE');
      });

      it('a statement that hangs is not waited for when the run is stopped', async () => {
        await source(TAKES.STATUS);
        const mysql = dialect === 'MYSQL';
        await table.run(mysql ? `LOCK TABLES ${table.quoted} WRITE` : 'BEGIN');
        if (!mysql) await table.run(`LOCK TABLE ${table.quoted} IN ACCESS EXCLUSIVE MODE`);
        const stop = new AbortController();
        const running = context.app.collection.collect(systemViewer, code, { signal: stop.signal });
        await sleep(500);
        stop.abort();
        expect(await running).to.include({ state: 'FAILED', error: 'COLLECT_STOPPED' });
        await table.run(mysql ? 'UNLOCK TABLES' : 'COMMIT');
        expect((await collect(context.app, code)).rows.inserted).to.equal(25);
      });

      it('a table of something else is refused and stays as it is', async () => {
        await source(TAKES.STATUS, { columns: ['id', 'changed_at'] });
        expect(await collect(context.app, code)).to.include({ state: 'FAILED', error: 'FILE_NOT_TABLE' });
        expect(await table.taken()).to.deep.equal([]);
      });
    });
  }
});
