import { expect } from 'chai';
import { makeViewer, systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { findSilentAgencies } from '../../../jobs/find-silent-agencies.job.ts';
import { remindAgencies } from '../../../jobs/remind-agencies.job.ts';
import { gaps as gapsCheck } from '../../../server/cli/verify/gaps.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { agencyViewer, bring, centre, collectionOf, csvFile, rowOf } from '../feed/feeds.ts';

const FEED = 'tax/license';

describe('silent agencies, zero reports and reminders', function () {
  this.timeout(60_000);
  // Monday, 5 January 2026: the week 2026-W02 begins.
  const clock = movableClock('2026-01-05T01:00:00Z');
  const { signal } = new AbortController();
  let context: TestContext;
  let app: AppContext;
  let tax: Viewer;
  let n = 0;

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    tax = await agencyViewer(app, 'tax');
  });
  after(() => context.close());

  const at = (moment: string): void =>
    clock.forward(Date.parse(`${moment}:00+08:00`) - clock.now().getTime());
  const find = () => findSilentAgencies.run({ app, signal });
  const remind = () => remindAgencies.run({ app, signal });
  const report = (decidedOn: string, feed = FEED) =>
    bring(app, csvFile('LICENSE', [rowOf('LICENSE', (n += 1), { decidedOn, validFrom: decidedOn })]), {
      feed,
    });

  async function gaps(open = true): Promise<string[]> {
    const { nodes } = await app.quality.silence.gaps(tax, { open }, { first: 100 });
    return nodes.filter(({ feed }) => feed === FEED).map(({ period, reason }) => `${period} ${reason}`);
  }
  async function stateOf(period: string, feed = FEED): Promise<string | undefined> {
    const duties = await app.quality.duties.duties(tax);
    return duties.find((duty) => duty.feed === feed && duty.period.name === period)?.state;
  }
  async function notices(feed = FEED): Promise<string[]> {
    const { nodes } = await app.quality.notices.page(tax, { first: 100 });
    return nodes
      .filter(({ params }) => params['feed'] === feed)
      .map(({ kind, params }) => `${kind} ${params['period'] ?? ''}`)
      .sort();
  }
  const fails = (work: Promise<unknown>, code: string) =>
    work.then(
      () => expect.fail('went through'),
      (error: Error) => expect(error.message).to.equal(code),
    );

  it('tell an agency what is under way and when it is due', async () => {
    const duties = await app.quality.duties.duties(tax);
    const week = duties.find(({ feed, period }) => feed === FEED && period.cadence === 'WEEKLY');
    // Seven working days behind Sunday, 11 January.
    expect(week).to.deep.include({ state: 'RUNNING', dueOn: '2026-01-20' });
    expect(week?.period).to.include({ name: '2026-W02', first: '2026-01-05', last: '2026-01-11' });
    // Periods that began before the agency was there are none of its.
    expect(duties.every(({ period }) => period.first >= '2026-01-05')).to.equal(true);
  });

  it('open no gap before the due day, and one behind it, once', async () => {
    at('2026-01-20T23:00');
    await find();
    expect(await gaps()).to.deep.equal([]);
    at('2026-01-21T00:40');
    const first = await find();
    expect(first['opened']).to.be.greaterThan(0);
    expect(await gaps()).to.deep.equal(['2026-W02 SILENT']);
    expect(await find()).to.include({ opened: 0, closed: 0, open: first['open'] });
    const { rows } = await app.quality.reports.report(tax, { period: '2026-01', by: 'FEED' });
    expect(rows.find(({ key }) => key === FEED)).to.include({ duePeriods: 1, gaps: 1 });
    expect(rows.find(({ key }) => key === FEED)?.rates.missing).to.equal(1_000_000);
  });

  it('close a gap by a later upload of that period', async () => {
    await report('2026-01-07');
    await find();
    expect(await gaps()).to.deep.equal([]);
    expect(await gaps(false)).to.deep.equal(['2026-W02 SILENT']);
    expect(await stateOf('2026-W02')).to.equal('REPORTED');
  });

  it('take a zero report for a period that is over and has nothing', async () => {
    const zero = (period: string, viewer = tax, feed = FEED) =>
      app.quality.duties.fileZero(viewer, { feed, period });
    at('2026-01-28T09:00');
    await find();
    // 2026-W03 ended on the 18th and was due on the 27th.
    expect(await gaps()).to.deep.equal(['2026-W03 SILENT']);
    await fails(zero('2026-W02'), 'QUALITY_ZERO_NOT_TRUE');
    await fails(zero('2026-W05'), 'QUALITY_PERIOD_RUNNING');
    await fails(zero('2026-01'), 'QUALITY_PERIOD_INVALID');
    await fails(zero('2026-W03', tax, 'market/license'), 'QUALITY_NOT_FOUND');
    await fails(zero('2026-W03', centre), 'FORBIDDEN');
    const checker = makeViewer({ ...tax, roles: ['AGENCY_CHECKER'] });
    await fails(zero('2026-W03', checker), 'FORBIDDEN');
    expect(await zero('2026-W03')).to.include({ state: 'ZERO' });
    expect(await zero('2026-W03')).to.include({ state: 'ZERO' });
    expect(await gaps()).to.deep.equal([]);
    await find();
    expect(await gaps()).to.deep.equal([]);
    const trail = await app.audit.page(systemViewer, { first: 20 }, { action: 'quality:zero-report' });
    expect(trail.nodes.map(({ detail }) => detail)).to.deep.equal([{ feed: FEED, period: '2026-W03' }]);
  });

  it('find decisions that another system counts and nobody reported, zero report or not', async () => {
    const count = (period: string, n: number) =>
      app.quality.duties.saveCounts(centre, [
        { agencyId: tax.organizationId ?? '', feed: FEED, period, count: n, source: '审批系统' },
      ]);
    await count('2026-01', 3);
    await count('2026-W03', 1);
    await find();
    // The month is not due yet; the week is.
    expect(await gaps()).to.deep.equal(['2026-W03 SHORT']);
    at('2026-02-11T09:00');
    await find();
    expect(await gaps()).to.include('2026-01 SHORT');
    const { nodes } = await app.quality.silence.gaps(
      centre,
      { agencyId: tax.organizationId ?? '' },
      { first: 50 },
    );
    expect(nodes.find(({ period }) => period === '2026-01')).to.include({ expected: 3, found: 1 });
    await report('2026-01-14');
    await report('2026-01-15');
    await find();
    expect((await gaps()).filter((gap) => gap.endsWith('SHORT'))).to.deep.equal([]);
    await fails(count('2026-01', -1), 'QUALITY_COUNT_INVALID');
    await fails(app.quality.duties.saveCounts(tax, []), 'FORBIDDEN');
    await fails(
      app.quality.duties.saveCounts(centre, [
        {
          agencyId: tax.organizationId ?? '',
          feed: 'market/license',
          period: '2026-01',
          count: 1,
          source: '',
        },
      ]),
      'QUALITY_COUNT_FEED',
    );
  });

  it('remind once a working day of what is due soon, overdue or missing', async () => {
    // The week of 16 February is due on 3 March: the days around the new year are off. Friday, three working days before.
    at('2026-02-27T09:00');
    await find();
    await remind();
    expect(await notices())
      .to.include('GAP 2026-W06')
      .and.not.include('DUE_SOON 2026-W08');
    const sent = await notices();
    expect(await remind()).to.deep.equal({ sent: 0 });
    // A Saturday that is worked.
    at('2026-02-28T09:00');
    await remind();
    expect(await notices()).to.include('DUE_SOON 2026-W08');
    expect((await notices()).length).to.be.greaterThan(sent.length);
    at('2026-03-01T09:00');
    expect(await remind()).to.deep.equal({ sent: 0 });
    // Past its day, and the job has not looked yet.
    at('2026-03-04T09:00');
    await remind();
    expect(await notices()).to.include('OVERDUE 2026-W08');
  });

  it('show notices to their organization alone, until they are read', async () => {
    const { quality } = app;
    const unread = await quality.notices.unread(tax);
    expect(unread).to.be.greaterThan(2);
    const first = await quality.notices.page(tax, { first: 2 });
    const other = await agencyViewer(app, 'market');
    await quality.notices.markRead(
      other,
      first.nodes.map(({ _id }) => _id),
    );
    expect(await quality.notices.unread(tax)).to.equal(unread);
    await quality.notices.markRead(
      tax,
      first.nodes.map(({ _id }) => _id),
    );
    expect(await quality.notices.unread(tax)).to.equal(unread - 2);
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await quality.notices.page(tax, { first: 7, ...(after === undefined ? {} : { after }) });
      seen.push(...page.nodes.map(({ _id }) => _id));
      if (!page.hasNext) break;
      after = page.cursors.at(-1);
    }
    expect(new Set(seen).size).to.equal(seen.length);
    expect(seen.slice(-2)).to.have.members(first.nodes.map(({ _id }) => _id));
  });

  it('are all there for credit verify, which sees one that is not', async () => {
    const check = async () => (await gapsCheck.run(app, () => undefined))[0];
    expect(await check()).to.include({ checked: 0 });
    const run = await app.jobs.start(findSilentAgencies.name, 'test');
    await find();
    await app.jobs.finish(run ?? '', {});
    const before = await check();
    expect(before?.checked).to.be.greaterThan(0);
    expect(before?.faults).to.deep.equal([]);
    const kept = collectionOf(app, 'reporting_gaps');
    const gap = await kept.findOneAndDelete({ open: true, reason: 'SILENT' });
    expect((await check())?.faults).to.deep.equal([`${String(gap?._id)} was not reported and has no gap`]);
  });
});
