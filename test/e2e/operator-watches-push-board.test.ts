import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildClient, clientIsBuilt } from '../../scripts/build.ts';
import { totpCode, totpStep } from '../../server/auth/totp.ts';
import { systemViewer } from '../../server/auth/viewer.ts';
import { civilDateOf } from '../../server/lib/civil-date.ts';
import { startSimulator, type Simulator } from '../../server/upstream-sim/index.ts';
import { startTestApp } from '../support/app.ts';
import { logIn, overflows, watchFaults } from '../support/browser-page.ts';
import { browserMissing, launchBrowser } from '../support/browser.ts';

const missing = browserMissing();

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function fromBase32(text: string): Uint8Array {
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
}

(missing ? describe.skip : describe)(
  `the operator watches the push board${missing ? ` (${missing})` : ''}`,
  function () {
    this.timeout(120_000);
    let app: Awaited<ReturnType<typeof startTestApp>>;
    let simulator: Simulator;
    let browser: Browser;
    let context: BrowserContext;

    before(async () => {
      if (!clientIsBuilt()) buildClient({ quiet: true });
      app = await startTestApp();
      simulator = await startSimulator({ port: 0, token: 'simulator-token' });
      browser = await launchBrowser();
    });

    after(async () => {
      await browser?.close();
      await app?.close();
      await simulator?.close();
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
      await page.getByText('还没有待推送的数据').waitFor();
      expect(await page.getByRole('table', { name: '最近批次' }).getByRole('row').count()).to.be.greaterThan(
        1,
      );

      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(page)).to.equal(false);
      expect(faults).to.deep.equal([]);
    });

    it('shows by itself how everything goes to a platform that is enabled', async () => {
      const page = await logIn(context, app.url, 'center', app.password);
      const platforms = page.getByRole('table', { name: '各平台推送情况' });
      await platforms.waitFor();
      await app.app.outbox.setPlatform(systemViewer, {
        code: 'province',
        url: simulator.url,
        token: 'simulator-token',
      });
      const figures = ['行政许可', '行政处罚', '其他信用信息'].map((label) => figure(page, label));
      const records = (await Promise.all(figures)).reduce((sum, n) => sum + n, 0);
      await platforms
        .getByRole('cell', { name: String(records), exact: true })
        .first()
        .waitFor({ timeout: 60_000 });
      await page
        .getByRole('img', { name: /各平台/ })
        .locator('svg')
        .waitFor();
    });

    it('is told which decisions a platform has lost', async () => {
      const { outbox, creditRecords, clock } = app.app;
      while ((await outbox.counts('province')).CONFIRMED === 0) await sleep(100);
      await simulator.close();
      simulator = await startSimulator({ port: 0, token: 'simulator-token' });
      await outbox.setPlatform(systemViewer, { code: 'province', url: simulator.url });
      const page = await logIn(context, app.url, 'center', app.password);
      await page.getByRole('link', { name: '对账' }).click();
      await page.getByLabel('平台接收日期').fill(civilDateOf(clock.now()));
      await page.getByRole('button', { name: '对账', exact: true }).click();
      await page
        .getByRole('button', { name: /差异清单/ })
        .first()
        .click();
      const row = page.getByRole('table', { name: '差异清单' }).locator('tbody tr').first();
      const cell = (title: string) => row.locator(`td[data-title="${title}"]`).innerText();
      const documentNumber = await cell('文书号');
      const { nodes } = await creditRecords.page(systemViewer, { documentNumber }, { first: 50 });
      // Entries of a list go by day and reason, which several firms may share.
      expect(nodes.map((record) => record.counterpartName)).to.include(await cell('行政相对人'));
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(page)).to.equal(false);
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

    it('asks for the code of the second factor only where one is set up', async () => {
      const { accounts } = app.app;
      const { accessToken } = await accounts.login.login({ username: 'agency-tax', password: app.password });
      const viewer = await accounts.sessions.viewerOf(accessToken);
      const secret = fromBase32((await accounts.secondFactor.start(viewer)).secret);
      // A code works once: the one before is used up here.
      await accounts.secondFactor.confirm(viewer, totpCode(secret, totpStep(app.app.clock.now()) - 1));

      const page = await context.newPage();
      await page.goto(`${app.url}/login`);
      expect(await page.getByLabel('动态口令').count()).to.equal(0);
      await page.getByLabel('用户名').fill('agency-tax');
      await page.getByLabel('密码', { exact: true }).fill(app.password);
      await page.getByRole('button', { name: '登录' }).click();
      await page.getByLabel('动态口令').fill('12345');
      await page.getByRole('button', { name: '登录' }).click();
      await page.getByText('请填写手机上显示的六位数字').waitFor();
      await page.getByLabel('动态口令').fill(totpCode(secret, totpStep(app.app.clock.now())));
      await page.getByRole('button', { name: '登录' }).click();
      await page.waitForURL(`${app.url}/batches`);
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
