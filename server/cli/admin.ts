import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { isRole } from '../auth/roles.ts';
import { systemViewer } from '../auth/viewer.ts';
import { InputError, RuleError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import { withApp } from './app.ts';
import { UsageError, type Command } from './command.ts';

async function firstLine(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('密码 password: ');
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  throw new UsageError('请从标准输入给出密码');
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { role: { type: 'string' }, username: { type: 'string' }, organization: { type: 'string' } },
      allowPositionals: true,
    });
    const { role = '', username = '', organization } = values;
    if (positionals.join() !== 'create' || username === '')
      throw new UsageError('请写 admin create --role … --username …');
    if (!isRole(role)) throw new UsageError(`没有这个角色：${role}`);
    return { role, username, organization };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

/** `credit admin create`: an account, its password from standard input; the first one of a new production store. */
export const adminCommand: Command = {
  usage: 'admin create --role R --username U [--organization <uscc>]   (password on standard input)',
  run: async (args) => {
    const { role, username, organization } = parse(args);
    const password = await firstLine();
    return withApp(async ({ accounts, organizations }) => {
      const found =
        organization === undefined
          ? (await organizations.list(systemViewer, { first: 1 }, 'CENTER')).nodes[0]
          : await organizations.byUscc(organization);
      if (!found) throw new UsageError(`没有这个机构：${organization ?? ''}`);
      try {
        await accounts.create(systemViewer, { username, password, roles: [role], organizationId: found.id });
      } catch (error) {
        if (!(error instanceof InputError || error instanceof RuleError)) throw error;
        throw new UsageError(messageOf(error.code, error.params));
      }
      console.log(`${username}\t${role}\t${found.name}`);
      return 0;
    });
  },
};
