import { parseArgs } from 'node:util';
import { mongo } from 'mongoose';
import { systemViewer } from '../auth/viewer.ts';
import type { AppContext } from '../context.ts';
import { OUTBOX_STATES } from '../modules/outbox/index.ts';
import { withApp } from './app.ts';
import { UsageError, type Command } from './command.ts';

export interface Check {
  readonly name: string;
  readonly checked: number;
  readonly faults: readonly string[];
}

async function auditChain({ audit }: AppContext): Promise<Check> {
  const { checked, faults } = await audit.verify();
  return {
    name: 'audit-chain',
    checked,
    faults: faults.map(({ sequence, fault }) => `${fault} ${String(sequence)}`),
  };
}

/** Every index of every collection against its documents; a store that does not offer `validate` is left to itself. */
async function indexes({ db }: AppContext): Promise<Check> {
  const database = db.conn.getClient().db(db.conn.name);
  const names = (await database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  const faults: string[] = [];
  let checked = 0;
  for (const name of names) {
    try {
      const { valid, errors } = await database.command({ validate: name });
      checked += 1;
      if (valid !== true) faults.push(`${name}: ${JSON.stringify(errors ?? 'invalid')}`);
    } catch (error) {
      const unknown = error instanceof mongo.MongoServerError && [59, 115, 13].includes(Number(error.code));
      if (!unknown) throw error;
    }
  }
  return { name: 'indexes', checked, faults };
}

function differences(
  kept: Readonly<Record<string, number>>,
  counted: Readonly<Record<string, number>>,
): string[] {
  const names = [...new Set([...Object.keys(kept), ...Object.keys(counted)])];
  return names
    .filter((name) => (kept[name] ?? 0) !== (counted[name] ?? 0))
    .map((name) => `${name}: kept ${String(kept[name] ?? 0)}, counted ${String(counted[name] ?? 0)}`);
}

async function totals({ creditRecords, feeds, subjects, db }: AppContext): Promise<Check[]> {
  const records = { kept: await creditRecords.counts(), counted: await creditRecords.recount() };
  const recount = await feeds.recount();
  const kept = { ...(await feeds.counts()) };
  const collection = db.conn.getClient().db(db.conn.name).collection('subjects');
  const subjectTotals = { subjects: await collection.countDocuments({}) };
  const open = { open: await feeds.problems.recount() };
  return [
    { name: 'records', checked: sum(records.counted), faults: differences(records.kept, records.counted) },
    {
      name: 'rows',
      checked: recount.totals.read,
      faults: [
        ...differences(kept, { ...recount.totals }),
        ...recount.uneven.map((id) => `batch ${id} does not add up`),
      ],
    },
    {
      name: 'problem-rows',
      checked: open.open,
      faults: differences({ open: await feeds.problems.open() }, open),
    },
    {
      name: 'subjects',
      checked: subjectTotals.subjects,
      faults: differences({ subjects: await subjects.total() }, subjectTotals),
    },
  ];
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

/** Each record shown to the public as the rules say, and nothing else. */
async function publications({ creditRecords, publications: service }: AppContext): Promise<Check> {
  const faults: string[] = [];
  let checked = 0;
  for await (const changes of creditRecords.allChanges()) {
    const ids = changes.map(({ recordId }) => recordId);
    const windows = await service.windowsOf(ids);
    for (const record of await creditRecords.currentOf(ids)) {
      checked += 1;
      const expected = service.expected(record);
      const shown = windows.get(record.id);
      const same = expected.shown
        ? shown?.from === expected.from && shown.until === expected.until
        : shown === undefined;
      if (!same && faults.length < 100) faults.push(`record ${record.id}`);
    }
  }
  return { name: 'publications', checked, faults };
}

async function outboxItems(app: AppContext): Promise<Check> {
  const items = app.db.conn.getClient().db(app.db.conn.name).collection('outbox_items');
  const faults: string[] = [];
  let checked = 0;
  for (const { code } of await app.outbox.listPlatforms(systemViewer)) {
    const kept = await app.outbox.counts(code);
    const stored = await items.countDocuments({ _id: { $gte: `${code}:`, $lt: `${code};` } } as never);
    const total = OUTBOX_STATES.reduce((n, state) => n + (kept[state] ?? 0), 0);
    checked += stored;
    if (stored !== total) faults.push(`${code}: kept ${String(total)}, counted ${String(stored)}`);
  }
  return { name: 'outbox', checked, faults };
}

export async function verify(app: AppContext): Promise<Check[]> {
  return [
    await auditChain(app),
    await indexes(app),
    ...(await totals(app)),
    await publications(app),
    await outboxItems(app),
  ];
}

/** `credit verify`: the audit chain, every index, and every kept count against what is stored. */
export const verifyCommand: Command = {
  usage: 'verify [--json]',
  run: async (args) => {
    let json: boolean;
    try {
      json = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } }).values
        .json;
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    const checks = await withApp(verify);
    if (json) console.log(JSON.stringify({ checks }));
    else {
      for (const { name, checked, faults } of checks) {
        console.log(`${faults.length === 0 ? '✔' : '✘'} ${name}  ${String(checked)}`);
        for (const fault of faults) console.log(`    ${fault}`);
      }
    }
    return checks.some(({ faults }) => faults.length > 0) ? 1 : 0;
  },
};
