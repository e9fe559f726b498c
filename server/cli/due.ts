import { parseArgs } from 'node:util';
import { loadCalendar } from '../lib/calendar.ts';
import { isCivilDate } from '../lib/civil-date.ts';
import { UsageError, type Command } from './command.ts';

function parse(args: readonly string[]): { date: string; days: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { days: { type: 'string', default: '7' } },
      allowPositionals: true,
    });
    const [date, ...extra] = positionals;
    if (date === undefined || extra.length > 0) throw new UsageError('请给出一个日期，如 2023-09-28');
    return { date, days: values.days };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

export const dueCommand: Command = {
  usage: 'due <date> [--days 7]',
  run: async (args) => {
    const { date, days } = parse(args);
    if (!isCivilDate(date)) throw new UsageError(`不是有效的日期：${date}（应为 YYYY-MM-DD）`);
    if (!/^\d{1,4}$/.test(days)) throw new UsageError(`不是有效的工作日数：${days}`);
    const deadline = loadCalendar().addWorkingDays(date, Number(days));
    if (deadline.provisional) console.error('提示：所涉年份的放假安排尚未公布，按周一至周五推算，结果为暂定');
    console.log(deadline.date);
    return 0;
  },
};
