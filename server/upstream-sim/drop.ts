import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { systemClock, type Clock } from '../lib/clock.ts';
import { placeFile } from '../lib/place-file.ts';
import { DropFileError, readDropFile } from './drop-file.ts';
import { DropHoldings } from './drop-holdings.ts';
import { FaultDraw, FaultSpecError, NO_FAULTS, type Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { Ledger, type ItemResult } from './ledger.ts';

export interface DropSimulatorOptions {
  /** The folder that files are put into; made when it is not there. */
  readonly directory: string;
  readonly faults?: Faults;
  readonly seed?: string;
  readonly journal?: string;
  readonly clock?: Clock;
  /** Whether it says what it holds. */
  readonly holdings?: boolean;
  readonly lateMs?: number;
  readonly slowMs?: number;
  readonly pollMs?: number;
}

export interface DropSimulator {
  readonly url: string;
  close(): Promise<void>;
}

/** Those that can happen to a folder. */
const POSSIBLE = new Set(['refuse', 'late', 'lose-receipt', 'duplicate-answer', 'slow']);

interface Late {
  readonly base: string;
  readonly batch: string;
  readonly at: number;
}

/**
 * A stand-in for a platform that takes zips of XML from a folder: each is worked once, moved to `taken/` (or `rejected/`
 * when it is not as was agreed) and answered by `receipts/<name>.json`; `holdings/` says what is held. The journal is on
 * disk before the receipt; a file that comes again under its name is answered again.
 * @throws FaultSpecError for a fault that cannot happen to a folder
 */
export async function startDropSimulator(options: DropSimulatorOptions): Promise<DropSimulator> {
  const { directory, faults = NO_FAULTS, clock = systemClock } = options;
  const { lateMs = 1500, slowMs = 400, pollMs = 100 } = options;
  const strange = Object.keys(faults.rates).find((name) => !POSSIBLE.has(name));
  if (strange !== undefined) throw new FaultSpecError(`目录方式没有这种故障：${strange}`);
  const draw = new FaultDraw(faults, options.seed ?? '1');
  const ledger = new Ledger(draw);
  const stop = new AbortController();
  const receipts = join(directory, 'receipts');
  for (const name of ['receipts', 'taken', 'rejected'])
    await mkdir(join(directory, name), { recursive: true });
  const journal = await Journal.open(options.journal, (line) => ledger.replay(line));
  const holdings = options.holdings === false ? undefined : new DropHoldings(directory);
  const started = clock.now().getTime();
  const late: Late[] = [];
  /** Zips that came again: what got lost has been told since. */
  const repeats = new Set<string>();
  /** Content by name: the same name must not come with another one. */
  const seen = new Map<string, string>();

  const answer = (base: string, batch: string, results: readonly ItemResult[]): Promise<void> =>
    placeFile(receipts, `${base}.json`, JSON.stringify({ batch, results }));

  const work = async (name: string): Promise<void> => {
    const base = name.slice(0, -'.zip'.length);
    const path = join(directory, name);
    const bytes = await readFile(path);
    const hash = createHash('sha256').update(bytes).digest('hex');
    try {
      if ((seen.get(base) ?? hash) !== hash) throw new DropFileError(`${name} came with another content`);
      const { batch, items } = await readDropFile(bytes);
      seen.set(base, hash);
      const repeated = ledger.knows(batch);
      await journal.append(ledger.take(batch, items, clock.now(), lateMs));
      ledger.keep(batch);
      if (draw.happens('slow', base)) await sleep(slowMs, undefined, { signal: stop.signal });
      if (repeated) {
        repeats.add(base);
        await answer(base, batch, ledger.status(batch, clock.now()) ?? []);
      } else {
        await answer(base, batch, ledger.answer(batch, true));
        if (ledger.lateReceipts(batch).length > 0)
          late.push({ base, batch, at: clock.now().getTime() + lateMs });
      }
      await rename(path, join(directory, 'taken', name));
    } catch (error) {
      if (!(error instanceof DropFileError)) throw error;
      await placeFile(join(directory, 'rejected'), `${base}.txt`, error.message);
      await rename(path, join(directory, 'rejected', name));
    }
  };

  const tellLate = async (): Promise<void> => {
    const now = clock.now().getTime();
    for (const known of late.filter(({ at }) => at <= now)) {
      late.splice(late.indexOf(known), 1);
      // What got lost is told only when the file comes again.
      if (repeats.has(known.base)) {
        await answer(known.base, known.batch, ledger.status(known.batch, clock.now()) ?? []);
        continue;
      }
      const told = new Map(ledger.lateReceipts(known.batch).map((result) => [result.itemId, result]));
      const results = ledger.answer(known.batch, true).map((said) => told.get(said.itemId) ?? said);
      await answer(known.base, known.batch, results);
    }
  };

  const look = async (): Promise<void> => {
    if (draw.isDown(clock.now().getTime() - started)) return;
    const names = (await readdir(directory)).filter((name) => name.endsWith('.zip')).sort();
    for (const name of names) {
      if (stop.signal.aborted) return;
      await work(name);
    }
    await tellLate();
    if (names.length === 0) await holdings?.write(ledger.holdings, clock.now());
  };

  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await look();
      await sleep(pollMs, undefined, { signal: stop.signal });
    }
  };
  const watching = watch().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  // Whoever closes it is told; until then it is no unhandled rejection.
  watching.catch(() => undefined);
  return {
    url: pathToFileURL(directory).href,
    async close() {
      stop.abort();
      await watching;
      if (holdings) await holdings.write(ledger.holdings, clock.now());
      await journal.close();
    },
  };
}
