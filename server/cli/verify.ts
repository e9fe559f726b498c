import { parseArgs } from 'node:util';
import type { AppContext } from '../context.ts';
import { withApp } from './app.ts';
import { UsageError, type Command } from './command.ts';
import type { Check, CheckRun } from './verify/check.ts';
import { feeds } from './verify/feeds.ts';
import { gaps } from './verify/gaps.ts';
import { auditChain, indexes, registrations, totals } from './verify/kept-counts.ts';
import { outbox } from './verify/outbox.ts';
import { publications } from './verify/publications.ts';
import { quality } from './verify/quality.ts';
import { repairs } from './verify/repairs.ts';

const RUNS: readonly CheckRun[] = [
  auditChain,
  totals,
  registrations,
  feeds,
  quality,
  gaps,
  repairs,
  publications,
  outbox,
  indexes,
];

/**
 * Everything that is kept twice is compared. Work under way at the same time may show as a difference of counts; it is
 * gone the next time.
 */
export async function verify(app: AppContext): Promise<Check[]> {
  const terminal = process.stderr.isTTY;
  const checks: Check[] = [];
  for (const { name, run } of RUNS) {
    let told = performance.now();
    const found = await run(app, (done) => {
      if (!terminal || performance.now() - told < 200) return;
      told = performance.now();
      process.stderr.write(`\r\u001b[K${name} ${String(done)}`);
    });
    if (terminal) process.stderr.write('\r\u001b[K');
    checks.push(...found);
  }
  return checks;
}

export function printChecks(checks: readonly Check[]): void {
  for (const { name, checked, faults, unreferenced } of checks) {
    const more = unreferenced === undefined ? '' : `（另有 ${String(unreferenced)} 个无批次引用，每周清理）`;
    console.log(`${faults.length === 0 ? '✔' : '✘'} ${name}  ${String(checked)}${more}`);
    for (const fault of faults) console.log(`    ${fault}`);
  }
}

/** `credit verify`: the audit chain, every index, and everything that is kept twice. Exit 1 on any difference. */
export const verifyCommand: Command = {
  usage: 'verify [--json]',
  run: async (args) => {
    let json: boolean;
    try {
      json = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } }).values
        .json;
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    const checks = await withApp(verify);
    if (json) console.log(JSON.stringify({ checks }));
    else printChecks(checks);
    return checks.some(({ faults }) => faults.length > 0) ? 1 : 0;
  },
};
