import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { buildClient, clientIsBuilt } from '../../scripts/build.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { logIn, overflows, watchFaults } from '../support/browser-page.ts';
import { browserMissing, launchBrowser } from '../support/browser.ts';

const missing = browserMissing();

(missing ? describe.skip : describe)(
  `the centre keeps reference data${missing ? ` (${missing})` : ''}`,
  function () {
    this.timeout(180_000);
    let app: TestApp;
    let browser: Browser;

    before(async () => {
      if (!clientIsBuilt()) buildClient({ quiet: true });
      app = await startTestApp();
      browser = await launchBrowser();
    });
    after(async () => {
      await browser?.close();
      await app?.close();
    });

    const signIn = async (name: string, width = 1280): Promise<Page> => {
      const context = await browser.newContext({ viewport: { width, height: 860 } });
      return logIn(context, app.url, name, app.password);
    };

    it('enters the days off of a year, and another person approves them', async () => {
      const page = await signIn('center');
      const faults = watchFaults(page);
      await page.getByRole('link', { name: '基础数据' }).click();
      await page.getByText('还没有录入。').waitFor();
      await page.getByRole('tab', { name: '放假安排' }).click();
      await page.getByRole('tabpanel', { name: '放假安排' }).getByRole('button', { name: '新增' }).click();
      await page.getByLabel('年份').fill('2099');
      await page.getByLabel('节日 1', { exact: true }).fill('元旦');
      await page.getByLabel('放假第一天 1').fill('2099-01-01');
      await page.getByLabel('放假最后一天 1').fill('2099-01-04');
      await page.getByLabel('生效日期').fill('2098-12-01');
      expect(await overflows(page)).to.equal(false);
      await page.getByRole('button', { name: '提交复核' }).click();
      await page.getByRole('table', { name: '放假安排' }).getByText('待复核').waitFor();

      const other = await signIn('center-checker', 390);
      const otherFaults = watchFaults(other);
      await other.getByRole('tab', { name: '放假安排' }).click();
      await other.getByRole('button', { name: '2099 年' }).click();
      await other.getByText('元旦 2099-01-01 至 2099-01-04').waitFor();
      expect(await overflows(other)).to.equal(false);
      await other.getByRole('button', { name: /^通\s*过$/ }).click();
      await other.getByRole('table', { name: '放假安排' }).getByText('已通过').waitFor();
      expect(await overflows(other)).to.equal(false);

      // Every kind has its form, on a narrow screen too.
      await page.setViewportSize({ width: 390, height: 860 });
      for (const kind of ['信用信息目录', '代码', '双公示目录', '权责清单']) {
        // Some stand behind the menu of tabs here; the keyboard reaches all.
        await page.getByRole('tab', { name: kind }).press('Enter');
        await page.getByRole('tabpanel', { name: kind }).getByRole('button', { name: '新增' }).click();
        await page.getByLabel('生效日期').waitFor();
        expect(await overflows(page), kind).to.equal(false);
        await page.keyboard.press('Escape');
        await page.getByLabel('生效日期').waitFor({ state: 'detached' });
      }
      expect(faults.concat(otherFaults)).to.deep.equal([]);
    });

    it('is shown to an agency as its own lists', async () => {
      const page = await signIn('agency-tax');
      await page.getByRole('link', { name: '事项清单' }).click();
      await page.getByRole('heading', { name: '权责清单' }).waitFor();
      // Both lists are asked for on their own.
      await page.getByText('还没有录入。').nth(1).waitFor();
    });
  },
);
