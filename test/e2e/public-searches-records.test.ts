import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildClient, clientIsBuilt } from '../../scripts/build.ts';
import { startTestApp } from '../support/app.ts';
import { overflows, watchFaults } from '../support/browser-page.ts';
import { browserMissing, launchBrowser } from '../support/browser.ts';

const missing = browserMissing();

(missing ? describe.skip : describe)(
  `the public searches records${missing ? ` (${missing})` : ''}`,
  function () {
    this.timeout(120_000);
    let app: Awaited<ReturnType<typeof startTestApp>>;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let faults: string[];

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
      page = await context.newPage();
      faults = watchFaults(page);
    });

    afterEach(async () => {
      await context.close();
    });

    const searchFor = async (text: string) => {
      await page.goto(app.url);
      await page
        .getByLabel('按企业查询', { exact: true })
        .and(page.locator('input:not([type=radio])'))
        .fill(text);
      await page.getByRole('button', { name: '查询', exact: true }).click();
    };

    /** A firm that the newest public records name. */
    const someFirm = async () => {
      await page.goto(app.url);
      const link = page.getByRole('table', { name: '最新公示' }).locator('a[href^="/subject/"]').first();
      await link.waitFor();
      return {
        name: (await link.textContent()) ?? '',
        uscc: ((await link.getAttribute('href')) ?? '').replace('/subject/', ''),
      };
    };

    it('finds a firm by a part of its name and leads to a record with all its public columns', async () => {
      const { name, uscc } = await someFirm();
      await searchFor(name.slice(0, -2));
      await page.getByRole('link', { name, exact: true }).first().click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await page.textContent('main')).to.include(uscc);

      const record = page.getByRole('table').locator('a[href^="/record/"]').first();
      const number = (await record.textContent()) ?? '';
      await record.click();
      await page.getByRole('heading', { level: 1, name: number }).waitFor();
      const text = (await page.textContent('main')) ?? '';
      expect(text).to.include('行政相对人名称').and.to.include('公示期');
      expect(faults).to.deep.equal([]);
    });

    it('finds a firm by its code', async () => {
      const { name, uscc } = await someFirm();
      await searchFor(uscc);
      await page.getByRole('link', { name, exact: true }).waitFor();
    });

    it('finds a record by the whole number of its document', async () => {
      await page.goto(app.url);
      const record = page.getByRole('table', { name: '最新公示' }).locator('a[href^="/record/"]').first();
      const number = (await record.textContent()) ?? '';
      await page.goto(`${app.url}/?by=document&q=${encodeURIComponent(number)}`);
      await page
        .getByRole('table', { name: '查询结果' })
        .getByRole('link', { name: number })
        .first()
        .waitFor();
    });

    it('says so when nothing is found, and asks for more than one character', async () => {
      await searchFor('查无此企业名称');
      await page.getByText('没有找到与“查无此企业名称”相符的信用主体').waitFor();
      await searchFor('市');
      await page.getByRole('alert').getByText('请至少输入两个字').waitFor();
    });

    it('knows no subject by a code that nobody has, nor a record by an id that is none', async () => {
      await page.goto(`${app.url}/subject/000000000000000000`);
      await page.getByRole('heading', { name: '没有这个信用主体' }).waitFor();
      await page.goto(`${app.url}/record/none`);
      await page.getByRole('heading', { name: '没有这条公示信息' }).waitFor();
      await page.goto(`${app.url}/no/such/page`);
      await page.getByRole('heading', { name: '没有这个页面' }).waitFor();
    });

    it('says on every page that the data are invented', async () => {
      for (const path of ['/', '/login', '/subject/000000000000000000']) {
        await page.goto(app.url + path);
        await page.getByRole('note').getByText('演示数据').waitFor();
      }
    });

    it('shows Chinese without a Chinese font on the machine, and fits a telephone', async () => {
      const { uscc } = await someFirm();
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(`${app.url}/subject/${uscc}`);
      await page.getByRole('heading', { level: 2, name: '行政许可' }).waitFor();
      expect(await overflows(page)).to.equal(false);
      await page.waitForLoadState('networkidle');
      const loaded = await page.evaluate<number>(
        "[...document.fonts].filter((font) => font.family.includes('Noto Sans SC') && font.status === 'loaded').length",
      );
      // A browser of the machine may have Chinese fonts of its own and fetch none.
      if (process.env['CHROMIUM_PATH'] === undefined) expect(loaded).to.be.greaterThan(0);
      expect(faults).to.deep.equal([]);
    });

    it('sends visitors of a page for staff to the login', async () => {
      await page.goto(`${app.url}/board`);
      await page.waitForURL(/\/login\?from=%2Fboard$/);
      await page.getByRole('heading', { name: '工作人员登录' }).waitFor();
    });
  },
);
