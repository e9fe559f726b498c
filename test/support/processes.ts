import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../server/config/config.ts';
import { createContext, type AppContext, type ContextOptions } from '../../server/context.ts';
import { testDatabaseUri } from './store.ts';

export type Part = 'server' | 'jobs';

/** One process of the program. */
export interface Copy {
  readonly part: Part;
  readonly pid: number;
  /** Address of its doors; empty for jobs. */
  readonly url: string;
  /** Ends it at once, as a power failure would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A command of the program in a process of its own. */
interface CommandRun {
  /** When it is over, also by `kill`. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly out: string;
  }>;
  kill(): Promise<void>;
}

/** One store and one data directory, and the processes of the program on them. */
export interface City {
  readonly directory: string;
  readonly password: string;
  start(part: Part): Promise<Copy>;
  /** Begins `credit …`. */
  credit(...args: string[]): CommandRun;
  /** Any script with the environment of the copies; resolves when it has printed something. */
  spawn(script: string, ...args: string[]): Promise<ChildProcess>;
  /** The same store seen from this process. Its close is that of the city. */
  open(options?: ContextOptions): Promise<AppContext>;
  close(): Promise<void>;
}

const PASSWORD = 'demo-password-1';

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

/** Waits for words on stdout. @throws Error with what the process said when it ends without them */
function said(child: ChildProcess, words: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let out = '';
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-4000)));
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const found = words.exec(out);
      if (found) resolve(found);
    });
    child.once('exit', (code, signal) => {
      reject(new Error(`ended with ${String(code ?? signal)} before it was ready: ${out}${errors}`));
    });
  });
}

/** Processes are real ones: what they share is the store and the files, nothing of memory. */
export async function aCity(extra: Readonly<Record<string, string>> = {}): Promise<City> {
  const directory = await mkdtemp(join(tmpdir(), 'credit-city-'));
  const named = testDatabaseUri();
  const settings = {
    DATA_DIR: directory,
    PORT: '0',
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    DEMO_PASSWORD: PASSWORD,
    MONGODB_URI: named ?? '',
    ...extra,
  };
  const children = new Set<ChildProcess>();
  const contexts: AppContext[] = [];
  const node = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, ['--import=tsx', ...args], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  return {
    directory,
    password: PASSWORD,
    async start(part) {
      const child = node('server/index.ts', part);
      const [, url = ''] = await said(
        child,
        part === 'server' ? /(http:\/\/localhost:\d+)\n[^]*store:/ : /store:/,
      );
      const { pid = 0 } = child;
      const end = (signal: NodeJS.Signals) => () => ended(child, signal);
      return { part, pid, url, kill: end('SIGKILL'), stop: end('SIGTERM') };
    },
    credit(...args) {
      const child = node('bin/credit.js', ...args);
      let out = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => (out += chunk.toString()));
      }
      return {
        ended: once(child, 'close').then(([code, signal]) => ({
          code: code as number | null,
          signal: signal as string | null,
          out,
        })),
        kill: () => ended(child, 'SIGKILL'),
      };
    },
    async spawn(script, ...args) {
      const child = node(script, ...args);
      await said(child, /\n/);
      return child;
    },
    async open(options) {
      const app = await createContext(loadConfig({ ...settings, LOG_LEVEL: 'silent' }), options);
      contexts.push(app);
      return app;
    },
    async close() {
      await Promise.all([...children].map((child) => ended(child, 'SIGKILL')));
      if (named !== undefined) await contexts[0]?.db.conn.dropDatabase();
      for (const app of contexts) await app.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
