import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { systemViewer } from '../auth/viewer.ts';
import { civilDate, isCivilDate, type CivilDate } from '../lib/civil-date.ts';
import { InputError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { ImportProblem, ImportResult, SubjectService } from '../modules/subject/index.ts';
import { UsageError } from './command.ts';

const SHOWN_PROBLEMS = 20;

interface ImportSubjectsServices {
  readonly subjects: SubjectService;
}

interface ImportSubjectsArgs {
  readonly file: string;
  readonly day?: CivilDate;
  readonly dryRun: boolean;
  readonly json: boolean;
}

function parse(args: readonly string[]): ImportSubjectsArgs {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        day: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const [file, ...extra] = positionals;
    if (file === undefined || extra.length > 0) throw new UsageError('请给出一个 CSV 文件');
    const { day, json, 'dry-run': dryRun } = values;
    if (day !== undefined && !isCivilDate(day)) throw new UsageError('--day 应为日期 YYYY-MM-DD');
    return { file, dryRun, json, ...(day !== undefined && { day: civilDate(day) }) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

/** A code and its text for a file that could not be taken at all. */
function failureOf(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof InputError) return { code: error.code, message: messageOf(error.code, error.params) };
  if ((error as NodeJS.ErrnoException).path === undefined) return undefined;
  return { code: 'SUBJECT_FILE_UNREADABLE', message: messageOf('SUBJECT_FILE_UNREADABLE') };
}

function described(file: string, problem: ImportProblem) {
  const { row, column, code, params } = problem;
  return { file, row, column, code, message: messageOf(code, params) };
}

function print(file: string, { rows, problems, problemsLeftOut, warnings }: ImportResult): void {
  const { read, inserted, updated, unchanged, refused } = rows;
  console.log(
    `读取 ${String(read)} 行：新增 ${String(inserted)}，更新 ${String(updated)}，未变 ${String(unchanged)}，拒收 ${String(refused)}`,
  );
  for (const [code, count] of Object.entries(warnings)) {
    console.log(`  提示 ${messageOf(code)}：${String(count)} 行`);
  }
  for (const problem of problems.slice(0, SHOWN_PROBLEMS)) {
    const { row, column, message } = described(file, problem);
    console.log(`  第 ${String(row)} 行 ${column}：${message}`);
  }
  const more = Math.max(0, problems.length - SHOWN_PROBLEMS) + problemsLeftOut;
  if (more > 0) console.log(`  另有 ${String(more)} 处问题（--json 列出）`);
}

/**
 * `credit import-subjects`: the register of enterprises into the base library, whole exports and the registry's daily
 * table. `--day`: rows without a day of approval count from that day.
 */
export const importSubjectsCommand = {
  usage: 'import-subjects <file.csv> [--day <YYYY-MM-DD>] [--dry-run] [--json]',

  /** @returns 0 done, 1 rows were refused, 2 the file is no register export or cannot be read */
  async run(args: readonly string[], { subjects }: ImportSubjectsServices): Promise<number> {
    const { file, day, dryRun, json } = parse(args);
    const started = performance.now();
    const terminal = process.stderr.isTTY && !json;
    let result: ImportResult;
    try {
      const { size } = await stat(file);
      result = await subjects.importFile(systemViewer, file, {
        dryRun,
        ...(day && { day }),
        onProgress: ({ rows, bytes }) => {
          if (terminal)
            process.stderr.write(
              `\r${String(rows)} 行 ${String(Math.floor((bytes * 100) / Math.max(1, size)))}%`,
            );
        },
      });
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      if (json) console.log(JSON.stringify({ error: { ...failure, file } }));
      else console.error(`${file}：${failure.message}`);
      return 2;
    } finally {
      if (terminal) process.stderr.write('\n');
    }
    if (json) {
      const { rows, problems, problemsLeftOut, warnings } = result;
      const answer = {
        feed: 'subjects',
        files: 1,
        rows,
        problems: problems.map((problem) => described(file, problem)),
        problemsLeftOut,
        warnings,
        tookMs: Math.ceil(performance.now() - started),
      };
      console.log(JSON.stringify(answer));
    } else print(file, result);
    return result.rows.refused > 0 ? 1 : 0;
  },
};
