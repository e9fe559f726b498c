import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemViewer } from '../auth/viewer.ts';
import type { AppContext } from '../context.ts';
import type { Manifest } from '../generate/index.ts';
import { DomainError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { CellFault, FeedBatchDoc, ReceiveInput, RowCounts, RowEnd } from '../modules/feed/index.ts';
import { withApp } from './app.ts';
import { UsageError, type Command } from './command.ts';

const MAX_PROBLEMS = 1000;
const SHOWN_PROBLEMS = 20;
const PAGE = 100;

interface Job {
  readonly path: string;
  readonly feed: string;
  readonly agency?: string;
}

interface Problem {
  readonly file: string;
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly message: string;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly file: string;
}

interface Outcome {
  readonly rows: RowCounts;
  readonly duplicateOf?: string;
  readonly problems: readonly Problem[];
  readonly batchId?: string;
}

const NOTHING: RowCounts = { read: 0, inserted: 0, updated: 0, unchanged: 0, conflict: 0, refused: 0 };

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        feed: { type: 'string' },
        agency: { type: 'string' },
        errors: { type: 'string' },
        'received-at': { type: 'string' },
        'received-at-column': { type: 'string' },
        again: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    if (positionals.length === 0) throw new UsageError('请给出至少一个文件，或 generate 生成的文件夹');
    return { ...values, files: positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

type Options = ReturnType<typeof parse>;

function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()))
    throw new UsageError(messageOf('FEED_RECEIVED_AT_INVALID', { value: text }));
  return instant;
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** A folder made by `generate` says itself what is in it: subjects first, then each file with its feed. */
async function jobsOf(app: AppContext, { files, feed, agency }: Options): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const path of files) {
    if (await isDirectory(path)) {
      const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as Manifest;
      await app.subjects.importFile(systemViewer, join(path, manifest.subjects.file));
      jobs.push(
        ...manifest.files.map((entry) => ({
          path: join(path, entry.file),
          feed: entry.feed,
          agency: entry.agency,
        })),
      );
    } else if (feed === undefined) throw new UsageError('请用 --feed <领域>/<类型> 指明数据目录');
    else jobs.push({ path, feed, ...(agency === undefined ? {} : { agency }) });
  }
  return jobs;
}

function problemOf(
  file: string,
  row: number,
  { column, code, params }: Pick<CellFault, 'column' | 'code' | 'params'>,
): Problem {
  return { file, row, column, code, message: messageOf(code, params) };
}

async function problemsOf(app: AppContext, batch: FeedBatchDoc, file: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (let after: string | undefined; problems.length < MAX_PROBLEMS;) {
    const page = await app.feeds.problemRows(systemViewer, batch._id.toHexString(), {
      first: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { row, faults } of page.nodes) {
      problems.push(
        ...faults
          .filter(({ severity }) => severity !== 'WARNING')
          .map((fault) => problemOf(file, row, fault)),
      );
    }
    if (!page.hasNext) break;
    after = page.cursors.at(-1);
  }
  return problems.slice(0, MAX_PROBLEMS);
}

async function rehearse(app: AppContext, input: ReceiveInput, file: string): Promise<Outcome> {
  const rows = { ...NOTHING };
  const problems: Problem[] = [];
  const note = (ends: readonly RowEnd[]): void => {
    for (const { outcome, row, faults } of ends) {
      rows.read += 1;
      rows[outcome.toLowerCase() as 'inserted'] += 1;
      if (outcome !== 'REFUSED' || problems.length >= MAX_PROBLEMS) continue;
      problems.push(
        ...faults
          .filter(({ severity }) => severity !== 'WARNING')
          .map((fault) => problemOf(file, row, fault)),
      );
    }
  };
  await app.feeds.dryRun(systemViewer, input, note);
  return { rows, problems };
}

/** What a repeat of a finished file changes: nothing. */
function asUnchanged({ read, inserted, updated, unchanged, conflict, refused }: RowCounts): RowCounts {
  return { read, inserted: 0, updated: 0, unchanged: inserted + updated + unchanged, conflict, refused };
}

async function importOne(
  app: AppContext,
  job: Job,
  options: Options,
  progress: (rows: number) => void,
): Promise<Outcome> {
  const receivedAt = instantOf(options['received-at']);
  const column = options['received-at-column'];
  const input: ReceiveInput = {
    feed: job.feed,
    fileName: basename(job.path),
    source: job.path,
    again: options.again,
    ...(job.agency === undefined ? {} : { agency: job.agency }),
    ...(receivedAt === undefined ? {} : { receivedAt }),
    ...(column === undefined ? {} : { receivedAtColumn: column }),
  };
  if (options['dry-run']) return rehearse(app, input, job.path);
  const { batch, duplicate } = await app.feeds.receive(systemViewer, input);
  const id = batch._id.toHexString();
  const done = duplicate && (batch.status === 'INGESTED' || batch.status === 'PARTLY_INGESTED');
  if (!done) {
    const onRows = (_: unknown, { read }: RowCounts): void => progress(read);
    // Another process may have it in hand: then its end is waited for.
    while (!(await app.feeds.ingest.run(id, { onRows }))) await app.feeds.waitFor(systemViewer, id, 5);
  }
  const ended = await app.feeds.batch(systemViewer, id);
  if (ended.failure) throw new BatchFailed(ended.failure.code, ended.failure.params);
  return {
    rows: done ? asUnchanged(ended.rows) : ended.rows,
    problems: ended.rows.refused > 0 ? await problemsOf(app, ended, job.path) : [],
    batchId: id,
    ...(duplicate ? { duplicateOf: id } : {}),
  };
}

/** The file could not be read to its end; the rows before that are stored. */
class BatchFailed extends DomainError {}

function failureOf(error: unknown, file: string): Failure | undefined {
  if (error instanceof DomainError)
    return { code: error.code, message: messageOf(error.code, error.params), file };
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined) return undefined;
  return { code: 'FILE_UNREADABLE', message: `不能读取文件（${code}）`, file };
}

/** One workbook a file: the name given, numbered from the second on. */
async function writeErrors(app: AppContext, path: string, batches: readonly string[]): Promise<void> {
  for (const [i, id] of batches.entries()) {
    const name =
      i === 0 ? path : join(dirname(path), `${basename(path, extname(path))}-${String(i + 1)}.xlsx`);
    await writeFile(name, await app.feeds.problemWorkbook(systemViewer, id), { mode: 0o600 });
  }
}

function add(total: RowCounts, rows: RowCounts): void {
  for (const name of Object.keys(total) as (keyof RowCounts)[]) total[name] += rows[name];
}

function printRows(rows: RowCounts): string {
  const { read, inserted, updated, unchanged, conflict, refused } = rows;
  const parts = [
    ['新增', inserted],
    ['更新', updated],
    ['未变', unchanged],
    ['冲突', conflict],
    ['拒收', refused],
  ];
  return `读取 ${String(read)} 行：${parts.map(([name, n]) => `${String(name)} ${String(n)}`).join('，')}`;
}

async function run(app: AppContext, options: Options): Promise<number> {
  const started = performance.now();
  const total = { ...NOTHING };
  const problems: Problem[] = [];
  const failures: Failure[] = [];
  const refusedBatches: string[] = [];
  const duplicates: string[] = [];
  const jobs = await jobsOf(app, options);
  let worked = 0;
  const progress = (rows: number): void => {
    worked += rows;
    if (process.stderr.isTTY && !options.json) process.stderr.write(`\r${String(worked)} 行`);
  };
  for (const job of jobs) {
    try {
      const outcome = await importOne(app, job, options, progress);
      add(total, outcome.rows);
      problems.push(...outcome.problems.slice(0, MAX_PROBLEMS - problems.length));
      if (outcome.duplicateOf !== undefined) duplicates.push(outcome.duplicateOf);
      if (outcome.batchId !== undefined && outcome.rows.refused > 0) refusedBatches.push(outcome.batchId);
      if (!options.json) console.log(`${job.path}  ${printRows(outcome.rows)}`);
    } catch (error) {
      const failure = failureOf(error, job.path);
      if (!failure) throw error;
      failures.push(failure);
      console.error(`${failure.file}：${failure.message}`);
    }
  }
  if (options.errors !== undefined) await writeErrors(app, options.errors, refusedBatches);
  if (options.json) {
    const feeds = [...new Set(jobs.map(({ feed }) => feed))];
    const answer = {
      feed: feeds.length === 1 ? feeds[0] : feeds,
      files: jobs.length,
      rows: total,
      problems,
      ...(duplicates.length === 0
        ? {}
        : { duplicateOf: duplicates.length === 1 ? duplicates[0] : duplicates }),
      ...(failures.length === 0 ? {} : { error: failures[0], errors: failures }),
      tookMs: Math.ceil(performance.now() - started),
    };
    console.log(JSON.stringify(answer));
  } else {
    if (jobs.length > 1) console.log(`合计  ${printRows(total)}`);
    for (const { file, row, column, message } of problems.slice(0, SHOWN_PROBLEMS)) {
      console.log(`  ${file} 第 ${String(row)} 行 ${column}：${message}`);
    }
    if (problems.length > SHOWN_PROBLEMS) console.log('  其余见疑问数据表（--errors）或 --json');
  }
  if (failures.length > 0) return 2;
  return total.refused + total.conflict > 0 ? 1 : 0;
}

/** `credit import`: files of a feed, the whole way to the outbox. */
export const importCommand: Command = {
  usage:
    'import <file…|dir> --feed <sector>/<kind> [--agency <uscc>] [--errors F.xlsx] [--received-at T | --received-at-column C] [--again] [--dry-run] [--json]',
  run: async (args) => {
    const options = parse(args);
    return withApp((app) => run(app, options));
  },
};
