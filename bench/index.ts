import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanUp, onCleanUp } from './cleanup.ts';
import type { Bench, BenchLine } from './define-bench.ts';

/** Loaded when they are called for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  store: async () => (await import('./store.bench.ts')).default,
  ingest: async () => (await import('./ingest.bench.ts')).default,
  push: async () => (await import('./push.bench.ts')).default,
  read: async () => (await import('./read.bench.ts')).default,
  search: async () => (await import('./search.bench.ts')).default,
};

const USAGE = `npm run bench -- [${Object.keys(BENCHES).join(' ')}] [--size 0.1] [--json]`;

function show(line: BenchLine, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(line));
    return;
  }
  const { bench, scale, value, unit, baseline, ratio } = line;
  const against = baseline === null ? '' : `  baseline ${String(baseline)}  ratio ${String(ratio)}`;
  console.log(`${bench.padEnd(8)}${scale.padEnd(44)}${String(value)} ${unit}${against}`);
}

async function runOne(bench: Bench, size: number, json: boolean): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'credit-bench-'));
  onCleanUp(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  try {
    await bench.run({
      size,
      directory,
      emit: (line) => show({ bench: bench.name, ...line }, json),
      log: (message) => console.error(`${bench.name}: ${message}`),
    });
  } finally {
    await cleanUp();
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { size: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const size = Number(values.size);
  const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0 || !(size > 0)) {
    console.error(
      `${unknown.length > 0 ? `no such bench: ${unknown.join(', ')}` : 'size must be above 0'}\n${USAGE}`,
    );
    return 2;
  }
  for (const name of names) {
    const bench = await BENCHES[name]?.();
    if (bench) await runOne(bench, size, values.json);
  }
  return 0;
}

/** Ends with the undoing, however far the bench itself is. */
let stopped: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopped ??= cleanUp().finally(() => process.exit(130));
  });
}
try {
  process.exitCode = await main();
} catch (error) {
  await stopped;
  throw error;
}
