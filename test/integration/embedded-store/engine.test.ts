import { expect } from 'chai';
import { mongo } from 'mongoose';
import type { Doc } from '../../../server/db/embedded/bson.ts';
import { PAUSE } from '../../../server/db/embedded/pause.ts';
import { batchOf, engineUnderTest, type EngineUnderTest } from './engine.ts';

const { Decimal128, Double, Int32, Long } = mongo;

const failureOf = async (run: () => unknown): Promise<{ code: unknown; labels: unknown; extra: Doc }> => {
  try {
    await run();
  } catch (error) {
    return error as never;
  }
  return { code: undefined, labels: undefined, extra: {} };
};
const codeOf = async (run: () => unknown) => (await failureOf(run)).code;
const codesOf = (reply: Doc) =>
  ((reply['writeErrors'] as Doc[] | undefined) ?? []).map((error) => Number(error['code']));

describe('embedded store: engine', function () {
  this.timeout(30_000);
  let store: EngineUnderTest;
  before(async () => {
    store = await engineUnderTest();
  });
  after(() => store.drop());

  describe('a group of plain writes', () => {
    it('loses only the command that breaks', async () => {
      const broken = store.engine.run(function* () {
        store.engine.catalog.create('test', 'half-made');
        yield PAUSE; // its group is committed here, and the job goes on alone
        throw new TypeError('a fault of the store');
      });
      const broken2 = store.engine.run(function* () {
        store.engine.catalog.create('test', 'never-made');
        throw new TypeError('another fault');
        yield PAUSE;
      });
      const good = [1, 2, 3].map((_id) => store.insert('group', [{ _id }]));
      const settled = await Promise.allSettled([broken, broken2, ...good]);
      expect(settled.map(({ status }) => status)).to.deep.equal([
        'rejected',
        'rejected',
        'fulfilled',
        'fulfilled',
        'fulfilled',
      ]);
      expect(await store.find('group', {})).to.have.lengthOf(3);
      expect(store.engine.catalog.find('test', 'never-made')).to.equal(undefined);
      expect(await store.command({ validate: 'group' })).to.include({ valid: true });
    });

    it('does not harm a transaction that is open meanwhile', async () => {
      await store.insert('kept', [{ _id: 1 }]);
      const tx = store.begin('kept/1');
      await store.insert('kept', [{ _id: 2 }], tx);
      const broken = store.engine.run(() => {
        throw new TypeError('a fault of the store');
      });
      await Promise.allSettled([broken]);
      store.engine.commit(tx);
      expect(await store.command({ validate: 'kept' })).to.include({ valid: true });
      expect(await store.command({ count: 'kept' })).to.deep.include({ n: new Int32(2) });
    });
  });

  describe('arrays under an index', () => {
    it('are known after a restart though the transaction that met them first was given up', async () => {
      await store.command({ createIndexes: 'multi', indexes: [{ key: { tags: 1 }, name: 't' }] });
      const tx = store.begin('multi/1');
      await store.insert('multi', [{ _id: 1, tags: ['a', 'b'] }], tx);
      store.engine.transactions.end(tx);
      await store.insert('multi', [{ _id: 2, tags: ['a', 'c'] }]);
      store = await store.reopen();
      expect(await store.command({ validate: 'multi' })).to.include({ valid: true });
      expect(await store.find('multi', { filter: { tags: { $gte: 'a' } } })).to.have.lengthOf(1);
    });
  });

  describe('a transaction', () => {
    const update = (q: Doc, u: unknown) => ({ update: 't', updates: [{ q, u }] });

    it('ends at its first error, of a read too', async () => {
      await store.insert('t', [{ _id: 1, v: 0 }]);
      const tx = store.begin('e/1');
      await store.command(update({ _id: 1 }, { $set: { v: 5 } }), tx);
      expect(await codeOf(() => store.find('t', { filter: { v: { $no: 1 } } }, tx))).to.equal(2);
      expect(tx.isOpen).to.equal(false);
      expect(await codeOf(() => store.engine.transactions.get('e/1', false, 0))).to.equal(251);
      expect(await store.find('t', { filter: { v: 0 } })).to.have.lengthOf(1);
    });

    it('is ended by the next one of its session, by its connection and by time', () => {
      const first = store.begin('same/1');
      const second = store.begin('same/2');
      expect([first.isOpen, second.isOpen]).to.deep.equal([false, true]);
      second.connection = 'here';
      store.engine.transactions.endConnection('there');
      expect(second.isOpen).to.equal(true);
      store.engine.transactions.endConnection('here');
      expect(second.isOpen).to.equal(false);
      const third = store.begin('same/3');
      store.engine.transactions.reap(third.lastUse + 59_000);
      expect(third.isOpen).to.equal(true);
      store.engine.transactions.reap(third.lastUse + 61_000);
      expect(third.isOpen).to.equal(false);
    });

    it('cannot be begun again once it has ended', async () => {
      store.engine.transactions.end(store.begin('over/1'));
      expect(await codeOf(() => store.begin('over/1'))).to.equal(251);
    });

    it('reads nothing through an index that is younger than its snapshot', async () => {
      await store.insert('young', [{ _id: 1, k: 1 }]);
      const tx = store.begin('young/1');
      await store.command({ createIndexes: 'young', indexes: [{ key: { k: 1 }, name: 'k' }] });
      const failure = await failureOf(() => store.find('young', { filter: { k: 1 } }, tx));
      expect(failure.code).to.equal(246);
      expect(failure.labels).to.include('TransientTransactionError');
      const later = store.begin('young/2');
      expect(await store.find('young', { filter: { k: 1 } }, later)).to.have.lengthOf(1);
      store.engine.transactions.end(later);
    });

    it('keeps its collection from being dropped, renamed or indexed, also when it only updates', async () => {
      await store.insert('busy', [{ _id: 1 }]);
      const tx = store.begin('busy/1');
      await store.command({ update: 'busy', updates: [{ q: { _id: 1 }, u: { $set: { a: 1 } } }] }, tx);
      const index = { createIndexes: 'busy', indexes: [{ key: { a: 1 }, name: 'a' }] };
      const rename = { renameCollection: 'test.busy', to: 'test.other' };
      for (const body of [{ drop: 'busy' }, rename, index])
        expect(await codeOf(() => store.command(body)), JSON.stringify(body)).to.equal(117);
      store.engine.commit(tx);
      expect(await store.command({ validate: 'busy' })).to.include({ valid: true });
    });

    it('may hold 16 MiB of documents and no more', async () => {
      const tx = store.begin('large/1');
      const documents = Array.from({ length: 17 }, (_, _id) => ({ _id, text: 'x'.repeat(1024 * 1024) }));
      expect(await codeOf(() => store.insert('large', documents, tx))).to.equal(257);
      expect(await store.find('large', {})).to.have.lengthOf(0);
    });

    it('takes its cursors along', async () => {
      await store.insert(
        'cur',
        Array.from({ length: 20 }, (_, _id) => ({ _id })),
      );
      const tx = store.begin('cur/1');
      const open = await store.command({ find: 'cur', batchSize: 2 }, tx);
      const { id } = batchOf(open);
      store.engine.transactions.end(tx);
      expect(await codeOf(() => store.command({ getMore: id, collection: 'cur' }))).to.equal(43);
    });

    it('that this store has never seen is not reported as safe to repeat', async () => {
      const lsid = { id: new mongo.Binary(Buffer.alloc(16, 7), 4) };
      const body = { commitTransaction: 1, lsid, txnNumber: Long.ONE, autocommit: false };
      const unseen = await failureOf(() => store.command(body));
      expect(unseen.code).to.equal(251);
      expect(unseen.labels).to.deep.equal([]);
      const id = `${lsid.id.toString('hex')}/1`;
      store.engine.transactions.end(store.begin(id));
      expect((await failureOf(() => store.command(body))).labels).to.include('TransientTransactionError');
    });
  });

  describe('what it does not know', () => {
    const refused: [Doc, number][] = [
      [{ find: 'none', nonsense: 1 }, 40415],
      [{ find: 'none', filter: { $jsonSchema: {} } }, 115],
      [{ find: 'none', readConcern: { level: 'snapshot' } }, 115],
      [{ find: 'none', tailable: true }, 115],
      [{ find: 'none', sort: { a: 2 } }, 2],
      [{ find: 'none', projection: { a: { $nope: 1 } } }, 168],
      [{ aggregate: 'none', pipeline: [{ $match: { a: { $nope: 1 } } }], cursor: {} }, 2],
      [{ aggregate: 'none', pipeline: [{ $group: { _id: 1, a: { $nope: 1 } } }], cursor: {} }, 15952],
      [{ aggregate: 'none', pipeline: [{ $group: { _id: { $capturePrepared: 1 } } }], cursor: {} }, 168],
      [{ aggregate: 'none', pipeline: [], cursor: {}, explain: true }, 40415],
      [{ update: 'none', updates: [{ q: {}, u: {}, odd: 1 }] }, 40415],
      [{ delete: 'none', deletes: [{ q: { a: { $nope: 1 } }, limit: 0 }] }, 2],
      [{ createIndexes: 'none', indexes: [{ key: { a: 1 }, name: 'a', odd: 1 }] }, 197],
      [{ create: 'none', capped: true }, 115],
      [{ update: 'none', updates: [], txnNumber: Long.ONE }, 20],
      [{ changeStream: 1 }, 59],
      [{ aggregate: 'none', pipeline: [{ $changeStream: {} }], cursor: {} }, 115],
    ];
    for (const [body, code] of refused) {
      it(`is refused with ${String(code)}: ${mongo.BSON.EJSON.stringify(body)}`, async () => {
        expect(await codeOf(() => store.command(body))).to.equal(code);
        expect(store.engine.catalog.find('test', 'none')).to.equal(undefined);
      });
    }
  });

  describe('documents', () => {
    it('keep _id in front when they are replaced', async () => {
      await store.insert('front', [{ _id: 1, a: 1 }]);
      await store.command({ update: 'front', updates: [{ q: { a: 1 }, u: { b: 2, a: 1 } }] });
      const [doc] = await store.find('front', {});
      expect(Object.keys(doc ?? {})).to.deep.equal(['_id', 'b', 'a']);
      const again = await store.command({ update: 'front', updates: [{ q: { a: 1 }, u: { b: 2, a: 1 } }] });
      expect(again).to.deep.include({ nModified: new Int32(0) });
    });

    it('keep the types of numbers that an update pipeline does not compute', async () => {
      const numbers = { l: Long.fromNumber(5), d: Decimal128.fromString('5.10'), f: new Double(5), i: 5 };
      await store.insert('types', [{ _id: 1, ...numbers, in: [{ l: Long.fromNumber(7) }] }]);
      const u = [
        { $set: { sum: { $add: ['$i', 1] }, big: { $multiply: ['$l', Long.fromString('3000000000')] } } },
      ];
      await store.command({ update: 'types', updates: [{ q: {}, u }] });
      const [doc] = await store.find('types', {});
      expect(doc).to.deep.include({ ...numbers, i: new Int32(5), in: [{ l: Long.fromNumber(7) }] });
      expect(doc).to.deep.include({ sum: new Int32(6), big: Long.fromString('15000000000') });
    });

    it('have exact sums and comparisons in expressions', async () => {
      const n = Long.fromString('9007199254740993');
      await store.insert('wide', [{ _id: 1, n, dec: Decimal128.fromString('10') }]);
      const match = (expression: Doc) => store.find('wide', { filter: { $expr: expression } });
      expect(
        await match({ $eq: [{ $add: ['$n', 2] }, Long.fromString('9007199254740995')] }),
      ).to.have.lengthOf(1);
      expect(await match({ $gt: ['$dec', 5] })).to.have.lengthOf(1);
      expect(await match({ $lt: ['\uffee', '\u{20000}'] })).to.have.lengthOf(1);
      expect(await codeOf(() => match({ $divide: ['$n', 0] }))).to.equal(2);
    });

    it('are refused when they have no possible _id', async () => {
      expect(codesOf(await store.insert('ids', [{ _id: [1] }]))).to.deep.equal([53]);
      expect(codesOf(await store.insert('ids', [{ _id: /a/ }]))).to.deep.equal([53]);
    });

    it('are updated and deleted by the many, others having their turn in between', async () => {
      const documents = Array.from({ length: 12_000 }, (_, _id) => ({ _id, v: 0 }));
      for (let at = 0; at < documents.length; at += 1000)
        await store.insert('bulk', documents.slice(at, at + 1000));
      const all = store.command({
        update: 'bulk',
        updates: [{ q: { v: 0 }, u: { $inc: { v: 1 } }, multi: true }],
      });
      let between = 0;
      const other = (async () => {
        for (; between < 2; between += 1)
          await store.command({ update: 'bulk', updates: [{ q: { _id: 11_999 }, u: { $set: { v: 9 } } }] });
      })();
      expect(await all).to.deep.include({ n: new Int32(11_999), nModified: new Int32(11_999) });
      await other;
      const gone = await store.command({ delete: 'bulk', deletes: [{ q: { v: 1 }, limit: 0 }] });
      expect(gone).to.deep.include({ n: new Int32(11_999) });
      expect(await store.command({ validate: 'bulk' })).to.include({ valid: true });
    });
  });

  describe('limits', () => {
    before(async () => {
      const text = 'y'.repeat(1024 * 1024);
      for (let at = 0; at < 110; at += 10) {
        await store.insert(
          'heavy',
          Array.from({ length: 10 }, (_, i) => ({ _id: at + i, n: -at - i, text })),
        );
      }
      await store.insert(
        'rows',
        Array.from({ length: 6000 }, (_, _id) => ({ _id, t: `y${String(_id)}` })),
      );
    });

    it('a sort or group that does not fit into memory is refused, with a limit it fits', async () => {
      const projection = { _id: 1 };
      expect(await codeOf(() => store.find('heavy', { sort: { n: 1 }, projection }))).to.equal(292);
      const few = await store.find('heavy', { sort: { n: 1 }, limit: 2, projection });
      expect(few.map(({ _id }) => Number(_id))).to.deep.equal([109, 108]);
      const pipeline = [{ $group: { _id: null, all: { $push: '$text' } } }];
      expect(await codeOf(() => store.command({ aggregate: 'heavy', pipeline, cursor: {} }))).to.equal(292);
    });

    it('maxTimeMS ends a scan', async () => {
      const filter = { $expr: { $eq: ['$t', 'no'] } };
      expect(await codeOf(() => store.find('rows', { filter, maxTimeMS: 1 }))).to.equal(50);
    });

    it('what reads by a dropped index or collection ends with an error', async () => {
      const index = { createIndexes: 'rows', indexes: [{ key: { t: 1 }, name: 't' }] };
      await store.command(index);
      const body = { find: 'rows', filter: { t: { $gte: 'y' } }, batchSize: 2 };
      const byIndex = batchOf(await store.command(body)).id;
      const reading = codeOf(() =>
        store.find('rows', { filter: { t: { $gte: 'y' } }, projection: { _id: 1 } }),
      );
      await new Promise(setImmediate);
      await store.command({ dropIndexes: 'rows', index: 't' });
      expect(await reading).to.equal(175);
      const more = (id: unknown) => codeOf(() => store.command({ getMore: id, collection: 'rows' }));
      expect(await more(byIndex)).to.equal(43);
      const scan = batchOf(await store.command({ find: 'rows', batchSize: 2 })).id;
      await store.command({ drop: 'rows' });
      expect(await more(scan)).to.equal(43);
    });
  });
});
