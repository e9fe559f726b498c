import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onCleanUp } from './cleanup.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const alive = new Set<ChildProcess>();
// Where nothing else could be undone any more.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface Running {
  readonly child: ChildProcess;
  /** What it wrote to standard output. @throws Error when it ended with another code than 0 or 1 */
  readonly ended: Promise<string>;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a program of the project as a process of its own; it ends with the bench at the latest. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-2000);
  });
  alive.add(child);
  const exited = once(child, 'close') as Promise<[number | null]>;
  let stopped = false;
  const kill = onCleanUp(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const ended = exited.then(async ([code]) => {
    alive.delete(child);
    await kill();
    if (!stopped && code !== 0 && code !== 1)
      throw new Error(`${args.join(' ')} ended with ${String(code)}: ${tail}`);
    return Buffer.concat(out).toString('utf8');
  });
  ended.catch(() => undefined);
  return {
    child,
    ended,
    async stop() {
      stopped = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** One command of the command line, to its end. */
export function credit(args: readonly string[], env: NodeJS.ProcessEnv): Running {
  return start(['bin/credit.js', ...args], env);
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Until `url` is answered, with 200 unless another status will do.
 * @throws Error after a minute, or when the process has ended
 */
export async function untilReady(
  url: string,
  { child }: Running,
  ready = (status: number): boolean => status === 200,
): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    if (child.exitCode !== null) throw new Error(`the process behind ${url} has ended`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer && ready(answer.status)) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}
