import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../test/support/browser.ts';

/**
 * The pictures of the README, taken from a running demo city with a platform set up:
 * `node --import=tsx scripts/screenshots.ts <url> <password>`.
 */
async function main(url: string, password: string): Promise<void> {
  const folder = join(resolve(dirname(fileURLToPath(import.meta.url)), '..'), 'docs/images');
  mkdirSync(folder, { recursive: true });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const shoot = async (name: string) => {
      await page.waitForLoadState('networkidle');
      await page.evaluate('document.fonts.ready');
      await page.screenshot({ path: join(folder, `${name}.png`) });
    };
    const logIn = async (username: string) => {
      await page.goto(`${url}/login`);
      await page.getByLabel('用户名').fill(username);
      await page.getByLabel('密码', { exact: true }).fill(password);
      await page.getByRole('button', { name: '登录' }).click();
    };

    await page.goto(url);
    await page.getByRole('table', { name: '最新公示' }).waitFor();
    await shoot('public-search');
    await logIn('center');
    await page.getByRole('table', { name: '最近批次' }).waitFor();
    await page.getByRole('img', { name: /各平台/ }).waitFor();
    await shoot('push-board');
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByRole('link', { name: '工作人员登录' }).waitFor();
    await logIn('agency-market');
    await page.locator('a[href^="/batches/"]', { hasText: 'market-penalty' }).first().click();
    await page.getByRole('table', { name: '疑问数据' }).waitFor();
    await shoot('batch');
  } finally {
    await browser.close();
  }
}

const [url, password] = process.argv.slice(2);
if (url === undefined || password === undefined) {
  console.error('node --import=tsx scripts/screenshots.ts <url> <password>');
  process.exitCode = 2;
} else {
  await main(url.replace(/\/$/, ''), password);
}
