import type { mongo } from 'mongoose';
import { anonymousViewer } from '../server/auth/viewer.ts';
import type { AppContext } from '../server/context.ts';
import { nativeCollection } from '../server/db/native.ts';
import { FirmSource } from '../server/generate/index.ts';
import { civilDate } from '../server/lib/civil-date.ts';
import { planChunk } from '../server/modules/subject/subject-plan.ts';
import { readRegisterRow, type RegisterEntry } from '../server/modules/subject/register-row.ts';
import type { SubjectDoc } from '../server/modules/subject/subject.model.ts';
import { makeCity } from './city.ts';
import { defineBench } from './define-bench.ts';
import { loadOf, quantile, rounded } from './figures.ts';

/** Subjects; the last one only from size 10 on: it is an hour of loading. */
const STEPS = [50_000, 500_000];
const LARGEST = 5_000_000;
const LARGEST_FROM = 10;
const PER_CALL = 1000;
const SEARCHES = 500;
const WARM = 100;
const PAGE = 20;

function entryAt(firms: FirmSource, i: number): RegisterEntry {
  const { name, uscc, foundedOn, type, capital, scope, region, address } = firms.at(i);
  const result = readRegisterRow({
    name,
    uscc,
    foundedOn,
    type,
    capital,
    scope,
    province: '示例',
    region,
    address,
  });
  if (!('entry' in result)) throw new Error('an invented firm was refused');
  return result.entry;
}

/** As an import writes them, without its comparing. */
async function load({ db, clock }: AppContext, firms: FirmSource, from: number, to: number): Promise<void> {
  const subjects = nativeCollection<SubjectDoc>(db, 'subjects');
  for (let at = from; at < to; at += PER_CALL) {
    const n = Math.min(PER_CALL, to - at);
    const entries = Array.from({ length: n }, (_, i) => entryAt(firms, at + i));
    const { writes } = planChunk(entries, [], clock.now());
    await subjects.bulkWrite(writes as mongo.AnyBulkWriteOperation<SubjectDoc>[], { ordered: false });
  }
}

/** What is looked for in every step: parts of names and beginnings of codes of firms of the first one. */
function textsOf(firms: FirmSource, most: number): { name: string; texts: string[] }[] {
  const some = Array.from({ length: SEARCHES }, (_, i) => firms.identityAt((i * 7919) % most));
  return [
    // Two to five characters from the distinctive part on, as people type them.
    { name: 'name fragment', texts: some.map(({ name }, i) => name.slice(3, 5 + (i % 4))) },
    { name: 'code', texts: some.map(({ uscc }, i) => uscc.slice(0, 9 + (i % 10))) },
  ];
}

async function p95Of({ subjects }: AppContext, texts: readonly string[]): Promise<number> {
  const search = (i: number) =>
    subjects.search(anonymousViewer, texts[i % texts.length] ?? '', { first: PAGE });
  await loadOf(WARM, 1, search);
  return quantile((await loadOf(texts.length, 1, search)).ms, 0.95);
}

/** How much slower the search for subjects becomes as the base library grows. */
export default defineBench({
  name: 'search',
  async run({ size, directory, emit, log }) {
    const city = await makeCity(directory, 'search');
    const app = await city.open();
    try {
      const factor = Math.min(1, size);
      const steps = [...STEPS, ...(size >= LARGEST_FROM ? [LARGEST] : [])].map((n) => Math.ceil(n * factor));
      const [first = 0] = steps;
      const firms = new FirmSource({
        seed: 'search',
        count: steps.at(-1) ?? first,
        cityName: app.config.cityName,
        foundedBefore: civilDate('2023-01-01'),
      });
      const searches = textsOf(firms, first);
      const baselines = new Map<string, number>();
      let loaded = 0;
      for (const n of steps) {
        log(`loading ${String(n)} subjects`);
        await load(app, firms, loaded, n);
        loaded = n;
        for (const { name, texts } of searches) {
          const p95 = await p95Of(app, texts);
          const baseline = baselines.get(name) ?? p95;
          baselines.set(name, baseline);
          emit({
            scale: `${name}, ${String(n)} subjects, p95`,
            unit: 'ms',
            value: rounded(p95),
            baseline: rounded(baseline),
            ratio: rounded(p95 / baseline),
          });
        }
      }
    } finally {
      await app.close();
    }
    await city.drop();
  },
});
