import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { systemViewer } from '../auth/viewer.ts';
import { DomainError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { AppContext } from '../context.ts';
import { settlePlace } from '../modules/quality-counters/index.ts';
import { withApp } from './app.ts';
import { UsageError, type Command } from './command.ts';
import { wrongPlaces } from './verify/quality-places.ts';

interface Monthly {
  readonly month: string;
  readonly out: string;
}

/** @returns undefined for `recount` */
function parse(args: readonly string[]): Monthly | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { month: { type: 'string' }, out: { type: 'string' } },
      allowPositionals: true,
    });
    const [what, ...extra] = positionals;
    const { month, out } = values;
    if (extra.length > 0 || (what !== 'monthly' && what !== 'recount'))
      throw new UsageError('请用 quality monthly 或 quality recount');
    if (what === 'recount') return undefined;
    if (!month || !out) throw new UsageError('请用 --month 给出月份，用 --out 给出文件');
    return { month, out };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

/** Whoever reads the file sees a whole one, also when the command is stopped. */
async function writeWhole(path: string, content: Buffer): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(part, content);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

/**
 * Brings figures to what rows and decisions say: for a store from before they were kept. Places that move meanwhile are
 * left for the next time.
 */
async function recount(app: AppContext): Promise<number> {
  let settled = 0;
  let moved = 0;
  for await (const place of wrongPlaces(app)) {
    if (await settlePlace(app.db, place)) settled += 1;
    else moved += 1;
  }
  console.log(`已更正 ${String(settled)} 处统计`);
  if (moved > 0) console.error(`另有 ${String(moved)} 处正在变动，请稍后再执行一次`);
  return moved > 0 ? 1 : 0;
}

async function monthly({ month, out }: Monthly): Promise<number> {
  try {
    await writeWhole(out, await withApp((app) => app.quality.monthly.workbook(systemViewer, month)));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    console.error(messageOf(error.code, error.params));
    return 2;
  }
  console.log(`已写入 ${out}`);
  return 0;
}

/** `credit quality monthly`: the 双公示 statistics of a month; `recount`: figures counted anew and put right. */
export const qualityCommand: Command = {
  usage: 'quality monthly --month <YYYY-MM> --out <file.xlsx> | quality recount',
  run: async (args) => {
    const order = parse(args);
    return order ? monthly(order) : withApp(recount);
  },
};
