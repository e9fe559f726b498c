import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { main } from '../../server/cli/main.ts';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs a command in this process, with these settings as its environment. */
export async function credit(settings: Readonly<Record<string, string>>, ...args: string[]): Promise<Answer> {
  const { env } = process;
  const { log, error } = console;
  const lines: string[] = [];
  const errors: string[] = [];
  process.env = { ...env, ...settings };
  console.log = (text: string) => lines.push(text);
  console.error = (text: string) => errors.push(text);
  try {
    return { code: await main(args), out: lines.join('\n'), errors: errors.join('\n') };
  } finally {
    process.env = env;
    console.log = log;
    console.error = error;
  }
}

/** A command in a process of its own. */
export function creditProcess(settings: Readonly<Record<string, string>>, ...args: string[]): ChildProcess {
  const bin = fileURLToPath(new URL('../../bin/credit.js', import.meta.url));
  return spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...settings }, stdio: 'ignore' });
}
