import { expect } from 'chai';
import { anonymousViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { codeOf } from '../../support/doors.ts';
import type { NationalKind } from '../../support/feeds.ts';
import { movableClock } from '../../support/upstream.ts';
import { agencyViewer, bring, collectionOf, csvFile, rowOf, type Texts } from './feeds.ts';

describe('what the public sees of a batch', () => {
  const clock = movableClock('2026-03-02T02:00:00Z');
  let context: TestContext;
  let app: AppContext;
  let market: Viewer;
  let n = 0;

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    market = await agencyViewer(app, 'market');
  });
  after(() => context.close());

  async function store(kind: NationalKind, ...rows: Texts[]): Promise<string[]> {
    const batch = await bring(app, csvFile(kind, rows), {
      viewer: market,
      feed: `market/${kind.toLowerCase()}`,
    });
    expect(batch.rows.refused, 'refused').to.equal(0);
    return rows.map((row) => row['documentNumber'] ?? '');
  }
  const shown = async (documentNumber: string) =>
    (await app.publications.page(anonymousViewer, { documentNumber }, { first: 5 })).nodes;

  it('leaves out natural persons’ penalties and penalties that are warnings only', async () => {
    const fine = { penaltyKinds: '罚款', confiscated: '', content: '罚款5000元' };
    const warning = { penaltyKinds: '警告', fine: '', confiscated: '', content: '警告' };
    const numbers = await store(
      'PENALTY',
      rowOf('PENALTY', (n += 1), fine),
      rowOf('PENALTY', (n += 1), fine, 'INDIVIDUAL_BUSINESS'),
      rowOf('PENALTY', (n += 1), fine, 'NATURAL_PERSON'),
      rowOf('PENALTY', (n += 1), warning),
      rowOf('PENALTY', (n += 1), { ...warning, penaltyKinds: '警告；通报批评' }),
      rowOf('PENALTY', (n += 1), { ...fine, penaltyKinds: '警告；罚款' }),
    );
    const counts = await Promise.all(numbers.map(async (number) => (await shown(number)).length));
    expect(counts).to.deep.equal([1, 1, 0, 0, 0, 1]);
    const stored = await collectionOf(app, 'credit_records').countDocuments({
      documentNumber: { $in: numbers },
    });
    expect(stored).to.equal(6);
  });

  it('shows a natural person’s licence without a name or a number', async () => {
    const row = rowOf('LICENSE', (n += 1), {}, 'NATURAL_PERSON');
    const [number] = await store('LICENSE', row);
    const [found] = await shown(number ?? '');
    expect(found?.counterpartName).to.equal('王*');
    const text = JSON.stringify([found, await collectionOf(app, 'publications').find({}).toArray()]);
    expect(text).not.to.include('王示例').and.not.to.include(row['idNumber']);
  });

  it('shows until the end of 公示截止期, else three years, and not on the day after', async () => {
    const given = rowOf('PENALTY', (n += 1), { decidedOn: '2026/01/05', publicUntil: '2026/04/05' });
    const [short = ''] = await store('PENALTY', given);
    const [long = ''] = await store('LICENSE', rowOf('LICENSE', (n += 1), { decidedOn: '2026/01/05' }));
    const untilOf = async (number: string) => (await shown(number))[0]?.shownUntil;
    expect([await untilOf(short), await untilOf(long)]).to.deep.equal(['2026-04-05', '2029-01-05']);
    const id = (await shown(short))[0]?.id ?? '';
    const start = clock.now().getTime();
    const to = (instant: string): void => clock.forward(new Date(instant).getTime() - clock.now().getTime());
    to('2026-04-05T15:59:59Z');
    expect(await shown(short)).to.have.length(1);
    to('2026-04-05T16:00:00Z');
    expect(await shown(short)).to.have.length(0);
    expect(await codeOf(app.publications.get(anonymousViewer, id))).to.equal('RECORD_NOT_FOUND');
    expect(await shown(long)).to.have.length(1);
    clock.forward(start - clock.now().getTime());
  });

  it('takes a copy down and puts it up again as revisions change', async () => {
    const row = rowOf('PENALTY', (n += 1), { penaltyKinds: '罚款', confiscated: '', content: '罚款' });
    const [number = ''] = await store('PENALTY', row);
    await store('PENALTY', { ...row, penaltyKinds: '警告', fine: '', content: '警告' });
    expect(await shown(number)).to.deep.equal([]);
    await store('PENALTY', { ...row, content: '罚款五千元' });
    expect((await shown(number)).map(({ revision }) => revision)).to.deep.equal([3]);
  });

  it('does not show a revoked licence', async () => {
    const row = rowOf('LICENSE', (n += 1));
    const [number = ''] = await store('LICENSE', row);
    expect(await shown(number)).to.have.length(1);
    await store('LICENSE', { ...row, state: '撤销' });
    const [record] = (await app.creditRecords.page(market, { documentNumber: number }, { first: 1 })).nodes;
    expect(record?.revision).to.equal(2);
    expect(await shown(number)).to.deep.equal([]);
  });

  it('masks identity numbers and names for the agency as well', async () => {
    const row = rowOf('PENALTY', (n += 1), { penaltyKinds: '罚款', confiscated: '' }, 'NATURAL_PERSON');
    const [documentNumber = ''] = await store('PENALTY', row);
    const text = JSON.stringify(
      (await app.creditRecords.page(market, { documentNumber }, { first: 1 })).nodes,
    );
    expect(text).not.to.include(row['idNumber']).and.not.to.include('王示例');
    expect(text).to.include('620************012');
  });
});
