import { expect } from 'chai';
import type { Types } from 'mongoose';
import { systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import { verify } from '../../../server/cli/verify.ts';
import { wrongPlaces, type WrongPlace } from '../../../server/cli/verify/quality-places.ts';
import type { AppContext } from '../../../server/context.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { civilDate } from '../../../server/lib/civil-date.ts';
import { WorkingCalendar } from '../../../server/lib/working-day.ts';
import { CreditRecordService } from '../../../server/modules/credit-record/index.ts';
import { settlePlace } from '../../../server/modules/quality-counters/index.ts';
import type { QualityRow } from '../../../server/modules/quality/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { agencyViewer, bring, centre, csvFile, range, receive, rowOf, type Texts } from '../feed/feeds.ts';

const DAY_MS = 86_400_000;

/** Monday, 1 June 2026, noon in Shanghai. */
const START = '2026-06-01T04:00:00Z';

/** Decided on a Monday; the Dragon Boat days lie behind its due day. */
const decided = (decidedOn: string) => ({ decidedOn, validFrom: decidedOn });

describe('quality figures', function () {
  this.timeout(60_000);
  const clock = movableClock(START);
  let context: TestContext;
  let app: AppContext;
  let market: Viewer;
  let n = 0;
  const fresh = (rows: number, decidedOn = '2026-06-01') =>
    range(rows).map(() => rowOf('LICENSE', (n += 1), decided(decidedOn)));

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    market = await agencyViewer(app, 'market');
  });
  after(() => context.close());

  const counters = () => nativeCollection<{ _id: string; received?: number }>(app.db, 'quality_counters');
  async function own(period: string): Promise<QualityRow> {
    const { rows } = await app.quality.reports.report(market, { period, by: 'AGENCY' });
    return rows[0] ?? expect.fail('no figures');
  }
  async function faults(): Promise<string[]> {
    return (await verify(app)).flatMap((check) => check.faults.map((fault) => `${check.name}: ${fault}`));
  }

  it('count rows by outcome, repeats, wrong codes, dimensions and punctuality', async () => {
    const [known, changing, foreign] = fresh(3) as [Texts, Texts, Texts];
    await bring(app, csvFile('LICENSE', [known, changing]), { viewer: market });
    await bring(app, csvFile('LICENSE', [foreign]), { feed: 'tax/license' });
    clock.forward(9 * DAY_MS);
    const [late, ontime] = [...fresh(1, '2026-05-28'), ...fresh(1, '2026-06-02')] as [Texts, Texts];
    const wrong = { ...ontime, documentNumber: '示字〔2026〕错号', uscc: '91620300MA7B2C3D91' };
    const bad = { ...ontime, documentNumber: '示字〔2026〕坏号', decidedOn: '昨天', licenseKind: '' };
    const file = [late, ontime, known, { ...changing, content: '准予变更' }, foreign, wrong, bad];
    await bring(app, csvFile('LICENSE', [...file, { ...late, content: '另一种说法' }]), { viewer: market });
    expect(await own('2026-06')).to.include({
      received: 10,
      stored: 6,
      inserted: 4,
      updated: 1,
      unchanged: 1,
      conflict: 1,
      refused: 3,
      duplicate: 3,
      wrongCode: 1,
      onTime: 3,
      late: 1,
      decided: 3,
      decidedLate: 0,
    });
    expect(await own('2026-05')).to.include({ received: 0, decided: 1, decidedLate: 1 });
    expect((await own('2026-06')).rates).to.include({ timely: 750_000, late: 100_000, problem: 300_000 });
    expect(await faults()).to.deep.equal([]);
  });

  it('count nothing for a file that was there before, and repeats for one that is worked again', async () => {
    const file = csvFile('LICENSE', fresh(2));
    await bring(app, file, { viewer: market });
    const before = await own('2026-06');
    await bring(app, file, { viewer: market });
    expect(await own('2026-06')).to.deep.equal(before);
    await bring(app, file, { viewer: market, again: true });
    const { received, unchanged, duplicate } = await own('2026-06');
    expect([received, unchanged, duplicate]).to.deep.equal([
      before.received + 2,
      before.unchanged + 2,
      before.duplicate + 2,
    ]);
  });

  it('follow a correction that moves a decision into time', async () => {
    const [row] = fresh(1, '2026-05-20') as [Texts];
    await bring(app, csvFile('LICENSE', [row]), { viewer: market });
    const before = await own('2026-06');
    clock.forward(DAY_MS);
    await bring(app, csvFile('LICENSE', [{ ...row, ...decided('2026-06-08') }]), { viewer: market });
    const after = await own('2026-06');
    expect([after.onTime - before.onTime, after.late - before.late]).to.deep.equal([1, -1]);
    expect(await own('2026-05')).to.include({ decided: 1 });
    expect(await faults()).to.deep.equal([]);
  });

  it('follow a calendar that comes late', async () => {
    // 30 December 2026 and seven working days, of which 2027 has no notice yet.
    clock.forward(Date.parse('2027-01-12T04:00:00Z') - clock.now().getTime());
    await bring(app, csvFile('LICENSE', fresh(1, '2026-12-30')), { viewer: market });
    expect(await own('2027-01')).to.include({ onTime: 0, late: 1 });
    const announced = new WorkingCalendar([
      { year: 2026, off: [], work: [] },
      { year: 2027, off: ['2027-01-04', '2027-01-05', '2027-01-06'].map(civilDate), work: [] },
    ]);
    const { db, cipher } = app;
    const records = new CreditRecordService({ db, clock, cipher, calendar: announced });
    expect(await records.deadlines.recompute()).to.equal(1);
    expect(await own('2027-01')).to.include({ onTime: 1, late: 0 });
    expect(await own('2026-12')).to.include({ decided: 1, decidedLate: 0 });
    expect(await records.deadlines.recompute()).to.equal(0);
    const [record] = await records.deadlines.countedAfter(undefined, 100).then((all) => all.slice(-1));
    await nativeCollection<{ _id: Types.ObjectId }>(db, 'credit_records').updateOne(
      { decidedOn: '2026-12-30' } as never,
      { $set: { dueOn: '2027-01-08', late: true, dueProvisional: true } } as never,
    );
    expect(record?.deadlineRight).to.equal(true);
    // Undone behind the back of the figures: both are told.
    expect((await faults()).join()).to.match(/quality: .*onTime \+1, late -1/);
    expect(await app.creditRecords.deadlines.recompute()).to.equal(0);
    await nativeCollection(db, 'credit_records').updateOne(
      { decidedOn: '2026-12-30' },
      {
        $set: { dueOn: '2027-01-13', late: false },
        $unset: { dueProvisional: 1 },
      },
    );
    expect((await faults()).join()).to.match(/deadlines: record .* not that of the calendar/);
    await nativeCollection(db, 'credit_records').deleteMany({ decidedOn: '2026-12-30' });
  });

  it('see a counter that was tampered with, one that is gone, and one too many', async () => {
    clock.forward(DAY_MS);
    await bring(app, csvFile('LICENSE', fresh(3, '2027-01-11')), { viewer: market });
    const before = await faults();
    const [counter] = await counters()
      .find({ _id: /^d\|2027-01-13/ })
      .toArray();
    if (!counter) expect.fail('nothing to break');
    await counters().updateOne({ _id: counter._id }, { $inc: { received: 1 } });
    const told = (await faults()).filter((fault) => !before.includes(fault));
    expect(told).to.have.length(1);
    expect(told[0]).to.match(/^quality: 2027-01-13 [0-9a-f]{24} market\/license: .*received \+1$/);
    await counters().deleteOne({ _id: counter._id });
    expect((await faults()).filter((fault) => !before.includes(fault))[0]).to.match(/received -3/);
    await counters().insertMany([
      counter,
      { _id: `d|2020-01-01|${'0'.repeat(24)}|x/license#0`, received: 5 },
    ]);
    const stray = (await faults()).filter((fault) => !before.includes(fault));
    expect(stray).to.have.length(1);
    expect(stray[0]).to.include('2020-01-01').and.to.include('received +5');
    await counters().deleteOne({ _id: /^d\|2020/ });
  });

  it('are counted anew where they are wrong, and left alone where they move meanwhile', async () => {
    const wrong = await faults();
    const [one] = await counters()
      .find({ _id: /^m\|2026-06/ })
      .toArray();
    if (!one) expect.fail('nothing to break');
    await counters().updateOne({ _id: one._id }, { $inc: { received: 5 } });
    const places: WrongPlace[] = [];
    for await (const place of wrongPlaces(app)) places.push(place);
    await counters().deleteMany({ _id: /^[dm]\|2026-06/ });
    // Everything of that time has moved since it was counted.
    const june = places.filter(({ key }) => key.includes('|2026-06'));
    expect(june).to.have.length(1);
    for (const place of june) expect(await settlePlace(app.db, place)).to.equal(false);
    for (const times of [1, 2]) {
      let settled = 0;
      for await (const place of wrongPlaces(app)) settled += (await settlePlace(app.db, place)) ? 1 : 0;
      expect(settled > 0).to.equal(times === 1);
    }
    expect((await faults()).filter((fault) => fault.startsWith('quality'))).to.deep.equal([]);
    expect((await faults()).filter((fault) => !wrong.includes(fault))).to.deep.equal([]);
  });

  it('cost the same for ten rows and for a thousand', async () => {
    clock.forward(40 * DAY_MS);
    const count = () => counters().countDocuments({ _id: /\|2027-02/ });
    await bring(app, csvFile('LICENSE', fresh(10, '2027-02-15')), { viewer: market });
    const few = await count();
    await bring(app, csvFile('LICENSE', fresh(1_000, '2027-02-15')), { viewer: market });
    expect(await count()).to.equal(few);
    expect(await own('2027-02')).to.include({ received: 1_010, inserted: 1_010 });
  });

  it('lose nothing when batches of one feed are worked at once', async () => {
    const before = await own('2027-02');
    const batches = await Promise.all(
      range(4).map(() => receive(app, csvFile('LICENSE', fresh(600, '2027-02-15')), { viewer: market })),
    );
    await Promise.all(batches.map(({ batch }) => app.feeds.ingest.run(batch._id.toHexString())));
    const after = await own('2027-02');
    expect(after.received - before.received).to.equal(2_400);
    expect(after.onTime + after.late - before.onTime - before.late).to.equal(2_400);
  });

  it('show an agency its own and the centre all, by feed, kind, month and day', async () => {
    const all = await app.quality.reports.report(centre, { period: '2026', by: 'AGENCY' });
    expect(all.rows.length).to.be.greaterThan(10);
    const tax = await agencyViewer(app, 'tax');
    const mine = await app.quality.reports.report(tax, { period: '2026', by: 'FEED' });
    expect(mine.rows.filter(({ received }) => received > 0).map(({ key }) => key)).to.deep.equal([
      'tax/license',
    ]);
    const sum = (rows: readonly QualityRow[]) => rows.reduce((total, row) => total + row.received, 0);
    for (const by of ['FEED', 'KIND', 'MONTH'] as const)
      expect(sum((await app.quality.reports.report(centre, { period: '2026', by })).rows)).to.equal(
        all.total.received,
      );
    const days = await app.quality.reports.report(centre, { period: '2026-06', by: 'DAY' });
    const june = await app.quality.reports.report(systemViewer, { period: '2026-06', by: 'KIND' });
    expect(sum(days.rows)).to.equal(june.total.received);
    expect(days.rows.map(({ key }) => key)).to.include.members(['2026-06-01', '2026-06-10']);
    await app.quality.reports
      .report(tax, { period: '2026', by: 'AGENCY', agencyId: market.organizationId ?? '' })
      .then(
        () => expect.fail('shown'),
        (error: Error) => expect(error.message).to.equal('QUALITY_NOT_FOUND'),
      );
    for (const period of ['2026-W10', '2026-13', 'x'])
      await app.quality.reports.report(centre, { period, by: 'AGENCY' }).then(
        () => expect.fail(period),
        (error: Error) => expect(error.message).to.equal('QUALITY_PERIOD_INVALID'),
      );
  });
});
