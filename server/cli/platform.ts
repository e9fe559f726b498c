import { parseArgs } from 'node:util';
import { systemViewer } from '../auth/viewer.ts';
import { InputError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { Platform, PlatformInput } from '../modules/outbox/index.ts';
import { UsageError, type Command } from './command.ts';
import type { OutboxApp } from './push.ts';

interface PlatformArgs {
  readonly action: 'set' | 'list';
  readonly input: PlatformInput;
  readonly json: boolean;
}

function flagOf(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new UsageError('--enabled 应为 true 或 false');
  return text === 'true';
}

function daysOf(text: string): 'ALL' | 'WORKING' {
  if (text !== 'ALL' && text !== 'WORKING') throw new UsageError('--window-days 应为 ALL 或 WORKING');
  return text;
}

function inputOf(
  code: string,
  values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>,
): PlatformInput {
  const { url, token, callback, enabled, 'callback-key': callbackKey, 'batch-size': batchSize } = values;
  const { window, 'window-days': days } = values;
  return {
    code,
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof token === 'string' ? { token } : {}),
    ...(typeof callback === 'string' ? { callback } : {}),
    ...(typeof callbackKey === 'string' ? { callbackKey } : {}),
    ...(typeof enabled === 'string' ? { enabled: flagOf(enabled) } : {}),
    ...(typeof batchSize === 'string' ? { batchSize: Number(batchSize) } : {}),
    // An empty text takes the windows away.
    ...(Array.isArray(window) ? { windows: window.filter((text) => text !== '') } : {}),
    ...(typeof days === 'string' ? { windowDays: daysOf(days) } : {}),
  };
}

function parse(args: readonly string[]): PlatformArgs {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        url: { type: 'string' },
        token: { type: 'string' },
        callback: { type: 'string' },
        'callback-key': { type: 'string' },
        'batch-size': { type: 'string' },
        window: { type: 'string', multiple: true },
        'window-days': { type: 'string' },
        enabled: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const [action, code = '', ...extra] = positionals;
    const fits = (action === 'set' && code !== '') || (action === 'list' && code === '');
    if (!fits || extra.length > 0) throw new UsageError('请写 platform set <code> … 或 platform list');
    return { action: action === 'set' ? 'set' : 'list', input: inputOf(code, values), json: values.json };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

function lineOf({ code, name, url, enabled, pausedUntil, opensAt, windows, windowDays }: Platform): string {
  const state = !enabled ? '未启用' : pausedUntil ? '暂停' : opensAt ? '时段外' : '启用';
  const hours =
    windows.length === 0 && windowDays === 'ALL' ? [] : [`${windowDays} ${windows.join(' ')}`.trim()];
  return [code, name, state, url ?? '', ...hours].join('\t');
}

/** `credit platform set …` and `credit platform list`; tokens are never shown. */
export function platformCommand(open: () => Promise<OutboxApp>): Command {
  return {
    usage:
      'platform set <code> --url U --token T [--callback URL] [--callback-key K] [--batch-size N] [--window HH:MM-HH:MM …] [--window-days ALL|WORKING] [--enabled true|false] | platform list [--json]',
    run: async (args) => {
      const { action, input, json } = parse(args);
      const app = await open();
      try {
        const platforms =
          action === 'set'
            ? [await app.outbox.setPlatform(systemViewer, input)]
            : await app.outbox.listPlatforms(systemViewer);
        if (!json) for (const platform of platforms) console.log(lineOf(platform));
        else console.log(JSON.stringify(action === 'set' ? platforms[0] : { platforms }));
        return 0;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new UsageError(messageOf(error.code, error.params));
      } finally {
        await app.close();
      }
    },
  };
}
