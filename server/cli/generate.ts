import { parseArgs } from 'node:util';
import { readConfig } from '../config/config.ts';
import { borrowFrom, generateFiles } from '../generate/index.ts';
import { loadCalendar } from '../lib/calendar.ts';
import { addDays, civilDateOf } from '../lib/civil-date.ts';
import { systemClock } from '../lib/clock.ts';
import { addCitySectors } from './city-sectors.ts';
import { UsageError, type Command } from './command.ts';

const MOST_RECORDS = 20_000_000;
const DEFAULT_LATE_SHARE = '0.05';

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        records: { type: 'string' },
        year: { type: 'string' },
        seed: { type: 'string' },
        out: { type: 'string' },
        subjects: { type: 'string' },
        errors: { type: 'string', default: '0' },
        'received-at': { type: 'boolean', default: false },
        late: { type: 'string', default: DEFAULT_LATE_SHARE },
        json: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function whole(text: string | undefined, name: string, least: number, most: number): number {
  if (text === undefined || !/^\d{1,9}$/.test(text) || Number(text) < least || Number(text) > most) {
    throw new UsageError(`--${name} 应为 ${String(least)} 至 ${String(most)} 的整数`);
  }
  return Number(text);
}

function share(text: string, name: string): number {
  if (!/^(0(\.\d{1,6})?|1)$/.test(text)) throw new UsageError(`--${name} 应为 0 至 1 的小数`);
  return Number(text);
}

export const generateCommand: Command = {
  usage:
    'generate --records N --year Y --seed S --out DIR [--subjects file.csv] [--errors share] [--received-at [--late share]] [--json]',
  run: async (args) => {
    const values = parse(args);
    addCitySectors();
    const yesterday = addDays(civilDateOf(systemClock.now()), -1);
    const records = whole(values.records, 'records', 1, MOST_RECORDS);
    const year = whole(values.year, 'year', 2000, Number(yesterday.slice(0, 4)));
    const { seed, out } = values;
    if (seed === undefined || seed === '') throw new UsageError('请给出 --seed');
    if (out === undefined || out === '') throw new UsageError('请给出 --out');
    const errorShare = share(values.errors, 'errors');
    const lateShare = share(values.late, 'late');
    const manifest = await generateFiles(out, {
      records,
      year,
      seed,
      cityName: readConfig().cityName,
      until: yesterday,
      calendar: loadCalendar(),
      errorShare,
      ...(values['received-at'] && { lateShare }),
      ...(values.subjects !== undefined && { borrowed: await borrowFrom(values.subjects) }),
      onProgress: (rows) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${String(rows)} / ${String(records)}`);
      },
    });
    if (process.stderr.isTTY) process.stderr.write('\n');
    const { totals, files, subjects } = manifest;
    if (values.json)
      console.log(JSON.stringify({ out, subjects: subjects.rows, files: files.length, totals }));
    else {
      console.log(
        `已生成 ${String(files.length)} 个报送文件、${String(totals.read)} 条记录（预期拒收 ${String(totals.refused)} 条）、${String(subjects.rows)} 个主体：${out}`,
      );
    }
    return 0;
  },
};
