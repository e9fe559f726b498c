import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { systemViewer } from '../auth/viewer.ts';
import { InputError, NotFoundError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import {
  SOURCE_KINDS,
  type CollectionService,
  type CollectionSource,
  type SourceInput,
} from '../modules/collection/index.ts';
import { withApp } from './app.ts';
import { UsageError, type Command } from './command.ts';

const ACTIONS = ['set', 'list', 'remove', 'enable', 'disable'] as const;

interface SourceArgs {
  readonly action: (typeof ACTIONS)[number];
  readonly code: string;
  readonly config: string | undefined;
  readonly json: boolean;
}

function parse(args: readonly string[]): SourceArgs {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { config: { type: 'string' }, json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [name, code = '', ...extra] = positionals;
    const action = ACTIONS.find((known) => known === name);
    if (!action || extra.length > 0 || (action === 'list') !== (code === ''))
      throw new UsageError('请写 source set|remove|enable|disable <code> 或 source list');
    if ((action === 'set') !== (values.config !== undefined))
      throw new UsageError('source set 要用 --config 给出 JSON 文件（- 为标准输入）');
    return { action, code, config: values.config, json: values.json };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: (value) => typeof value === 'string',
  feed: (value) => typeof value === 'string',
  agency: (value) => value === undefined || typeof value === 'string',
  kind: (value) => SOURCE_KINDS.some((kind) => kind === value),
  settings: (value) => typeof value === 'object' && value !== null,
  secret: (value) => value === undefined || typeof value === 'string',
  everyMinutes: (value) => value === undefined || typeof value === 'number',
  enabled: (value) => value === undefined || typeof value === 'boolean',
};

/** Reads the file; a secret belongs into it, or comes on standard input, but never on the command line. */
async function inputOf(code: string, path: string): Promise<SourceInput> {
  let given: unknown;
  try {
    given = JSON.parse(path === '-' ? await text(process.stdin) : await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`不能读取 ${path}：${(error as Error).message.slice(0, 200)}`);
  }
  const fields = { ...(given as Record<string, unknown>) };
  const wrong =
    Object.keys(fields).find((name) => !Object.hasOwn(FIELDS, name)) ??
    Object.keys(FIELDS).find((name) => !FIELDS[name]?.(fields[name]));
  if (wrong !== undefined) throw new UsageError(`${path} 中的 ${wrong} 有误`);
  return { ...fields, code } as unknown as SourceInput;
}

function lineOf({ code, kind, feed, name, enabled, pausedUntil, cursor }: CollectionSource): string {
  const state = !enabled ? '停用' : pausedUntil ? '暂停' : '启用';
  return [code, kind, feed, name, state, cursor ?? ''].join('\t');
}

async function act(
  { sources }: CollectionService,
  { action, code }: SourceArgs,
  input: SourceInput | undefined,
): Promise<CollectionSource[]> {
  if (input) return [await sources.set(systemViewer, input)];
  switch (action) {
    case 'remove':
      await sources.remove(systemViewer, code);
      return [];
    case 'enable':
    case 'disable':
      return [await sources.setEnabled(systemViewer, code, action === 'enable')];
    default:
      return sources.list(systemViewer);
  }
}

/** `credit source …`: where rows of feeds are pulled from; secrets are never shown. */
export const sourceCommand: Command = {
  usage: 'source set <code> --config F.json|- | source list [--json] | source remove|enable|disable <code>',
  run: async (args) => {
    const parsed = parse(args);
    const input = parsed.config === undefined ? undefined : await inputOf(parsed.code, parsed.config);
    return withApp(async ({ collection }) => {
      try {
        const sources = await act(collection, parsed, input);
        if (!parsed.json) for (const source of sources) console.log(lineOf(source));
        else console.log(JSON.stringify(parsed.action === 'list' ? { sources } : (sources[0] ?? {})));
        return 0;
      } catch (error) {
        if (!(error instanceof InputError || error instanceof NotFoundError)) throw error;
        throw new UsageError(messageOf(error.code, error.params));
      }
    });
  },
};
