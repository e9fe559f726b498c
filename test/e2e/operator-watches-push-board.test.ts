import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildClient, clientIsBuilt } from '../../scripts/build.ts';
import { startTestApp } from '../support/app.ts';
import { logIn, overflows, watchFaults } from '../support/browser-page.ts';
import { browserMissing, launchBrowser } from '../support/browser.ts';

const missing = browserMissing();

(missing ? describe.skip : describe)(
  `the operator watches the push board${missing ? ` (${missing})` : ''}`,
  function () {
    this.timeout(120_000);
    let app: Awaited<ReturnType<typeof startTestApp>>;
    let browser: Browser;
    let context: BrowserContext;

    before(async () => {
      if (!clientIsBuilt()) buildClient({ quiet: true });
      app = await startTestApp();
      browser = await launchBrowser();
    });

    after(async () => {
      await browser?.close();
      await app?.close();
    });

    beforeEach(async () => {
      context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    });

    afterEach(async () => {
      await context.close();
    });

    const figure = async (page: Page, label: string): Promise<number> => {
      const value = page.locator('.figure', { hasText: label }).locator('dd').first();
      return Number(((await value.textContent()) ?? '').replaceAll(',', ''));
    };

    it('shows totals, each platform by state, and the last batches', async () => {
      const page = await logIn(context, app.url, 'center', app.password);
      const faults = watchFaults(page);
      await page.waitForURL(`${app.url}/board`);
      await page.getByRole('heading', { name: '归集总量' }).waitFor();
      expect(await figure(page, '信用主体')).to.be.greaterThan(0);
      expect(await figure(page, '行政许可')).to.be.greaterThan(0);
      expect(await figure(page, '行政处罚')).to.be.greaterThan(0);

      const platforms = page.getByRole('table', { name: '各平台推送情况' });
      for (const state of ['已确认', '待推送', '上级退回', '死信']) {
        await platforms.getByRole('columnheader', { name: state }).waitFor();
      }
      expect(await platforms.getByRole('row').count()).to.be.greaterThan(1);
      await page
        .getByRole('img', { name: /各平台/ })
        .locator('svg')
        .waitFor();
      expect(await page.getByRole('table', { name: '最近批次' }).getByRole('row').count()).to.be.greaterThan(
        1,
      );

      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(page)).to.equal(false);
      expect(faults).to.deep.equal([]);
    });

    it('asks for the figures again by itself', async () => {
      const page = await logIn(context, app.url, 'center', app.password);
      await page.getByRole('heading', { name: '归集总量' }).waitFor();
      await page.waitForResponse((response) => response.url().endsWith('/graphql') && response.ok(), {
        timeout: 15_000,
      });
    });

    it('goes from a batch to its rows by outcome', async () => {
      const page = await logIn(context, app.url, 'center', app.password);
      await page.getByRole('table', { name: '最近批次' }).locator('a[href^="/batches/"]').first().click();
      await page.getByRole('heading', { name: '处理结果' }).waitFor();
      const outcomes = await Promise.all(
        ['新增', '更新', '未变', '冲突', '疑问'].map((label) => figure(page, label)),
      );
      expect(outcomes.reduce((sum, rows) => sum + rows, 0)).to.equal(await figure(page, '读取行数'));
    });

    it('stays logged in over a reload and is out after logging out', async () => {
      const page = await logIn(context, app.url, 'center', app.password);
      await page.getByRole('heading', { name: '归集总量' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: '归集总量' }).waitFor();
      await page.getByRole('button', { name: '退出' }).click();
      await page.getByRole('link', { name: '工作人员登录' }).waitFor();
      await page.goto(`${app.url}/board`);
      await page.waitForURL(/\/login/);
    });

    it('tells a wrong password apart from nothing, and shows agencies no board', async () => {
      const wrong = await logIn(context, app.url, 'center', 'not-the-password');
      await wrong.getByRole('alert').waitFor();
      const agency = await logIn(context, app.url, 'agency-market', app.password);
      await agency.waitForURL(`${app.url}/batches`);
      expect(await agency.getByRole('link', { name: '推送看板' }).count()).to.equal(0);
      await agency.goto(`${app.url}/board`);
      await agency.getByRole('alert').waitFor();
      expect(await agency.getByRole('table').count()).to.equal(0);
    });
  },
);
