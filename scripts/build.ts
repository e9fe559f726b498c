import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const BUILT = join(ROOT, 'client/dist/index.html');
const SOURCES = [
  'client/src',
  'client/index.html',
  'client/package.json',
  'client/vite.config.ts',
  'schema/codes',
];

function newest(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Whether the built client is there and no older than what it is built from. */
export function clientIsBuilt(): boolean {
  if (!existsSync(BUILT)) return false;
  const built = statSync(BUILT).mtimeMs;
  return SOURCES.every((path) => newest(join(ROOT, path)) <= built);
}

/**
 * Builds the web client into client/dist; some ten seconds.
 * @throws when the build fails; with `quiet` its output is in the message, else it goes to the terminal
 */
export function buildClient(options: { quiet?: boolean } = {}): void {
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build', '--workspace', 'client'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: options.quiet === true ? 'pipe' : 'inherit',
    // npm is a script of the shell on Windows.
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`The web client was not built\n${stdout ?? ''}${stderr ?? ''}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildClient();
