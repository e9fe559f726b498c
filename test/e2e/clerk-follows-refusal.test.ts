import { setTimeout as sleep } from 'node:timers/promises';
import { read } from '@e965/xlsx';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { buildClient, clientIsBuilt } from '../../scripts/build.ts';
import { systemViewer } from '../../server/auth/viewer.ts';
import { toGlobalId } from '../../server/graphql/global-id.ts';
import { civilDateOf } from '../../server/lib/civil-date.ts';
import type { Simulator } from '../../server/upstream-sim/index.ts';
import { startTestApp } from '../support/app.ts';
import { logIn, overflows, watchFaults } from '../support/browser-page.ts';
import { browserMissing, launchBrowser } from '../support/browser.ts';
import { connectPlatform, startSim } from '../support/upstream.ts';

const missing = browserMissing();

(missing ? describe.skip : describe)(
  `a refusal of a platform, seen by clerk and centre${missing ? ` (${missing})` : ''}`,
  function () {
    this.timeout(120_000);
    let app: Awaited<ReturnType<typeof startTestApp>>;
    let sim: Simulator;
    let browser: Browser;
    let context: BrowserContext;

    before(async () => {
      if (!clientIsBuilt()) buildClient({ quiet: true });
      app = await startTestApp();
      sim = await startSim('refuse=0.3');
      const { outbox } = app.app;
      await connectPlatform(outbox, sim.url);
      for (let open = 1; open > 0;) {
        await sleep(100);
        const { PENDING, SENDING, SENT, RETRY } = await outbox.counts('province');
        open = PENDING + SENDING + SENT + RETRY;
      }
      browser = await launchBrowser();
    });
    after(async () => {
      await browser?.close();
      await app?.close();
      await sim?.close();
    });
    beforeEach(async () => {
      context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    });
    afterEach(async () => {
      await context.close();
    });

    it('shows the clerk the whole road of the record beside the problem', async () => {
      const { outbox, organizations, creditRecords } = app.app;
      const market = await organizations.agencyOfSector('market');
      const refused = await outbox.page(
        systemViewer,
        { state: 'REFUSED', platform: 'province' },
        { first: 100 },
      );
      const records = await creditRecords.currentOf(refused.nodes.map(({ recordId }) => recordId));
      const record = records.find(({ agencyId }) => agencyId === market?.id);
      if (!record) throw new Error('none of this agency was refused');
      const page = await logIn(context, app.url, 'agency-market', app.password);
      const faults = watchFaults(page);
      await page.waitForURL(`${app.url}/batches`);
      await page.goto(`${app.url}/batches/${toGlobalId('FeedBatch', record.batchId)}`);
      await page.getByRole('button', { name: `${record.documentNumber} 办理过程` }).click();
      const drawer = page.getByRole('dialog', { name: /办理过程/ });
      for (const text of ['入库', '进入推送', '退回', '列为疑问数据'])
        await drawer.getByText(text, { exact: false }).first().waitFor();
      await drawer.getByText('模拟平台退回：数据不符合要求').first().waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overflows(page)).to.equal(false);
      expect(faults).to.deep.equal([]);
    });

    it('lets the centre take a list of differences away and mend it with one click', async () => {
      const { outbox, clock } = app.app;
      await sim.close();
      sim = await startSim();
      await connectPlatform(outbox, sim.url);
      const page = await logIn(context, app.url, 'center', app.password);
      await page.getByRole('link', { name: '对账' }).click();
      await page.getByLabel('平台接收日期').fill(civilDateOf(clock.now()));
      await page.getByRole('button', { name: '对账', exact: true }).click();
      const download = page.waitForEvent('download');
      await page
        .getByRole('button', { name: /下载差异清单/ })
        .first()
        .click();
      const path = await (await download).path();
      expect(read(await readFile(path)).SheetNames).to.deep.equal(['差异清单']);
      await page
        .getByRole('button', { name: /\d 省信用信息共享平台 补推$/ })
        .first()
        .click();
      await page.getByRole('tooltip').getByRole('button', { name: '补推' }).click();
      const lost = (await outbox.counts('province')).CONFIRMED;
      for (let repaired = 0; repaired === 0;) {
        await sleep(100);
        const { nodes } = await app.app.reconciliation.runs(systemViewer, { state: 'DONE' }, { first: 1 });
        repaired = nodes[0]?.repaired ?? 0;
      }
      for (let held = 0; held < lost;) {
        await sleep(100);
        held = (await outbox.counts('province')).CONFIRMED;
      }
    });
  },
);
