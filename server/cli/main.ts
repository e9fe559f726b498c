import { ConfigError } from '../config/config.ts';
import { UsageError, type Command } from './command.ts';

/** Commands are loaded when they are called: the small ones answer at once. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  import: async () => (await import('./import.ts')).importCommand,
  'import-subjects': async () => {
    const { importSubjectsCommand: command } = await import('./import-subjects.ts');
    const { withApp } = await import('./app.ts');
    return { usage: command.usage, run: (args) => withApp((app) => command.run(args, app)) };
  },
  source: async () => (await import('./source.ts')).sourceCommand,
  collect: async () => (await import('./collect.ts')).collectCommand,
  generate: async () => (await import('./generate.ts')).generateCommand,
  push: async () => (await import('./push.ts')).pushCommand((await import('./app.ts')).openApp),
  reconcile: async () =>
    (await import('./reconcile.ts')).reconcileCommand((await import('./app.ts')).openApp),
  platform: async () => (await import('./platform.ts')).platformCommand((await import('./app.ts')).openApp),
  'upstream-sim': async () => (await import('./upstream-sim.ts')).upstreamSimCommand,
  'check-uscc': async () => (await import('./check-uscc.ts')).checkUsccCommand,
  'decision-counts': async () => (await import('./decision-counts.ts')).decisionCountsCommand,
  quality: async () => (await import('./quality.ts')).qualityCommand,
  due: async () => (await import('./due.ts')).dueCommand,
  feeds: async () => (await import('./template.ts')).feedsCommand,
  template: async () => (await import('./template.ts')).templateCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  admin: async () => (await import('./admin.ts')).adminCommand,
};

async function usage(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return ['用法 usage: credit <command>', ...commands.map((command) => `  credit ${command.usage}`)].join(
    '\n',
  );
}

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 done but some codes or rows failed, 2 wrong use or the command could not run
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(await usage());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    console.error(`没有这个命令：${name}\n${await usage()}`);
    return 2;
  }
  const command = await load();
  try {
    return await command.run(rest);
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n用法 usage: credit ${command.usage}`);
    else if (error instanceof ConfigError) console.error(error.message);
    else console.error(error instanceof Error ? `命令没有完成：${error.message}` : '命令没有完成');
    return 2;
  }
}
