import { parseArgs } from 'node:util';
import { systemViewer } from '../auth/viewer.ts';
import { DomainError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { CollectionRun, CollectionService, Rehearsal } from '../modules/collection/index.ts';
import { withApp } from './app.ts';
import { UsageError, type Command } from './command.ts';
import { untilInterrupt } from './until-interrupt.ts';

interface CollectArgs {
  readonly source?: string;
  readonly dryRun: boolean;
  readonly fromStart: boolean;
  readonly json: boolean;
}

interface Outcome {
  readonly source: string;
  readonly state: 'DONE' | 'FAILED' | 'DRY_RUN';
  readonly batches: number;
  readonly rows: Rehearsal['rows'];
  readonly duplicates?: number;
  readonly refusedFiles: number;
  readonly waiting?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A slow source holds up none of the others. */
const AT_ONCE = 8;
const NO_ROWS = { read: 0, inserted: 0, updated: 0, unchanged: 0, conflict: 0, refused: 0 };

function parse(args: readonly string[]): CollectArgs {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        source: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        'from-start': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { source, json } = values;
    return {
      dryRun: values['dry-run'],
      fromStart: values['from-start'],
      json,
      ...(source === undefined ? {} : { source }),
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function ofRun(run: CollectionRun): Outcome {
  const { source, state, batches, duplicates, refusedFiles, rows, error, errorText } = run;
  return {
    source,
    state: state === 'DONE' ? 'DONE' : 'FAILED',
    batches,
    duplicates,
    refusedFiles,
    rows,
    ...(error === undefined ? {} : { error: { code: error, message: errorText ?? '' } }),
  };
}

async function collectOne(
  collection: CollectionService,
  source: string,
  { dryRun, fromStart }: CollectArgs,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    if (!dryRun)
      return ofRun(await collection.collect(systemViewer, source, { signal, fromStart, wait: true }));
    const { refused, ...found } = await collection.rehearse(systemViewer, source, { signal, fromStart });
    return { source, state: 'DRY_RUN', refusedFiles: refused.length, ...found };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, params } = error;
    const fault = { code, message: messageOf(code, params) };
    return { source, state: 'FAILED', batches: 0, refusedFiles: 0, rows: NO_ROWS, error: fault };
  }
}

function lineOf({ source, state, batches, refusedFiles, rows, waiting, error }: Outcome): string {
  const { read, inserted, updated, unchanged, conflict, refused } = rows;
  const numbers =
    `${String(batches)} 批 ${String(read)} 行：新增 ${String(inserted)}，更新 ${String(updated)}，` +
    `未变 ${String(unchanged)}，冲突 ${String(conflict)}，拒收 ${String(refused)}`;
  const files = refusedFiles > 0 ? `；${String(refusedFiles)} 个文件不是本报送项目的表格` : '';
  const left = waiting ? `；${String(waiting)} 个文件尚未传完` : '';
  const head = `${source}${state === 'DRY_RUN' ? '（试采，未保存）' : ''}`;
  return `${head}  ${numbers}${files}${left}${error ? `  未完成：${error.message}` : ''}`;
}

async function collect(
  collection: CollectionService,
  args: CollectArgs,
  signal: AbortSignal,
): Promise<number> {
  const codes =
    args.source === undefined
      ? (await collection.sources.list(systemViewer)).filter(({ enabled }) => enabled).map(({ code }) => code)
      : [(await collection.sources.get(systemViewer, args.source)).code];
  const outcomes: Outcome[] = [];
  const left = [...codes];
  const work = async (): Promise<void> => {
    for (let code = left.shift(); code !== undefined && !signal.aborted; code = left.shift()) {
      const outcome = await collectOne(collection, code, args, signal);
      outcomes.push(outcome);
      if (!args.json) console.log(lineOf(outcome));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (args.json) console.log(JSON.stringify({ sources: outcomes }));
  else if (codes.length === 0) console.error('没有启用的采集源');
  if (outcomes.some(({ state }) => state === 'FAILED')) return outcomes.length === 1 ? 2 : 1;
  return outcomes.some(({ rows, refusedFiles }) => rows.refused + rows.conflict + refusedFiles > 0) ? 1 : 0;
}

/** `credit collect`: takes what one source, or every enabled one, has now. Exit 1 with refused rows, 2 when it failed. */
export const collectCommand: Command = {
  usage: 'collect [--source <code>] [--dry-run] [--from-start] [--json]',
  run: async (args) => {
    const parsed = parse(args);
    return withApp(async ({ collection }) => {
      try {
        return await untilInterrupt((signal) => collect(collection, parsed, signal));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        throw new UsageError(messageOf(error.code, error.params));
      }
    });
  },
};
