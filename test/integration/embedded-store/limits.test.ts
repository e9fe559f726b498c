import { expect } from 'chai';
import { engineUnderTest, type EngineUnderTest } from './engine.ts';

const codeOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );

describe('embedded store: limits', function () {
  this.timeout(60_000);
  let store: EngineUnderTest;
  before(async () => {
    store = await engineUnderTest();
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ _id: i, n: i % 7, t: 'x'.repeat(50) }));
    await store.insert('rows', rows);
    await store.command({ createIndexes: 'rows', indexes: [{ key: { n: 1 }, name: 'n' }] });
  });
  after(() => store.drop());

  it('maxTimeMS ends updates, deletes, aggregations, counts and values of many', async () => {
    const filter = { t: { $regex: 'y$' } };
    for (const body of [
      { update: 'rows', updates: [{ q: filter, u: { $set: { a: 1 } }, multi: true }] },
      { delete: 'rows', deletes: [{ q: filter, limit: 0 }] },
      { aggregate: 'rows', pipeline: [{ $match: filter }], cursor: {} },
      { count: 'rows', query: filter },
      { distinct: 'rows', key: 'n', query: filter },
    ]) {
      expect(await codeOf(store.command({ ...body, maxTimeMS: 1 })), Object.keys(body)[0]).to.equal(50);
    }
  });

  it('maxTimeMS ends a plain write that waits for a transaction', async () => {
    await store.insert('held', [{ _id: 1, n: 0 }]);
    const tx = store.begin('held/1');
    await store.command({ update: 'held', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] }, tx);
    const waiting = { update: 'held', updates: [{ q: { _id: 1 }, u: { $inc: { n: 10 } } }] };
    expect(await codeOf(store.command({ ...waiting, maxTimeMS: 30 }))).to.equal(50);
    const patient = store.command({ ...waiting, maxTimeMS: 60_000 });
    store.engine.commit(tx);
    expect(await patient).to.include({ ok: 1 });
    expect(await store.find('held', {})).to.have.nested.property('[0].n.value', 11);
  });

  it('others have their turn while a collection is validated, and what they write does not disturb it', async () => {
    let done = false;
    const validated = store.command({ validate: 'rows' }).finally(() => (done = true));
    await store.insert('rows', [{ _id: 'new', n: 3 }]);
    expect(done).to.equal(false);
    expect(await validated).to.include({ valid: true });
    expect(await store.command({ validate: 'rows' })).to.include({ valid: true });
  });
});
