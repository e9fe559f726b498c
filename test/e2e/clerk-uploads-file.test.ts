import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildClient, clientIsBuilt } from '../../scripts/build.ts';
import { startTestApp } from '../support/app.ts';
import { logIn, overflows, watchFaults } from '../support/browser-page.ts';
import { browserMissing, launchBrowser } from '../support/browser.ts';

const missing = browserMissing();

interface Firm {
  readonly name: string;
  readonly uscc: string;
}

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../schema/${path}`, import.meta.url), 'utf8'));
const template = read('feed/g3/license.json') as { columns: { code: string; name: string }[] };
const market = read('sectors/market/sector.json') as { agencyName: string; agencyUscc: string };

/** The civil day in China, so many days from today. */
function day(offset: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(
    Date.now() + offset * 86_400_000,
  );
}

/** A licence feed of the market agency with a row per code; a code with a wrong last character is to be refused. */
function licenseFile(firm: Firm, codes: readonly string[], run: string): Buffer {
  const row = (uscc: string, index: number): Record<string, string> => ({
    XK_XDR_MC: firm.name,
    XK_XDR_LB: '法人及非法人组织',
    XK_XDR_SHXYM: uscc,
    XK_FRDB: '赵明',
    XK_XKWS: '准予行政许可决定书',
    XK_WSH: `市监许准字〔2026〕${run}${String(index + 1)}号`,
    XK_XKLB: '普通',
    XK_NR: '准予食品经营许可',
    XK_JDRQ: day(-1),
    XK_YXQZ: day(-1),
    XK_YXQZI: day(1800),
    XK_XKJG: market.agencyName,
    XK_XKJGDM: market.agencyUscc,
    XK_ZT: '有效',
    XK_LYDW: market.agencyName,
    XK_LYDWDM: market.agencyUscc,
  });
  const lines = [
    template.columns.map(({ name }) => name),
    ...codes.map((uscc, index) => template.columns.map(({ code }) => row(uscc, index)[code] ?? '')),
  ];
  return Buffer.from(lines.map((cells) => cells.join(',')).join('\r\n') + '\r\n');
}

function withWrongCheck(uscc: string): string {
  return uscc.slice(0, -1) + (uscc.endsWith('0') ? '1' : '0');
}

(missing ? describe.skip : describe)(
  `the clerk uploads a file${missing ? ` (${missing})` : ''}`,
  function () {
    this.timeout(120_000);
    let app: Awaited<ReturnType<typeof startTestApp>>;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let firm: Firm;

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
      context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
      page = await logIn(context, app.url, 'agency-market', app.password);
      await page.waitForURL(`${app.url}/batches`);
      await page.getByRole('link', { name: '信用查询' }).click();
      const link = page.getByRole('table', { name: '最新公示' }).locator('a[href^="/subject/91"]').first();
      firm = {
        name: (await link.textContent()) ?? '',
        uscc: ((await link.getAttribute('href')) ?? '').replace('/subject/', ''),
      };
      await page.getByRole('link', { name: '数据报送' }).click();
    });

    afterEach(async () => {
      await context.close();
    });

    // The list is long: what is typed narrows it.
    const choose = async (feed: string) => {
      await page.getByLabel('数据目录').fill(feed);
      await page.getByTitle(feed, { exact: true }).click();
    };
    const upload = (name: string, buffer: Buffer) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer });
    /** Waits for the end of a batch; when it does not come, or is another one, the failure has all the page says. */
    const endsAs = async (state: string) => {
      const heading = page.getByRole('heading', { level: 1 });
      const end = heading.getByText(/全部入库|部分入库|处理失败/);
      const waited: unknown = await end.waitFor({ timeout: 60_000 }).catch((error: unknown) => error);
      const said = `at ${page.url()}: ${await page.locator('main').innerText()}`;
      if (waited !== undefined) throw new Error(`the batch did not end, ${said}`, { cause: waited });
      expect(await heading.innerText(), said).to.include(state);
    };
    const figure = async (label: string) =>
      (await page.locator('.figure', { hasText: label }).locator('dd').first().textContent()) ?? '';

    it('sees the five outcomes and each refused row with its reason, and fetches the workbook', async () => {
      const faults = watchFaults(page);
      await choose('市场监管 · 行政许可');
      await upload('许可.csv', licenseFile(firm, [firm.uscc, withWrongCheck(firm.uscc)], '71'));
      await page.waitForURL(/\/batches\/.+/);
      await endsAs('部分入库');
      expect(await figure('读取行数')).to.equal('2');
      expect(await figure('新增')).to.equal('1');
      expect(await figure('疑问')).to.equal('1');

      const problems = page.getByRole('table', { name: '疑问数据' });
      await problems.getByText('市监许准字〔2026〕712号').waitFor();
      expect(await problems.locator('.faults').first().textContent()).to.include('统一社会信用代码');

      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: '下载疑问数据表' }).click();
      expect((await download).suggestedFilename()).to.match(/\.xlsx$/);

      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(page)).to.equal(false);
      expect(faults).to.deep.equal([]);
    });

    it('is told that a file came before, and finds the first batch again', async () => {
      const file = licenseFile(firm, [firm.uscc], '72');
      await choose('市场监管 · 行政许可');
      await upload('一次.csv', file);
      await endsAs('全部入库');
      const first = page.url();
      await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '数据报送' }).click();
      await choose('市场监管 · 行政许可');
      await upload('两次.csv', file);
      await page.getByText('该文件此前已报送').waitFor();
      await page.getByRole('link', { name: '查看原批次' }).click();
      await page.getByRole('heading', { name: '处理结果' }).waitFor();
      expect(page.url()).to.equal(first);
    });

    it('sees the end of a batch though questions about it fail', async () => {
      // The page's own question fails, then finds the batch at work, and fails again when it has ended.
      const fates = ['fail', 'at work', 'fail'];
      await page.route('**/graphql', async (route) => {
        const { operationName } = route.request().postDataJSON() as { operationName?: string };
        const fate = operationName === 'FeedBatch' ? fates.shift() : undefined;
        if (fate === undefined) return route.continue();
        if (fate === 'fail') return route.abort();
        const response = await route.fetch();
        const body = (await response.text()).replace(/"status":"[A-Z_]+"/, '"status":"INGESTING"');
        return route.fulfill({ response, body });
      });
      let cut = 1;
      await page.route('**/feeds/batches/*', (route) => {
        cut -= 1;
        // The answer begins, and that is all of it.
        if (cut < 0) return route.continue();
        return route.fulfill({ contentType: 'application/json', body: '{"batchId":' });
      });
      await choose('市场监管 · 行政许可');
      await upload('断续.csv', licenseFile(firm, [firm.uscc], '73'));
      await endsAs('全部入库');
      await page.getByText('处理中…').waitFor({ state: 'detached' });
      expect([fates.length, cut]).to.deep.equal([0, -1]);
    });

    it('is offered the feeds of its own sectors only', async () => {
      await page.getByLabel('数据目录').fill('行政');
      await page.getByTitle('市场监管 · 行政处罚', { exact: true }).waitFor();
      expect(await page.getByTitle('税务 · 行政许可', { exact: true }).count()).to.equal(0);
    });

    it('is told when the file is not of that feed', async () => {
      await choose('市场监管 · 行政许可');
      await upload('别的.csv', Buffer.from('姓名,年龄\r\n某某,30\r\n'));
      await page.getByRole('alert').first().waitFor({ timeout: 60_000 });
    });
  },
);
