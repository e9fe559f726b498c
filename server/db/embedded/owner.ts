import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** Says which process runs the store of a data directory. */
interface Owner {
  readonly pid: number;
  readonly token: string;
  /** When the process started: a pid may be used again. */
  readonly started: string;
  /** Where it listens. */
  readonly socket: string;
}

function readOwner(path: string): Owner | 'none' | 'unreadable' {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return 'unreadable'; // it appears whole or not at all, so this is what a power failure left
  }
}

/** When a process started, as the system tells it; empty when there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    if (process.platform === 'linux') return '';
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function alive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(pid) === started;
}

/** Where the owner listens, alive or not. */
export function socketOfOwner(path: string): string | undefined {
  const owner = readOwner(path);
  return typeof owner === 'string' ? undefined : owner.socket;
}

/** Writes a file of its own and links it to the name: of several processes one gets it, and it is never seen in part. */
function createExclusively(path: string, content: string): boolean {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

const STALE_LOCK_MS = 10_000;

/**
 * Removes the file of an owner that has died. One process at a time does so, and looks again first: else the file of
 * a new owner could be taken for that of the dead one.
 */
function removeDead(path: string): void {
  const lock = `${path}.lock`;
  if (!createExclusively(lock, String(process.pid))) {
    const probe = `${lock}.${randomBytes(8).toString('hex')}`;
    writeFileSync(probe, '');
    try {
      // Held for microseconds; an old one was left by a process that was killed in between.
      if (statSync(probe).mtimeMs - statSync(lock).mtimeMs > STALE_LOCK_MS) rmSync(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    } finally {
      rmSync(probe, { force: true });
    }
    return;
  }
  try {
    const owner = readOwner(path);
    if (owner === 'unreadable' || (owner !== 'none' && !alive(owner))) rmSync(path, { force: true });
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Tries to become the owner; one that has died does not stand in the way.
 * @returns how to give it up, or undefined when another process is the owner
 */
export function takeOwnership(path: string, socket: string): (() => void) | undefined {
  const present = readOwner(path);
  if (present === 'unreadable' || (present !== 'none' && !alive(present))) removeDead(path);
  const token = randomBytes(8).toString('hex');
  const owner: Owner = { pid: process.pid, token, started: startOf(process.pid), socket };
  if (!createExclusively(path, JSON.stringify(owner))) return undefined;
  return () => {
    const now = readOwner(path);
    if (typeof now !== 'string' && now.token === token) rmSync(path, { force: true });
  };
}
