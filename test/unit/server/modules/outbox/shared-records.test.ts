import { expect } from 'chai';
import type { PushableRecord } from '../../../../../server/modules/credit-record/index.ts';
import { SharedRecords } from '../../../../../server/modules/outbox/shared-records.ts';

type Ids = readonly { recordId: string; revision: number }[];

const batch = (...names: readonly string[]): Ids => names.map((recordId) => ({ recordId, revision: 1 }));

function loader() {
  const asked: Ids[] = [];
  const load = (ids: Ids): Promise<PushableRecord[]> => {
    asked.push(ids);
    return Promise.resolve(ids.map((id) => ({ ...id }) as PushableRecord));
  };
  return { asked, load };
}

describe('SharedRecords', () => {
  it('reads a batch once for two platforms, then anew', async () => {
    const { asked, load } = loader();
    const records = new SharedRecords(load, () => Promise.resolve(2));
    const [one, other] = await Promise.all([records.get(batch('a', 'b')), records.get(batch('a', 'b'))]);
    expect(other).to.equal(one);
    expect(one).to.deep.equal(batch('a', 'b'));
    await records.get(batch('a', 'b'));
    expect(asked).to.have.length(2);
  });

  it('reads it for the third of three without reading again', async () => {
    const { asked, load } = loader();
    const records = new SharedRecords(load, () => Promise.resolve(3));
    for (let i = 0; i < 3; i += 1) await records.get(batch('a'));
    expect(asked).to.have.length(1);
  });

  it('keeps nothing for one platform', async () => {
    const { asked, load } = loader();
    const records = new SharedRecords(load, () => Promise.resolve(1));
    await records.get(batch('a'));
    await records.get(batch('a'));
    expect(asked).to.have.length(2);
  });

  it('takes other batches, orders and revisions for what they are', async () => {
    const { asked, load } = loader();
    const records = new SharedRecords(load, () => Promise.resolve(2));
    for (const ids of [batch('a', 'b'), batch('b', 'a'), batch('a'), [{ recordId: 'a', revision: 2 }]]) {
      expect(await records.get(ids)).to.deep.equal(ids);
    }
    expect(asked).to.have.length(4);
  });

  it('keeps no failure', async () => {
    let works = false;
    const records = new SharedRecords(
      () => (works ? Promise.resolve([]) : Promise.reject(new Error('away'))),
      () => Promise.resolve(2),
    );
    expect(await records.get(batch('a')).catch((error: Error) => error.message)).to.equal('away');
    works = true;
    expect(await records.get(batch('a'))).to.deep.equal([]);
  });

  it('forgets the oldest when one platform is far ahead', async () => {
    const { asked, load } = loader();
    const records = new SharedRecords(load, () => Promise.resolve(2));
    for (let i = 0; i < 20; i += 1) await records.get(batch(`r${String(i)}`));
    await records.get(batch('r19'));
    expect(asked).to.have.length(20);
    await records.get(batch('r0'));
    expect(asked).to.have.length(21);
  });
});
