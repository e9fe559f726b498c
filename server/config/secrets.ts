import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const SECRETS_FILE = 'secrets.json';

function read(path: string): Record<string, string> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read`, { cause: error });
  }
}

/**
 * The secrets of a trial: made at first start, kept in DATA_DIR with mode 0600. Of several processes that start at
 * once one makes them: the finished file is linked into place, which only the first can do.
 */
export function keepSecrets(dataDir: string, names: readonly string[]): Record<string, string> {
  const path = join(dataDir, SECRETS_FILE);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  let kept = read(path);
  if (!kept) {
    const made = Object.fromEntries(names.map((name) => [name, randomBytes(32).toString('base64url')]));
    const temporary = `${path}.${randomBytes(6).toString('hex')}`;
    writeFileSync(temporary, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    try {
      linkSync(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(temporary);
    }
    kept = read(path);
  }
  chmodSync(path, 0o600);
  return kept ?? {};
}
