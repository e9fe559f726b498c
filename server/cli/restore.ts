import { readPlaces } from '../config/config.ts';
import { systemClock } from '../lib/clock.ts';
import { withApp } from './app.ts';
import { folderOf, requireEmbedded } from './backup.ts';
import { restore } from './backup/restore.ts';
import type { Command } from './command.ts';
import { printChecks, verify } from './verify.ts';

/** `credit restore`: a backup into an empty data directory, then the checks of `verify`. Exit 1 when one of them fails. */
export const restoreCommand: Command = {
  usage: 'restore <folder> [--force]',
  run: async (args) => {
    const { folder, force } = folderOf(args);
    const { mongodbUri, dataDir, settings } = readPlaces();
    requireEmbedded(mongodbUri);
    const terminal = process.stderr.isTTY;
    const { manifest, aside } = await restore({
      dataDir,
      folder,
      force,
      settings,
      now: systemClock.now(),
      onFile: (done, of) => {
        if (terminal) process.stderr.write(`\r${String(done)} / ${String(of)}`);
      },
    });
    if (terminal) process.stderr.write('\n');
    console.log(`已恢复 ${manifest.createdAt} 的备份：${String(manifest.files.length)} 个文件`);
    if (aside !== undefined) console.log(`原有内容已移到 ${aside}，确认无误后可自行删除`);
    const checks = await withApp((app) => verify(app));
    printChecks(checks);
    return checks.some(({ faults }) => faults.length > 0) ? 1 : 0;
  },
};
