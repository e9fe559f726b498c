import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { MUTATION_KEYS, onceFor } from '../../../server/db/idempotency.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { codeOf, movingClock } from '../../support/doors.ts';
import { testDb, type TestDb } from '../../support/store.ts';

describe('onceFor', () => {
  const clock = movingClock();
  let store: TestDb;
  let key = 0;

  before(async () => {
    store = await testDb();
    await migrate(store.db, clock);
  });
  after(() => store.drop());
  beforeEach(() => {
    key += 1;
  });

  const call = (over: object = {}) => ({
    viewerKey: 'account:a',
    operation: 'submitCreditRecords',
    key: String(key),
    input: { rows: [1, 2] },
    ...over,
  });
  const counted = () => {
    let runs = 0;
    return {
      runs: () => runs,
      fn: async () => {
        runs += 1;
        await sleep(20);
        return { run: runs };
      },
    };
  };

  it('executes once and answers the same again', async () => {
    const { fn, runs } = counted();
    expect(await onceFor(store.db, clock, call(), fn)).to.deep.equal({ run: 1 });
    expect(await onceFor(store.db, clock, call(), fn)).to.deep.equal({ run: 1 });
    expect(runs()).to.equal(1);
  });

  it('executes parallel calls once', async () => {
    const { fn, runs } = counted();
    const answers = await Promise.all(Array.from({ length: 6 }, () => onceFor(store.db, clock, call(), fn)));
    expect(new Set(answers.map(({ run }) => run))).to.deep.equal(new Set([1]));
    expect(runs()).to.equal(1);
  });

  it('refuses another input under the same key, from the first moment on', async () => {
    const { fn } = counted();
    const running = onceFor(store.db, clock, call(), fn);
    await sleep(10);
    const other = call({ input: { rows: [1, 3] } });
    expect(await codeOf(onceFor(store.db, clock, other, fn))).to.equal('MUTATION_KEY_REUSED');
    await running;
    expect(await codeOf(onceFor(store.db, clock, other, fn))).to.equal('MUTATION_KEY_REUSED');
  });

  it('keeps viewers and mutations apart', async () => {
    const { fn, runs } = counted();
    await onceFor(store.db, clock, call(), fn);
    await onceFor(store.db, clock, call({ viewerKey: 'account:b' }), fn);
    await onceFor(store.db, clock, call({ operation: 'other' }), fn);
    expect(runs()).to.equal(3);
  });

  it('keeps nothing of a call that failed', async () => {
    const { fn, runs } = counted();
    await onceFor(store.db, clock, call(), () => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(await onceFor(store.db, clock, call(), fn)).to.deep.equal({ run: 1 });
    expect(runs()).to.equal(1);
  });

  it('goes on after a process that died, when its lease is over, once', async () => {
    const { fn, runs } = counted();
    // A call that never comes back stands for the dead process.
    void onceFor(store.db, clock, call(), () => new Promise(() => undefined));
    await sleep(20);
    clock.advance(31_000);
    const answers = await Promise.all([1, 2, 3].map(() => onceFor(store.db, clock, call(), fn)));
    expect(answers).to.deep.equal([{ run: 1 }, { run: 1 }, { run: 1 }]);
    expect(runs()).to.equal(1);
  });

  it('leaves the clearing of old keys to the store', async () => {
    const indexes = await nativeCollection(store.db, MUTATION_KEYS).indexes();
    expect(indexes.some(({ expireAfterSeconds }) => expireAfterSeconds === 0)).to.equal(true);
  });
});
