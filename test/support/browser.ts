import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromiumPackage from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';
import project from '../../package.json' with { type: 'json' };

/** Why there is no browser here; undefined when there is one. */
export function browserMissing(): string | undefined {
  if (process.env['CHROMIUM_PATH']) return undefined;
  return process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : 'the packed browser is for Linux x64; CHROMIUM_PATH names another';
}

/**
 * Unpacks the browser once per version. The package unpacks in place, so a killed run would leave half a browser
 * behind; here it appears under its name only when it is whole. With it come the libraries that a bare machine lacks.
 */
async function unpacked(): Promise<string> {
  const home = join(tmpdir(), `credit-exchange-browser-${project.devDependencies['@sparticuz/chromium']}`);
  if (existsSync(home)) return home;
  const work = mkdtempSync(`${home}-`);
  const settings = { TMPDIR: work, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' };
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  try {
    await chromiumPackage.executablePath();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
  // The package's own list of font folders names fixed places, none of which is this one.
  writeFileSync(
    join(work, 'fonts.conf'),
    `<?xml version="1.0"?><fontconfig><dir>${home}/fonts</dir><cachedir>${home}/cache</cachedir></fontconfig>`,
  );
  try {
    renameSync(work, home);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return home;
}

/** A headless browser; the caller closes it. CHROMIUM_PATH names one of the machine instead of the packed one. */
export async function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'];
  const ownPath = process.env['CHROMIUM_PATH'];
  if (ownPath) return chromium.launch({ executablePath: ownPath, args });
  const home = await unpacked();
  return chromium.launch({
    executablePath: join(home, 'chromium'),
    args,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      // Only the fonts of the package: without a Chinese one, every page must bring its own.
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    } as Record<string, string>,
  });
}
