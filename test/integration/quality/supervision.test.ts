import { expect } from 'chai';
import fc from 'fast-check';
import { systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { canTransition } from '../../../server/lib/state-machine.ts';
import { ORDER_STATES, orderTransitions } from '../../../server/modules/quality/order.states.ts';
import { Sample } from '../../../server/modules/quality/sample.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { agencyViewer, bring, centre, csvFile, range, rowOf } from '../feed/feeds.ts';

describe('a random sample', () => {
  it('depends on seed and members alone, not on their order (property)', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 60 });
    fc.assert(
      fc.property(ids, fc.string(), fc.integer({ min: 1, max: 20 }), (all, seed, size) => {
        const draw = (members: readonly string[]): Sample => {
          const sample = new Sample(seed, size);
          for (const id of members) sample.add(id);
          return sample;
        };
        const one = draw(all);
        expect(one.ids()).to.deep.equal(draw([...all].reverse()).ids());
        expect(one.population).to.equal(all.length);
        expect(one.ids()).to.have.length(Math.min(size, all.length));
        expect(all).to.include.members(one.ids());
        expect(new Set(one.ids()).size).to.equal(one.ids().length);
      }),
    );
  });

  it('draws everybody about as often', () => {
    const times = new Map(range(10).map((i) => [String(i), 0]));
    for (const i of range(2_000)) {
      const sample = new Sample(String(i), 3);
      for (const id of times.keys()) sample.add(id);
      for (const id of sample.ids()) times.set(id, (times.get(id) ?? 0) + 1);
    }
    // 600 each; the standard deviation is about 20.
    for (const n of times.values()) expect(n).to.be.within(480, 720);
  });
});

describe('spot checks and supervision orders', function () {
  this.timeout(60_000);
  const clock = movableClock('2026-09-28T02:00:00Z');
  let context: TestContext;
  let app: AppContext;
  let tax: Viewer;
  let market: Viewer;

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    [tax, market] = await Promise.all([agencyViewer(app, 'tax'), agencyViewer(app, 'market')]);
    const row = (n: number) => rowOf('LICENSE', n, { decidedOn: '2026-09-10', validFrom: '2026-09-10' });
    await bring(app, csvFile('LICENSE', range(30).map(row)), { feed: 'tax/license' });
    await bring(app, csvFile('LICENSE', [row(99)]), { feed: 'market/license' });
  });
  after(() => context.close());

  const fails = (work: Promise<unknown>, code: string) =>
    work.then(
      () => expect.fail('went through'),
      (error: Error) => expect(error.message).to.equal(code),
    );
  const agencyId = () => tax.organizationId ?? '';
  const draw = (more: object = {}, viewer = centre) =>
    app.quality.checks.draw(viewer, { agencyId: agencyId(), period: '2026-09', size: 5, seed: 'a', ...more });

  it('draw a sample that can be drawn again, of the agency and period alone', async () => {
    const first = await draw();
    expect(first).to.include({ population: 30, seed: 'a', period: '2026-09' });
    expect(first.recordIds).to.have.length(5);
    expect((await draw()).recordIds).to.deep.equal(first.recordIds);
    expect((await draw({ seed: 'b' })).recordIds).not.to.deep.equal(first.recordIds);
    expect((await draw({ period: '2026-08' })).population).to.equal(0);
    const sample = await app.quality.checks.sample(first);
    expect(sample.map(({ id }) => id)).to.deep.equal(first.recordIds);
    expect(new Set(sample.map((record) => record.agencyId))).to.deep.equal(new Set([agencyId()]));
    const again = await draw({ key: 'k', seed: 'c' });
    expect((await draw({ key: 'k', seed: 'c' })).id).to.equal(again.id);
    await fails(draw({ size: 201 }), 'QUALITY_SAMPLE_SIZE');
    await fails(draw({ feed: 'market/license' }), 'QUALITY_FEED_UNKNOWN');
    await fails(draw({ period: 'x' }), 'QUALITY_PERIOD_INVALID');
    await fails(draw({}, tax), 'FORBIDDEN');
  });

  it('tell wrong and concealed decisions with their rates', async () => {
    const check = await draw();
    const [a = '', b = '', c = ''] = check.recordIds;
    const { checks } = app.quality;
    const note = (finding: object) =>
      checks.record(centre, { checkId: check.id, result: 'MATCH', ...finding });
    for (const recordId of [a, b, c]) await note({ recordId });
    await note({ recordId: c, result: 'WRONG', columns: [{ field: 'content', there: '另一种许可内容' }] });
    await note({ result: 'CONCEALED', feed: 'tax/license', documentNumber: '示字〔2026〕瞒1号' });
    expect(await checks.rates(check)).to.deep.equal({
      matching: 2,
      wrong: 1,
      concealed: 1,
      wrongRate: 333_333,
      concealedRate: 250_000,
    });
    const [stored] = await checks.sample(check);
    await fails(
      note({ result: 'CONCEALED', feed: 'tax/license', documentNumber: stored?.documentNumber }),
      'QUALITY_FINDING_STORED',
    );
    await fails(note({ recordId: '0'.repeat(24) }), 'QUALITY_NOT_DRAWN');
    await fails(note({ recordId: a, result: 'WRONG' }), 'QUALITY_COLUMNS_MISSING');
    await fails(
      note({ recordId: a, result: 'WRONG', columns: [{ field: 'x', there: '' }] }),
      'QUALITY_COLUMNS_MISSING',
    );
    await fails(checks.record(market, { checkId: check.id, result: 'MATCH', recordId: a }), 'FORBIDDEN');
  });

  it('go the way of the table: reply, return, reply, close', async () => {
    const { orders, notices } = app.quality;
    const issued = await orders.issue(centre, {
      agencyId: agencyId(),
      title: '瞒报整改',
      text: '请补报并说明原因',
      workingDays: 5,
      key: 'o',
    });
    // The national holiday lies between; 10 October is worked.
    expect(issued).to.include({
      number: '督〔2026〕1号',
      state: 'ISSUED',
      dueOn: '2026-10-10',
      overdue: false,
    });
    expect(
      (await orders.issue(centre, { agencyId: agencyId(), title: 'x', text: 'x', workingDays: 5, key: 'o' }))
        .id,
    ).to.equal(issued.id);
    await fails(orders.close(centre, issued.id, '好'), 'TRANSITION_REFUSED');
    await fails(orders.reply(market, issued.id, '不是我们的'), 'QUALITY_NOT_FOUND');
    await fails(orders.get(market, issued.id), 'QUALITY_NOT_FOUND');
    await fails(orders.reply(tax, issued.id, '  '), 'QUALITY_TEXT_INVALID');
    clock.forward(13 * 86_400_000);
    expect(await orders.get(tax, issued.id)).to.include({ overdue: true });
    expect(await orders.reply(tax, issued.id, '已补报')).to.include({ state: 'REPLIED', overdue: false });
    await fails(orders.reply(tax, issued.id, '再说'), 'TRANSITION_REFUSED');
    await fails(orders.close(tax, issued.id, '好'), 'FORBIDDEN');
    expect(await orders.giveBack(centre, issued.id, '还缺一件', 3)).to.include({
      state: 'RETURNED',
      dueOn: '2026-10-14',
    });
    await orders.reply(tax, issued.id, '已全部补报');
    const both = await Promise.allSettled([
      orders.close(centre, issued.id, '同意办结'),
      orders.giveBack(centre, issued.id, '再查', 3),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    const told = (await notices.page(tax, { first: 50 })).nodes.filter(
      ({ params }) => params['order'] === issued.number,
    );
    expect(told.map(({ kind }) => kind)).to.include.members(['ORDER_ISSUED', 'ORDER_RETURNED']);
    const trail = await app.audit.page(systemViewer, { first: 50 });
    expect(trail.nodes.filter(({ object }) => object === `supervision-order:${issued.id}`)).to.have.length(5);
  });

  it('are numbered without gaps when several are issued at once, and listed to whom they belong', async () => {
    const { orders } = app.quality;
    await Promise.all(
      range(5).map((i) =>
        orders.issue(centre, {
          agencyId: agencyId(),
          title: `第${String(i)}件`,
          text: '请整改',
          workingDays: 5,
        }),
      ),
    );
    const all = (await orders.page(tax, { first: 50 })).nodes;
    expect(all.map(({ serial }) => serial).sort((a, b) => a - b)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect((await orders.page(market, { first: 50 })).nodes).to.deep.equal([]);
    expect((await orders.page(centre, { first: 50 })).nodes).to.have.length(6);
  });

  it('move as the table says, state by state', () => {
    const moves = ORDER_STATES.flatMap((from) =>
      ORDER_STATES.filter((to) => canTransition(orderTransitions, from, to)).map((to) => `${from} ${to}`),
    );
    expect(moves).to.deep.equal(['ISSUED REPLIED', 'REPLIED RETURNED', 'REPLIED CLOSED', 'RETURNED REPLIED']);
  });
});
