import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { systemViewer } from '../auth/viewer.ts';
import type { AppContext } from '../context.ts';
import { DomainError, InputError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { DecisionCount } from '../modules/quality/index.ts';
import { withApp } from './app.ts';
import { UsageError, type Command } from './command.ts';

const COLUMNS = ['单位代码', '数据目录', '统计期', '数量', '来源'] as const;
type Optional = '公示数量' | '未报送依据';
type Line = Readonly<Record<(typeof COLUMNS)[number], string> & Partial<Record<Optional, string>>>;

const BATCH = 500;

async function* linesOf(path: string): AsyncGenerator<Line> {
  const columns = (header: string[]): string[] => {
    const names = header.map((name) => name.trim());
    if (!COLUMNS.every((name) => names.includes(name)))
      throw new InputError([], 'QUALITY_COUNTS_HEADER', { columns: COLUMNS.join('、') });
    return names;
  };
  const reader = createReadStream(path).on('error', (error) => parser.destroy(error));
  const parser = reader.pipe(parse({ columns, bom: true, trim: true, skip_empty_lines: true }));
  for await (const line of parser) yield line as Line;
}

function numberOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

async function countOf(app: AppContext, line: Line): Promise<DecisionCount> {
  const agency = await app.organizations.byUscc(line['单位代码'].toUpperCase());
  return {
    agencyId: agency?.id ?? '',
    feed: line['数据目录'],
    period: line['统计期'],
    count: numberOf(line['数量']),
    ...(line['公示数量'] ? { published: numberOf(line['公示数量']) } : {}),
    ...(line['未报送依据'] ? { reason: line['未报送依据'] } : {}),
    source: line['来源'],
  };
}

/** Keeps the counts of a file, some hundred at a time. @throws InputError naming the line's place in its part */
async function load(app: AppContext, path: string): Promise<number> {
  let saved = 0;
  let part: DecisionCount[] = [];
  const save = async (): Promise<void> => {
    if (part.length > 0) saved += await app.quality.duties.saveCounts(systemViewer, part, saved);
    part = [];
  };
  for await (const line of linesOf(path)) {
    part.push(await countOf(app, line));
    if (part.length === BATCH) await save();
  }
  await save();
  return saved;
}

/** `credit decision-counts`: what the approval and enforcement systems of agencies count; a repeat changes nothing. */
export const decisionCountsCommand: Command = {
  usage: 'decision-counts <file.csv>',
  run: async ([path, ...extra]) => {
    if (path === undefined || extra.length > 0)
      throw new UsageError(`请给出一个 CSV 文件，列为：${COLUMNS.join('、')}`);
    try {
      console.log(`已保存 ${String(await withApp((app) => load(app, path)))} 条`);
      return 0;
    } catch (error) {
      if (error instanceof DomainError) console.error(messageOf(error.code, error.params));
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') console.error(`没有这个文件：${path}`);
      else throw error;
      return 2;
    }
  },
};
