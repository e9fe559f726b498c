import { checkUsccCommand } from './check-uscc.ts';
import { dueCommand } from './due.ts';
import { UsageError, type Command } from './command.ts';

const COMMANDS: Readonly<Record<string, Command>> = { 'check-uscc': checkUsccCommand, due: dueCommand };

function usage(): string {
  return ['用法 usage: credit <command>', ...Object.values(COMMANDS).map((c) => `  credit ${c.usage}`)].join(
    '\n',
  );
}

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 done but some codes or rows failed, 2 wrong use
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(usage());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    console.error(`没有这个命令：${name}\n${usage()}`);
    return 2;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n用法 usage: credit ${command.usage}`);
    return 2;
  }
}
