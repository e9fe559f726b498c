import { join } from 'node:path';
import { mongo } from 'mongoose';
import type { AppContext } from '../server/context.ts';
import { nativeCollection } from '../server/db/native.ts';
import { generateYear, importedOf, makeCity, YEAR_OF_RECORDS, type City } from './city.ts';
import { defineBench } from './define-bench.ts';
import { against, MB, rounded, alone } from './figures.ts';
import { watchMemory } from './memory.ts';
import { credit } from './processes.ts';
import { enableSilent } from './simulators.ts';

const PER_CALL = 1000;

/** What an import writes; the rest of a store is a handful of documents. */
const WRITTEN = [
  'subjects',
  'credit_records',
  'credit_record_revisions',
  'publications',
  'outbox_items',
  'outbox_lots',
  'feed_batches',
  'feed_chunks',
  'problem_rows',
  'counters',
  'quality_counters',
];

/** Inserts all documents of a collection again. @returns seconds spent in `insertMany`, and how many there were */
async function copy(from: AppContext, to: AppContext, name: string): Promise<{ seconds: number; n: number }> {
  const target = nativeCollection<mongo.Document>(to.db, name);
  const found = nativeCollection<mongo.Document>(from.db, name).find({}, { promoteLongs: false });
  let seconds = 0;
  let n = 0;
  const insert = async (documents: mongo.Document[]): Promise<void> => {
    if (documents.length === 0) return;
    const started = performance.now();
    await target.insertMany(documents, { ordered: false });
    seconds += (performance.now() - started) / 1000;
    n += documents.length;
  };
  let some: mongo.Document[] = [];
  for await (const document of found) {
    some.push(document);
    if (some.length < PER_CALL) continue;
    await insert(some);
    some = [];
  }
  await insert(some);
  return { seconds, n };
}

async function copyAll(city: City, fresh: City): Promise<{ seconds: number; n: number }> {
  const from = await city.open();
  try {
    const to = await fresh.open();
    try {
      let seconds = 0;
      let n = 0;
      for (const name of WRITTEN) {
        const part = await copy(from, to, name);
        seconds += part.seconds;
        n += part.n;
      }
      return { seconds, n };
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** Files to outbox, against `insertMany` of what that left in the store. */
export default defineBench({
  name: 'ingest',
  async run({ size, directory, emit, log }) {
    const city = await makeCity(directory, 'ingest');
    const feeds = join(directory, 'feeds');
    const records = await generateYear(city, feeds, Math.ceil(YEAR_OF_RECORDS * size));
    await enableSilent(city);
    log(`importing ${String(records)} records`);
    const running = credit(['import', feeds, '--json'], city.env);
    const memory = watchMemory(running.child.pid ?? 0);
    const { tookMs } = importedOf(await running.ended);
    const use = memory.stop();
    log(`imported in ${String(rounded(tookMs / 1000))} s; inserting the same documents`);
    const fresh = await makeCity(directory, 'fresh');
    const { seconds, n } = await copyAll(city, fresh);
    log(`${String(n)} documents in ${String(rounded(seconds))} s`);
    const scale = `${String(records)} records, two platforms`;
    emit({ scale, unit: 'records/s', ...against(records / (tookMs / 1000), records / seconds) });
    if (use) {
      emit({ scale: `${scale}, peak RssAnon`, unit: 'MB', ...alone(use.peak / MB) });
      emit({
        scale: `${scale}, RssAnon last third`,
        unit: '× first third',
        value: rounded(use.growth),
        baseline: 1,
        ratio: rounded(use.growth),
      });
    }
    await fresh.drop();
    await city.drop();
  },
});
