import type { AppContext } from '../../context.ts';
import type { CountedRecord } from '../../modules/credit-record/index.ts';
import {
  countersBetween,
  FIGURES,
  keyAfter,
  Tally,
  type Figures,
} from '../../modules/quality-counters/index.ts';
import { PAGE, pagesOf } from './pages.ts';
import { countRows } from './quality-rows.ts';

/** So many kept places are in memory at once; with more, everything is counted once for each such part. */
const PLACES = 100_000;

/** An agency's feed over a day or month whose figures are not what is counted. */
export interface WrongPlace {
  readonly key: string;
  readonly kept: Figures;
  /** What is kept less what was counted. */
  readonly more: Figures;
}

/** Told of in the first of the parts alone. */
export interface CountHooks {
  readonly onRows?: (rows: number) => void;
  readonly onRecords?: (records: number) => void;
  readonly onStray?: (chunkId: string) => void;
  readonly onWrongDeadline?: (recordId: string) => void;
  readonly onProgress?: (done: number) => void;
}

const NOTHING = Object.fromEntries(FIGURES.map((name) => [name, 0])) as Figures;

function less(a: Figures, b: Figures): Figures {
  return Object.fromEntries(FIGURES.map((name) => [name, a[name] - b[name]])) as Figures;
}

/** Places in a range of keys. */
class Part {
  readonly #kept = new Map<string, Figures>();
  readonly #more = new Map<string, Figures>();
  readonly #from: string;
  /** Undefined: to the end. */
  to: string | undefined;

  constructor(from: string) {
    this.#from = from;
  }

  /** @returns how many places there are now */
  keep(key: string, figures: Figures): number {
    this.#kept.set(key, figures);
    this.#more.set(key, figures);
    return this.#kept.size;
  }

  count(key: string, figures: Figures): void {
    if (key < this.#from || (this.to !== undefined && key >= this.to)) return;
    this.#more.set(key, less(this.#more.get(key) ?? NOTHING, figures));
  }

  *wrong(): Generator<WrongPlace> {
    for (const [key, more] of this.#more)
      if (FIGURES.some((name) => more[name] !== 0)) yield { key, kept: this.#kept.get(key) ?? NOTHING, more };
  }
}

async function partFrom({ db }: AppContext, from: string): Promise<Part> {
  const part = new Part(from);
  for await (const { key, figures } of countersBetween(db, from === '' ? {} : { from })) {
    if (part.keep(key, figures) < PLACES) continue;
    part.to = keyAfter(key);
    break;
  }
  return part;
}

async function countDecisions(app: AppContext, tally: Tally, hooks: CountHooks, settle: (n: number) => void) {
  const pages = pagesOf<CountedRecord>((before) =>
    app.creditRecords.deadlines.countedAfter(before?.id, PAGE),
  );
  for await (const page of pages) {
    for (const { id, counted, deadlineRight } of page) {
      tally.decision(counted);
      if (!deadlineRight) hooks.onWrongDeadline?.(id);
    }
    hooks.onRecords?.(page.length);
    settle(page.length);
  }
}

/** Counts every row and every decision anew, and tells the places whose figures say something else. */
export async function* wrongPlaces(app: AppContext, hooks: CountHooks = {}): AsyncGenerator<WrongPlace> {
  let done = 0;
  let told = hooks;
  for (let from: string | undefined = ''; from !== undefined;) {
    const part = await partFrom(app, from);
    const tally = new Tally();
    const settle = (n: number): void => {
      for (const [key, figures] of tally.take()) part.count(key, figures);
      hooks.onProgress?.((done += n));
    };
    await countRows(
      app,
      tally,
      (rows) => {
        told.onRows?.(rows);
        settle(rows);
      },
      (chunkId) => told.onStray?.(chunkId),
    );
    await countDecisions(app, tally, told, settle);
    yield* part.wrong();
    told = {};
    from = part.to;
  }
}
