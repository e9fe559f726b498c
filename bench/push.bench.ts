import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemViewer } from '../server/auth/viewer.ts';
import type { AppContext } from '../server/context.ts';
import { postAll } from './bare-http.ts';
import { generateYear, importedOf, makeCity, YEAR_OF_RECORDS } from './city.ts';
import { defineBench, type BenchContext } from './define-bench.ts';
import { against, alone, quantile, rounded } from './figures.ts';
import { measureLatency, RATE } from './steady.ts';
import { enablePlatforms, startSimulators, stopAll } from './simulators.ts';

/** What the outbox itself has under way at once to a platform. */
const CONCURRENCY = 4;

/** A new platform has the store gone through a second time a minute later; that is no part of delivering. */
async function untilTakenIn({ outbox }: AppContext): Promise<void> {
  for (;;) {
    const open = (await outbox.listPlatforms(systemViewer)).filter(({ takingIn }) => takingIn);
    if (open.length === 0) return;
    for (const { code } of open) await outbox.enqueueBacklog(code);
    await sleep(1000);
  }
}

async function throughput({ size, directory, emit, log }: BenchContext): Promise<void> {
  const city = await makeCity(directory, 'push');
  const simulators = await startSimulators(city, directory);
  await enablePlatforms(city, simulators);
  const feeds = join(directory, 'feeds');
  const records = await generateYear(city, feeds, Math.ceil(YEAR_OF_RECORDS * size));
  log(`importing ${String(records)} records`);
  importedOf(await city.credit('import', feeds, '--json'));
  const app = await city.open();
  try {
    await untilTakenIn(app);
    const counts = await Promise.all(simulators.map(({ code }) => app.outbox.counts(code)));
    // Not every kind of record goes to every platform.
    const due = counts.reduce((sum, { PENDING }) => sum + PENDING, 0);
    log('delivering');
    const started = performance.now();
    const summaries = await app.outbox.deliverAllDue({ drain: true });
    const seconds = (performance.now() - started) / 1000;
    const items = summaries.reduce((sum, { accepted }) => sum + accepted, 0);
    if (items !== due || due === 0) throw new Error(`delivered ${String(items)} of ${String(due)}`);
    await stopAll(simulators);
    log(`${String(items)} items in ${String(rounded(seconds))} s; the same with the HTTP client alone`);
    const fresh = await startSimulators(city, directory);
    const bare = await postAll(app, fresh, CONCURRENCY);
    await stopAll(fresh);
    emit({
      scale: `${String(items)} items, two platforms`,
      unit: 'items/s',
      ...against(items / seconds, items / bare),
    });
  } finally {
    await app.close();
  }
  await city.drop();
}

async function latency(context: BenchContext): Promise<void> {
  const seconds = Math.max(10, 60 * Math.min(1, context.size));
  const { ms, rate } = await measureLatency(context, seconds);
  const scale = `commit to accepted, ${String(rounded(rate))} of ${String(RATE)} records/s`;
  context.emit({ scale: `${scale}, p50`, unit: 'ms', ...alone(quantile(ms, 0.5)) });
  context.emit({ scale: `${scale}, p99`, unit: 'ms', ...alone(quantile(ms, 0.99)) });
}

/** Outbox to platforms and their word back, against posting the same bodies; and how soon a record is there. */
export default defineBench({
  name: 'push',
  async run(context) {
    await throughput(context);
    await latency(context);
  },
});
