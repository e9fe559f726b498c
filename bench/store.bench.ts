import { defineBench } from './define-bench.ts';
import { openEmbedded } from '../server/db/embedded/index.ts';
import { lmdbSide } from './store-lmdb.ts';
import { DOCUMENT_BYTES, rowsFrom, type Row } from './store-rows.ts';
import { driverSide, PER_CALL, PER_TRANSACTION, type Side } from './store-side.ts';

const DOCUMENTS = 100_000;
const ROUNDS = 5;

/** One kind of work. */
interface Measure {
  readonly scale: string;
  readonly unit: string;
  /** Made before the clock starts: first number and count of the rows of a round. */
  rows?(round: number): readonly [number, number];
  /** Does the work of one round on one side and answers how much it was. */
  run(side: Side, round: number, rows: readonly Row[]): Promise<number>;
}

async function serial<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<number> {
  for (const item of items) await run(item);
  return items.length;
}

async function parallel<T>(
  lanes: number,
  items: readonly T[],
  run: (item: T) => Promise<void>,
): Promise<number> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    // All lanes take from the one iterator.
    for (const item of rest) await run(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return items.length;
}

async function inSlices(rows: readonly Row[], size: number, run: (slice: readonly Row[]) => Promise<void>) {
  for (let at = 0; at < rows.length; at += size) await run(rows.slice(at, at + size));
  return rows.length;
}

function measures(size: number): Measure[] {
  const share = Math.min(1, size);
  const perRound = Math.ceil((DOCUMENTS * size) / ROUNDS / PER_CALL) * PER_CALL;
  const documents = perRound * ROUNDS;
  const upserts = Math.ceil((5000 * share) / PER_CALL) * PER_CALL;
  const finds = Math.ceil(1000 * share);
  const singles = Math.ceil(200 * share);
  const inTransactions = Math.ceil(4 * share) * PER_TRANSACTION;
  /** Numbers of stored rows in an order that no cache foresees. */
  const some = (round: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => ((round * count + i) * 7_368_787) % documents);
  const upsert = (side: Side, rows: readonly Row[]) =>
    inSlices(rows, PER_CALL, (slice) => side.upsert(slice));
  return [
    {
      scale: `insertMany ${String(PER_CALL)} per call, ${String(documents)}`,
      unit: 'documents/s',
      rows: (round) => [round * perRound, perRound],
      run: (side, _, rows) => inSlices(rows, PER_CALL, (slice) => side.insertMany(slice)),
    },
    {
      scale: 'bulk upsert, inserting',
      unit: 'documents/s',
      rows: (round) => [documents + round * upserts, upserts],
      run: (side, _, rows) => upsert(side, rows),
    },
    {
      scale: 'bulk upsert, updating',
      unit: 'documents/s',
      rows: (round) => [(round * upserts) % documents, upserts],
      run: (side, _, rows) => upsert(side, rows),
    },
    {
      scale: 'findOne by unique key, serial',
      unit: 'operations/s',
      run: (side, round) => serial(some(round, finds), (n) => side.findOne(n)),
    },
    {
      scale: 'findOne by unique key, 20 parallel',
      unit: 'operations/s',
      run: (side, round) => parallel(20, some(round, finds * 3), (n) => side.findOne(n)),
    },
    {
      scale: 'insertOne synced, serial',
      unit: 'operations/s',
      rows: (round) => [round * singles, singles],
      run: (side, _, rows) => serial(rows, (row) => side.insertOne(row)),
    },
    {
      scale: 'insertOne synced, 50 parallel',
      unit: 'operations/s',
      rows: (round) => [documents + round * singles * 10, singles * 10],
      run: (side, _, rows) => parallel(50, rows, (row) => side.insertOne(row)),
    },
    {
      scale: `transaction of ${String(PER_TRANSACTION)} rows over 3 collections`,
      unit: 'rows/s',
      rows: (round) => [round * inTransactions, inTransactions],
      run: (side, _, rows) => inSlices(rows, PER_TRANSACTION, (slice) => side.transaction(slice)),
    },
    {
      scale: `$group of ${String(documents)}`,
      unit: 'runs/s',
      run: (side) => serial([0], () => side.group()),
    },
    {
      scale: `filtered scan of ${String(documents)}`,
      unit: 'runs/s',
      run: (side) => serial([0], () => side.scan()),
    },
    {
      scale: 'page: equality, sort, limit 20',
      unit: 'operations/s',
      run: (side, round) => serial(some(round, Math.ceil(300 * share)), (n) => side.page(n)),
    },
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The embedded store beside the one of MONGODB_URI, or beside bare LMDB; the two take turns in every round. */
export default defineBench({
  name: 'store',
  async run({ size, directory, emit, log }) {
    const store = await openEmbedded(`${directory}/embedded`);
    const uri = process.env['MONGODB_URI'];
    const ours = await driverSide(store.uri, () => store.close());
    const theirs = uri === undefined ? lmdbSide(directory) : await driverSide(uri);
    log(
      `documents of ${String(DOCUMENT_BYTES)} bytes, beside ${uri === undefined ? 'bare LMDB' : 'MONGODB_URI'}`,
    );
    try {
      for (const { scale, unit, rows, run } of measures(size)) {
        const rates: [number[], number[]] = [[], []];
        for (let round = 0; round < ROUNDS; round += 1) {
          for (const [i, side] of [ours, theirs].entries()) {
            const made = rowsFrom(...(rows?.(round) ?? [0, 0]));
            const start = performance.now();
            const done = await run(side, round, made);
            rates[i]?.push((done / (performance.now() - start)) * 1000);
          }
        }
        const [value, baseline] = rates.map(median) as [number, number];
        emit({
          scale,
          value: rounded(value),
          unit,
          baseline: rounded(baseline),
          ratio: rounded(value / baseline),
        });
      }
    } finally {
      await ours.close();
      await theirs.close();
    }
  },
});
