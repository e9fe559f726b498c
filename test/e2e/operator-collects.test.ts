import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { buildClient, clientIsBuilt } from '../../scripts/build.ts';
import { systemViewer } from '../../server/auth/viewer.ts';
import { csvFile, range, rowOf } from '../integration/feed/feeds.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { logIn, overflows, watchFaults } from '../support/browser-page.ts';
import { browserMissing, launchBrowser } from '../support/browser.ts';

const missing = browserMissing();

(missing ? describe.skip : describe)(
  `the operator collects from a folder${missing ? ` (${missing})` : ''}`,
  function () {
    this.timeout(120_000);
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

    it('sees its state, collects now, looks at the run, and switches it off and on', async () => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await logIn(context, app.url, 'center', app.password);
      const faults = watchFaults(page);
      await page.getByRole('link', { name: '数据采集' }).click();
      await page.getByText('还没有采集源').waitFor();

      const inbox = join(app.directory, 'collect/tax');
      await mkdir(inbox, { recursive: true });
      const rows = range(3).map((n) => rowOf('LICENSE', 700 + n));
      await writeFile(join(inbox, 'a.csv'), csvFile('LICENSE', rows));
      await app.app.collection.sources.set(systemViewer, {
        code: 'inbox',
        name: '收件箱',
        feed: 'market/license',
        kind: 'FOLDER',
        settings: { folder: 'tax', quietSeconds: 0 },
        enabled: false,
      });
      const row = page.getByRole('table', { name: '采集源' }).locator('tbody tr');
      await row.getByText('停用', { exact: true }).waitFor();
      await page.getByRole('button', { name: '收件箱 立即采集' }).click();
      await row.getByText('3 行').waitFor();

      await page.getByRole('button', { name: '收件箱 采集记录' }).click();
      const run = page.getByRole('table', { name: '采集记录' }).locator('tbody tr').first();
      await run.getByText('已完成').waitFor();
      expect(await run.locator('td[data-title="新增"]').innerText()).to.equal('3');
      await page.keyboard.press('Escape');

      await page.getByRole('button', { name: '收件箱 启用' }).click();
      await row.getByText('正常').waitFor();
      await page.getByRole('button', { name: '收件箱 停用' }).click();
      await page.getByRole('tooltip').getByRole('button', { name: '停用' }).click();
      await row.getByText('停用', { exact: true }).first().waitFor();
      await page.getByRole('tooltip').waitFor({ state: 'hidden' });

      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(page)).to.equal(false);
      expect(faults).to.deep.equal([]);
      await context.close();
    });
  },
);
