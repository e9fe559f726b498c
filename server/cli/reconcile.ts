import { parseArgs } from 'node:util';
import { systemViewer } from '../auth/viewer.ts';
import { DomainError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type {
  ReconciliationDifference,
  ReconciliationRun,
  ReconciliationService,
} from '../modules/reconciliation/index.ts';
import { UsageError, type Command } from './command.ts';
import { untilInterrupt } from './until-interrupt.ts';

/** What the command needs of the application; `close` ends what `open` began. */
export interface ReconcileApp {
  readonly reconciliation: Pick<ReconciliationService, 'run' | 'runAll' | 'differences'>;
  close(): Promise<void>;
}

interface ReconcileArgs {
  readonly platform: string;
  /** Absent: every day, or those of the month. */
  readonly day?: string;
  readonly month?: string;
  readonly repair: boolean;
  readonly json: boolean;
}

const NUMBERS = {
  here: '本地',
  there: '平台',
  missingThere: '平台缺失',
  missingHere: '本地缺失',
  different: '内容不一致',
  inFlight: '在途',
  refused: '退回',
  repaired: '补推',
} as const;
const NAMES = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];
type Numbers = Record<keyof typeof NUMBERS, number>;

const KINDS = { MISSING_THERE: '平台缺失', MISSING_HERE: '本地缺失', DIFFERENT: '内容不一致' } as const;
const SHOWN = 20;

function parse(args: readonly string[]): ReconcileArgs {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        platform: { type: 'string' },
        day: { type: 'string' },
        month: { type: 'string' },
        all: { type: 'boolean', default: false },
        repair: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { platform, day, month, all, repair, json } = values;
  if (!platform) throw new UsageError('请用 --platform 给出平台');
  const given = [day !== undefined, month !== undefined, all].filter(Boolean).length;
  if (given !== 1)
    throw new UsageError('请用 --day 给出日期，或用 --month 给出月份，或用 --all 核对全部日期');
  return {
    platform,
    repair,
    json,
    ...(day === undefined ? {} : { day }),
    ...(month === undefined ? {} : { month }),
  };
}

function numbersOf(source: Numbers): Numbers {
  return Object.fromEntries(NAMES.map((name) => [name, source[name]])) as Numbers;
}

function lineOf(title: string, numbers: Numbers): string {
  return `${title}：${NAMES.map((name) => `${NUMBERS[name]} ${String(numbers[name])}`).join('，')}`;
}

function differs({ missingThere, missingHere, different }: Numbers): boolean {
  return missingThere + missingHere + different > 0;
}

/** What a person finds the record by; of a record that only the platform has there is nothing but its key. */
function nameOf({ documentNumber, counterpartName, revision, key }: ReconciliationDifference): string {
  if (documentNumber === undefined) return `业务主键 ${key}`;
  return [
    documentNumber,
    ...(counterpartName === undefined ? [] : [counterpartName]),
    ...(revision === undefined ? [] : [`版本 ${String(revision)}`]),
  ].join('  ');
}

/** The first differences of a run; the rest is on the page of the centre. */
async function printDifferences(app: ReconcileApp, run: ReconciliationRun): Promise<void> {
  if (!differs(run)) return;
  const { nodes, hasNext } = await app.reconciliation.differences(systemViewer, run.id, { first: SHOWN });
  for (const difference of nodes) {
    const { kind, repaired } = difference;
    console.log(`  ${KINDS[kind]}  ${nameOf(difference)}${repaired ? '  已补推' : ''}`);
  }
  if (hasNext) console.log('  其余见对账页面');
}

async function reconcile(app: ReconcileApp, args: ReconcileArgs, signal: AbortSignal): Promise<boolean> {
  const { platform, day, month, repair, json } = args;
  if (day !== undefined) {
    const run = await app.reconciliation.run(systemViewer, { platform, day, repair, signal });
    if (json) console.log(JSON.stringify({ platform, day, ...numbersOf(run) }));
    else {
      console.log(lineOf(`${platform} ${day}`, run));
      await printDifferences(app, run);
    }
    return differs(run);
  }
  const total = Object.fromEntries(NAMES.map((name) => [name, 0])) as Numbers;
  const days: object[] = [];
  const runs = app.reconciliation.runAll(systemViewer, {
    platform,
    repair,
    signal,
    ...(month === undefined ? {} : { month }),
  });
  for await (const { run, done, days: inAll } of runs) {
    for (const name of NAMES) total[name] += run[name];
    if (json) days.push({ platform, day: run.day, ...numbersOf(run) });
    else if (differs(run)) {
      console.log(lineOf(`${platform} ${run.day}`, run));
      await printDifferences(app, run);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${String(done)}/${String(inAll)} 天 `);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (json)
    console.log(
      JSON.stringify({ platform, day: null, ...(month === undefined ? {} : { month }), ...total, days }),
    );
  else console.log(lineOf(`${platform} ${month ?? '全部日期'}`, total));
  return differs(total);
}

/** `credit reconcile`: exit 0 without a difference, 1 with some, 2 when the comparison could not be made. */
export function reconcileCommand(open: () => Promise<ReconcileApp>): Command {
  return {
    usage: 'reconcile --platform <code> (--day <date> | --month <YYYY-MM> | --all) [--repair] [--json]',
    run: async (args) => {
      const parsed = parse(args);
      const app = await open();
      try {
        return (await untilInterrupt((signal) => reconcile(app, parsed, signal))) ? 1 : 0;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        console.error(messageOf(error.code, error.params));
        return 2;
      } finally {
        await app.close();
      }
    },
  };
}
