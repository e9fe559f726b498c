import { expect } from 'chai';
import { createContext } from '../../../server/context.ts';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { applyHolidays } from '../../../jobs/apply-holidays.job.ts';
import { publications } from '../../../server/cli/verify/publications.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { codeOf, movingClock } from '../../support/doors.ts';
import { agencyViewer, bring, csvFile, range, reasons, receive, rowOf } from '../feed/feeds.ts';
import { approved, checker, itemOf, maker, MARKET_LICENSE } from './reference.ts';

const DAY_MS = 86_400_000;
const JOB = { signal: new AbortController().signal };

describe('reference data at work', function () {
  this.timeout(120_000);
  let context: TestContext;
  const clock = movingClock('2026-11-25T04:00:00Z');
  let serial = 5000;
  const rows = (changes = {}) =>
    range(2).map(() => {
      serial += 1;
      return rowOf('LICENSE', serial, changes);
    });
  const goTo = (instant: string): void => clock.advance(Date.parse(instant) - clock.now().getTime());

  before(async () => {
    context = await testContext({ clock });
  });
  after(() => context.close());

  it('accepts another word for a value from its day on', async () => {
    const { app } = context;
    const file = () => csvFile('LICENSE', rows({ licenseKind: '行业准入' }));
    await approved(app, {
      kind: 'CODE',
      value: { list: 'license-kinds', text: '行业准入', means: ['普通许可'] },
      effectiveFrom: '2026-11-26',
    });
    const before = await bring(app, file());
    expect(before.rows).to.include({ refused: 2 });
    expect((await reasons(app, before))[0]?.codes).to.deep.equal(['FEED_LICENSE_KIND_UNKNOWN']);
    clock.advance(DAY_MS);
    expect((await bring(app, file())).rows).to.include({ inserted: 2, refused: 0 });
    const { nodes } = await app.creditRecords.page(systemViewer, {}, { first: 1 });
    expect(nodes[0]?.fields.find(({ field }) => field === 'licenseKind')?.value).to.equal('普通');
  });

  it('takes a word out of a list', async () => {
    const { app } = context;
    await approved(app, {
      kind: 'CODE',
      value: { list: 'license-kinds', text: '行业准入', means: ['普通'] },
      effectiveFrom: '2026-11-28',
      endedOn: '2026-11-28',
    });
    const file = () => csvFile('LICENSE', rows({ licenseKind: '行业准入' }));
    expect((await bring(app, file())).rows).to.include({ inserted: 2 });
    goTo('2026-11-28T04:00:00Z');
    expect((await bring(app, file())).rows).to.include({ refused: 2 });
  });

  it('shows and allows what the catalogue of the day of receipt says', async () => {
    const { app } = context;
    const shown = async () => (await app.publications.page(systemViewer, {}, { first: 100 })).nodes.length;
    const before = await shown();
    await approved(app, {
      kind: 'CATALOGUE',
      key: MARKET_LICENSE,
      value: itemOf(app, MARKET_LICENSE, { disclosure: 'SHARED', subjects: ['LEGAL_PERSON'] }),
      effectiveFrom: '2026-11-29',
    });
    await bring(app, csvFile('LICENSE', rows()));
    expect(await shown()).to.equal(before + 2);
    clock.advance(DAY_MS);
    await bring(app, csvFile('LICENSE', rows()));
    expect(await shown()).to.equal(before + 2);
    serial += 1;
    const business = rowOf('LICENSE', serial, {}, 'INDIVIDUAL_BUSINESS');
    const refused = await bring(app, csvFile('LICENSE', [business]));
    expect((await reasons(app, refused))[0]?.codes).to.include('FEED_SUBJECT_NOT_ALLOWED');
    // What was shown before the entry is still right by the entry of its day.
    const [check] = await publications.run(app, () => undefined);
    expect(check?.faults).to.deep.equal([]);
  });

  it('refuses a feed whose catalogue item has ended, in every process', async () => {
    const { app } = context;
    const other = await createContext({ ...app.config }, { clock });
    try {
      goTo('2026-11-30T04:00:00Z');
      const market = await agencyViewer(app, 'market');
      const owed = async () => {
        const duties = await app.quality.duties.duties(market);
        return duties.filter(({ feed }) => feed === MARKET_LICENSE).map(({ period }) => period.last);
      };
      expect((await owed()).some((last) => last >= '2026-12-01')).to.equal(true);
      await approved(app, {
        kind: 'CATALOGUE',
        key: MARKET_LICENSE,
        value: itemOf(app, MARKET_LICENSE),
        effectiveFrom: '2026-12-01',
        endedOn: '2026-12-01',
        reason: '事项取消',
      });
      expect((await receive(app, csvFile('LICENSE', rows()), { viewer: market })).duplicate).to.equal(false);
      goTo('2026-12-01T04:00:00Z');
      for (const each of [app, other]) {
        const sent = receive(each, csvFile('LICENSE', rows()), { viewer: market });
        expect(await codeOf(sent)).to.equal('FEED_NOT_IN_CATALOGUE');
      }
      const penalties = await receive(app, csvFile('PENALTY', []), {
        viewer: market,
        feed: 'market/penalty',
      });
      // What cannot be reported is owed no longer.
      expect((await owed()).filter((last) => last >= '2026-12-01')).to.deep.equal([]);
      expect(penalties.batch.feed).to.equal('market/penalty');
    } finally {
      await other.close();
    }
  });

  it('moves deadlines once the days off of a year are approved, and again when they are corrected', async () => {
    const { app } = context;
    await approved(app, {
      kind: 'CATALOGUE',
      key: MARKET_LICENSE,
      value: itemOf(app, MARKET_LICENSE),
      effectiveFrom: '2026-12-02',
    });
    goTo('2026-12-31T04:00:00Z');
    const decided = { decidedOn: '2026-12-30', validFrom: '2026-12-30', validTo: '2029-12-29' };
    await bring(app, csvFile('LICENSE', rows(decided)));
    const dueOf = async () => {
      const { nodes } = await app.creditRecords.page(systemViewer, {}, { first: 2 });
      return nodes.map(({ decidedOn, dueOn }) => [decidedOn, dueOn]);
    };
    // 31 December, 1, 4, 5, 6, 7 and 8 January: no notice yet, so every weekday counts.
    expect(await dueOf()).to.deep.equal([
      ['2026-12-30', '2027-01-08'],
      ['2026-12-30', '2027-01-08'],
    ]);
    const holiday = (to: string, effectiveFrom: string) => ({
      kind: 'HOLIDAY' as const,
      key: '2027',
      value: { off: [{ name: '元旦', from: '2027-01-01', to }], work: [] },
      effectiveFrom,
    });
    const { id } = await app.reference.entries.propose(maker, {
      ...holiday('2027-01-03', '2026-12-31'),
      submit: true,
    });
    expect(await applyHolidays.run({ app, ...JOB })).to.deep.equal({ years: 0, changed: 0 });
    await app.reference.entries.decide(checker, id, true);
    expect(app.calendar.hasYear(2027)).to.equal(true);
    expect(await applyHolidays.run({ app, ...JOB })).to.deep.equal({ years: 1, changed: 2 });
    expect((await dueOf())[0]).to.deep.equal(['2026-12-30', '2027-01-11']);
    expect(await applyHolidays.run({ app, ...JOB })).to.deep.equal({ years: 0, changed: 0 });

    await approved(app, holiday('2027-01-04', '2027-01-01'));
    expect(await applyHolidays.run({ app, ...JOB })).to.deep.equal({ years: 0, changed: 0 });
    clock.advance(DAY_MS);
    expect(await applyHolidays.run({ app, ...JOB })).to.deep.equal({ years: 1, changed: 2 });
    expect((await dueOf())[0]).to.deep.equal(['2026-12-30', '2027-01-12']);
    const counted = await app.creditRecords.deadlines.countedAfter(undefined, 100);
    expect(counted.every(({ deadlineRight }) => deadlineRight)).to.equal(true);
  });
});
