import { expect } from 'chai';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import type { RecordChange } from '../../../server/modules/credit-record/index.ts';
import { loadRouting, type RefusedItem } from '../../../server/modules/outbox/index.ts';
import { columnCodeOf } from '../../../server/modules/outbox/platforms/column-code.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { derivedChanges, derivedRecords } from '../../support/derived-records.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import { connectPlatform, startSim, testOutbox, type TestOutbox } from '../../support/upstream.ts';

describe('a platform of an older edition with codes of its own', () => {
  let store: TestDb;
  let sim: Simulator;
  let box: TestOutbox;
  const refused: RefusedItem[] = [];
  const changes = derivedChanges(1, 4).map((change): RecordChange => ({
    ...change,
    kind: 'LICENSE',
    feed: 'market/license',
  }));
  /** 当前状态 by the last digit of the record: 1 有效, 2 无效. */
  const stateOf = (recordId: string): string => (recordId.endsWith('3') ? '2' : '1');

  before(async () => {
    store = await testDb();
    const routing = loadRouting().map((platform) =>
      platform.code === 'province'
        ? { ...platform, template: 'g1' as const, codeMaps: ['codes-2016'] }
        : platform,
    );
    box = testOutbox(store.db, {
      routing,
      columnCode: columnCodeOf,
      source: {
        ...derivedRecords,
        pushable: async (ids) =>
          (await derivedRecords.pushable(ids)).map((record) => ({
            ...record,
            kind: 'LICENSE',
            feed: 'market/license',
            fields: { ...record.fields, counterpartKind: '自然人', state: stateOf(record.recordId) },
          })),
      },
      onRefused: async (items) => {
        refused.push(...items);
      },
    });
    await migrate(store.db, systemClock);
    sim = await startSim();
    await connectPlatform(box.outbox, sim.url);
    await connectPlatform(box.outbox, sim.url, { code: 'second' });
  });
  after(async () => {
    await box.outbox.close();
    await sim.close();
    await store.drop();
  });

  it('gets what can be said in them; the rest goes back to its agency, and to other platforms as ever', async () => {
    await box.enqueue(changes);
    await box.outbox.deliverAllDue({ drain: true });
    expect(await box.outbox.counts('province')).to.include({ CONFIRMED: 3, REFUSED: 1 });
    expect(await box.outbox.counts('second')).to.include({ CONFIRMED: 4, REFUSED: 0 });
    expect(refused).to.deep.equal([
      {
        recordId: changes[2]?.recordId,
        revision: 1,
        platform: 'province',
        code: 'PUSH_CODE_UNMAPPED',
        message: 'XK_ZT：2',
        local: true,
      },
    ]);
  });

  it('gets the corrected revision: what was refused here never stood there', async () => {
    const [, , bad] = changes;
    if (!bad) throw new Error('no such change');
    await box.enqueue([{ ...bad, revision: 2 }]);
    expect(await box.outbox.counts('province')).to.include({ REFUSED: 0, SUPERSEDED: 1, PENDING: 1 });
  });
});
