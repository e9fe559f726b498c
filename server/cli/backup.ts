import { parseArgs } from 'node:util';
import { readPlaces } from '../config/config.ts';
import { withApp } from './app.ts';
import { backup } from './backup/backup.ts';
import { UsageError, type Command } from './command.ts';

/** The one folder that `backup` and `restore` are given. */
export function folderOf(args: readonly string[]): { folder: string; force: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { force: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [folder, ...more] = positionals;
    if (folder === undefined || folder === '' || more.length > 0)
      throw new UsageError('请给出一个备份文件夹');
    return { folder, force: values.force };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

/** MongoDB has tools that copy all of a replica set at one moment; half of that would be no backup. */
export function requireEmbedded(mongodbUri: string | undefined): void {
  if (mongodbUri === undefined) return;
  throw new Error(
    '已设置 MONGODB_URI：请用 mongodump --oplog / mongorestore --oplogReplay 或存储快照备份和恢复数据库，' +
      '随后复制 DATA_DIR/files，并另行保管密钥（见 docs/operations.md）',
  );
}

/** `credit backup`: the embedded store and its files, while they are used. Exit 1 when files were missing before. */
export const backupCommand: Command = {
  usage: 'backup <folder>',
  run: async (args) => {
    const { folder, force } = folderOf(args);
    if (force) throw new UsageError('backup 没有 --force');
    requireEmbedded(readPlaces().mongodbUri);
    const terminal = process.stderr.isTTY;
    const { manifest, missing } = await withApp((app) =>
      backup(app, folder, (n) => {
        if (terminal) process.stderr.write(`\r已复制 ${String(n)} 个文件`);
      }),
    );
    if (terminal) process.stderr.write('\n');
    const documents = Object.values(manifest.collections).reduce((sum, n) => sum + n, 0);
    console.log(`备份完成：${String(documents)} 条数据，${String(manifest.files.length)} 个文件：${folder}`);
    console.log(
      manifest.secrets === 'INCLUDED'
        ? '备份中含有密钥 secrets.json，请像密钥一样保管'
        : '备份中没有密钥：请另行保管 FIELD_KEY、HASH_KEY 等环境变量，没有它们备份无法恢复',
    );
    if (missing > 0) console.error(`${String(missing)} 个报送文件在备份之前就已缺失，请运行 credit verify`);
    return missing > 0 ? 1 : 0;
  },
};
