import { expect } from 'chai';
import type { Viewer } from '../../../server/auth/viewer.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { agencyViewer } from '../feed/feeds.ts';
import { approved, itemOf } from '../reference/reference.ts';

const FEED = 'tax/abnormal';

describe('a cadence approved on screen', function () {
  this.timeout(60_000);
  // Wednesday, 1 July 2026.
  const clock = movableClock('2026-07-01T01:00:00Z');
  let context: TestContext;
  let tax: Viewer;

  before(async () => {
    context = await testContext({ clock });
    tax = await agencyViewer(context.app, 'tax');
  });
  after(() => context.close());

  const at = (day: string): void =>
    clock.forward(Date.parse(`${day}T09:00:00+08:00`) - clock.now().getTime());
  const owed = async (): Promise<string[]> => {
    const duties = await context.app.quality.duties.duties(tax);
    return duties
      .filter(({ feed }) => feed === FEED)
      .map(({ period }) => period.name)
      .sort();
  };
  const change = (cadence: string, effectiveFrom: string) =>
    approved(context.app, {
      kind: 'CATALOGUE',
      key: FEED,
      value: itemOf(context.app, FEED, { cadence }),
      effectiveFrom,
    });

  it('counts from its day on, and leaves no day between', async () => {
    await change('WEEKLY', '2026-08-05');
    at('2026-07-20');
    expect(await owed()).to.deep.equal(['2026-07']);
    at('2026-08-12');
    // 1 to 4 August belong to the month that began as one.
    expect(await owed()).to.deep.equal(['2026-07', '2026-08', '2026-W32', '2026-W33']);
  });

  it('is what a zero report is filed for', async () => {
    const { app } = context;
    const file = (period: string) => app.quality.duties.fileZero(tax, { feed: FEED, period });
    expect((await file('2026-07')).state).to.equal('ZERO');
    expect((await file('2026-W32')).state).to.equal('ZERO');
    const refused = await file('2026-Q2').catch((error: Error) => error.message);
    expect(refused).to.equal('QUALITY_PERIOD_INVALID');
  });
});
