import { expect } from 'chai';
import type { Browser, BrowserContext } from 'playwright-core';
import { findSilentAgencies } from '../../jobs/find-silent-agencies.job.ts';
import { buildClient, clientIsBuilt } from '../../scripts/build.ts';
import { startServer, type RunningServer } from '../../server/server.ts';
import { bring, csvFile, range, rowOf } from '../integration/feed/feeds.ts';
import { testContext, type TestContext } from '../support/app.ts';
import { logIn, overflows, watchFaults } from '../support/browser-page.ts';
import { browserMissing, launchBrowser } from '../support/browser.ts';
import { movableClock } from '../support/upstream.ts';

const missing = browserMissing();
const PASSWORD = 'demo-password-1';
/** A folder for pictures of the pages, to look at. */
const shots = process.env['QUALITY_SHOTS'];

(missing ? describe.skip : describe)(
  `the centre watches quality, an agency what it owes${missing ? ` (${missing})` : ''}`,
  function () {
    this.timeout(120_000);
    let city: TestContext;
    let server: RunningServer;
    let browser: Browser;
    let context: BrowserContext;

    before(async () => {
      if (!clientIsBuilt()) buildClient({ quiet: true });
      const clock = movableClock('2026-09-01T02:00:00Z');
      city = await testContext({ clock });
      clock.forward(Date.parse('2026-10-20T02:00:00Z') - clock.now().getTime());
      const row = (n: number) => rowOf('LICENSE', n, { decidedOn: '2026-10-15', validFrom: '2026-10-15' });
      for (const [feed, first] of [
        ['tax/license', 0],
        ['market/license', 100],
      ] as const) {
        const rows = range(12).map((n) => row(first + n));
        await bring(city.app, csvFile('LICENSE', [...rows, { ...row(first + 13), documentNumber: '' }]), {
          feed,
        });
      }
      server = await startServer(city.app, { jobs: false });
      browser = await launchBrowser();
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      await city?.close();
    });
    beforeEach(async () => {
      context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    });
    afterEach(() => context.close());

    const shoot = async (page: Awaited<ReturnType<typeof logIn>>, name: string): Promise<void> => {
      if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
    };

    it('shows figures by agency, the days of the month, and no gap', async () => {
      const page = await logIn(context, server.url, 'center', PASSWORD);
      const faults = watchFaults(page);
      await page.getByRole('link', { name: '数据质量' }).click();
      await page.getByLabel('统计月份').fill('2026-10');
      const agencies = page.getByRole('table', { name: '各单位数据质量' });
      await agencies.waitFor();
      expect(await agencies.getByRole('row').count()).to.be.greaterThan(10);
      await page.getByText('质量七维度').waitFor();
      await page
        .getByRole('img', { name: /每日归集量/ })
        .locator('svg')
        .waitFor();
      await page.getByText('没有漏报。').waitFor();
      await shoot(page, 'quality-1280');
      await page.getByLabel('统计月份').fill('2020-01');
      await page.getByText('本月没有收到数据。').waitFor();
      await page.getByLabel('统计月份').fill('2026-10');
      await page.setViewportSize({ width: 390, height: 844 });
      await agencies.waitFor();
      expect(await overflows(page)).to.equal(false);
      await shoot(page, 'quality-390');
      expect(faults).to.deep.equal([]);
    });

    it('enters points into the self-assessment sheet', async () => {
      const page = await logIn(context, server.url, 'center', PASSWORD);
      const faults = watchFaults(page);
      await page.getByRole('link', { name: '数据质量' }).click();
      await page.getByRole('link', { name: '城市信用监测自评表' }).click();
      await page.getByLabel('年份').fill('2026');
      await page.getByText(/行政许可归集26行、入库24行/).waitFor();
      await page.getByLabel('1.1 得分').fill('6.5');
      await page.getByRole('button', { name: '保存' }).and(page.locator(':enabled')).click();
      await page.getByText('自评合计 6.5 / 100').waitFor();
      await shoot(page, 'city-1280');
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(page)).to.equal(false);
      expect(faults).to.deep.equal([]);
    });

    it('draws a sample, notes what it finds and issues an order, which the agency answers', async () => {
      const page = await logIn(context, server.url, 'center', PASSWORD);
      const faults = watchFaults(page);
      await page.getByRole('link', { name: '抽查督办' }).click();
      await page.getByText('还没有抽查过。').waitFor();
      await page.getByText('没有督办单。').waitFor();
      const { app } = city;
      const agency = await app.organizations.agencyOfSector('tax');
      await page
        .getByRole('combobox', { name: '信源单位' })
        .first()
        .fill(agency?.name ?? '');
      await page.keyboard.press('Enter');
      await page.getByLabel('决定月份').fill('2026-10');
      await page.getByLabel('抽取数量').fill('5');
      await page.getByRole('button', { name: '随机抽取' }).click();
      await page.getByRole('table', { name: '抽查' }).waitFor();
      await page.getByRole('button', { name: '核查' }).click();
      await page.getByText('从 12 件中抽取 5 件').waitFor();
      await page.getByRole('button', { name: '相符' }).first().click();
      await page.locator('.tag', { hasText: '相符' }).waitFor();
      await shoot(page, 'check-1280');
      await page.getByRole('button', { name: 'Close' }).or(page.locator('.ant-drawer-close')).first().click();
      await page
        .getByRole('combobox', { name: '信源单位' })
        .last()
        .fill(agency?.name ?? '');
      await page.keyboard.press('Enter');
      await page.getByLabel('事由').fill('漏报整改');
      await page.getByLabel('督办要求').fill('请补报');
      await page.getByRole('button', { name: '下达督办单' }).click();
      await page.getByText('督〔').first().waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(page)).to.equal(false);
      await shoot(page, 'supervision-390');
      expect(faults).to.deep.equal([]);

      await findSilentAgencies.run({ app, signal: new AbortController().signal });
      const other = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const own = await logIn(other, server.url, 'agency-tax', PASSWORD);
      const ownFaults = watchFaults(own);
      await own.getByRole('link', { name: /报送情况/ }).click();
      await own.getByRole('table', { name: '报送任务' }).waitFor();
      await own.getByText('收到督办单').waitFor();
      await own.getByLabel(/回复$/).fill('已整改');
      await own.getByRole('button', { name: '回复' }).click();
      await own.locator('h3', { hasText: '已回复' }).waitFor();
      await own.getByRole('button', { name: '本页标为已读' }).click();
      await own.getByText('已读').first().waitFor();
      await own.getByTitle('1 条未读通知').waitFor({ state: 'detached' });
      await shoot(own, 'reporting-1280');
      await own.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(own)).to.equal(false);
      await shoot(own, 'reporting-390');
      expect(ownFaults).to.deep.equal([]);
      await other.close();
    });
  },
);
