import { parseArgs } from 'node:util';
import { NotFoundError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { OutboxService, PushSummary } from '../modules/outbox/index.ts';
import { UsageError, type Command } from './command.ts';
import { untilInterrupt } from './until-interrupt.ts';

/** What the commands about platforms need of the application; `close` ends what `open` began. */
export interface OutboxApp {
  readonly outbox: Pick<OutboxService, 'deliverAllDue' | 'setPlatform' | 'listPlatforms'>;
  close(): Promise<void>;
}

interface PushArgs {
  readonly platform?: string | undefined;
  readonly once: boolean;
  readonly drain: boolean;
  readonly now: boolean;
  readonly json: boolean;
}

function parse(args: readonly string[]): PushArgs {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        platform: { type: 'string' },
        once: { type: 'boolean', default: false },
        drain: { type: 'boolean', default: false },
        now: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    if (values.once && values.drain) throw new UsageError('--once 与 --drain 不能同时使用');
    return values;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

const clockOfChina = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'short',
});

function lineOf({ platform, sent, accepted, refused, retry, dead, held = 0, opensAt }: PushSummary): string {
  const numbers = [sent, accepted, refused, retry, dead].map(String);
  const names = ['发送', '接受', '退回', '待重试', '死信'];
  const opening = opensAt ? `，${clockOfChina.format(opensAt)} 开放` : '';
  const waiting = held > 0 ? `；接收时段外，暂缓 ${String(held)} 条${opening}` : '';
  return `${platform}：${names.map((name, i) => `${name} ${numbers[i] ?? ''}`).join('，')}${waiting}`;
}

/**
 * `credit push`: delivers what is due, one pass; `--now` also to a platform outside its hours. Exit 1 when items were
 * refused, are given up, wait for another try, or are held back until the platform opens.
 */
export function pushCommand(open: () => Promise<OutboxApp>): Command {
  return {
    usage: 'push [--platform <code>] [--once | --drain] [--now] [--json]',
    run: async (args) => {
      const { platform, drain, now: anytime, json } = parse(args);
      const app = await open();
      try {
        const summaries = await untilInterrupt((signal) =>
          app.outbox.deliverAllDue({
            drain,
            anytime,
            signal,
            ...(platform === undefined ? {} : { platform }),
          }),
        );
        for (const summary of summaries) console.log(json ? JSON.stringify(summary) : lineOf(summary));
        if (summaries.length === 0) console.error('没有启用的平台');
        return summaries.some(({ refused, retry, dead, held = 0 }) => refused + retry + dead + held > 0)
          ? 1
          : 0;
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        throw new UsageError(messageOf(error.code, error.params));
      } finally {
        await app.close();
      }
    },
  };
}
