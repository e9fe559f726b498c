import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, isDemoCity } from '../bootstrap.ts';
import { readConfig } from '../config/config.ts';
import { createContext, type AppContext } from '../context.ts';
import { claimDirectory } from '../db/embedded/index.ts';
import { UsageError, type Command } from './command.ts';

/** What a demo city fills; secrets and the demo password stay. */
const FOLDERS = ['store', 'files', 'work'];

function requireYes(args: readonly string[]): void {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: { yes: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (parsed.positionals.join() !== 'reset') throw new UsageError('请写 demo reset --yes');
  if (!parsed.values.yes) throw new UsageError('这会删除演示城市的全部数据并重新生成，确认请加 --yes');
}

async function empty(app: AppContext): Promise<void> {
  const { dataDir, mongodbUri } = app.config;
  if (mongodbUri !== undefined) {
    await app.db.conn.dropDatabase();
    await app.close();
    rmSync(join(dataDir, 'files'), { recursive: true, force: true });
    return;
  }
  await app.close();
  const giveFree = claimDirectory(dataDir);
  if (!giveFree) throw new Error('服务正在使用演示数据，请先停止');
  try {
    for (const name of FOLDERS) rmSync(join(dataDir, name), { recursive: true, force: true });
  } finally {
    giveFree();
  }
}

/** `credit demo reset`: the demo city as on its first day. Only for a store that was begun as one. */
export const demoCommand: Command = {
  usage: 'demo reset --yes',
  run: async (args) => {
    requireYes(args);
    const config = readConfig();
    if (config.nodeEnv === 'production') throw new Error('生产环境没有演示城市');
    const before = await createContext(config);
    try {
      if (!(await isDemoCity(before))) throw new Error('这个存储不是演示城市，不会被清空');
    } catch (error) {
      await before.close();
      throw error;
    }
    await empty(before);
    const after = await createContext(config);
    try {
      await bootstrap(after, { demoRecords: true });
    } finally {
      await after.close();
    }
    console.log('演示城市已重新生成');
    return 0;
  },
};
