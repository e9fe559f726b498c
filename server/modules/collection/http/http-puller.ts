import type { Clock } from '../../../lib/clock.ts';
import { contentHash } from '../../../lib/content-hash.ts';
import { localTime, newestOf } from '../local-time.ts';
import type { Cursor, PieceEnd, Puller, Step } from '../pull.ts';
import { rowsFile } from '../rows-file.ts';
import type { CursorPaging, HttpSettings, WindowPaging } from '../settings.types.ts';
import { nextOf, rowsOf } from './answers.ts';
import type { Params } from './service-client.ts';

/** Asks the service once. */
export type Ask = (params: Params, signal: AbortSignal) => Promise<unknown>;

export interface HttpPullerDeps {
  readonly source: string;
  readonly clock: Clock;
  readonly ask: Ask;
  close(): Promise<void>;
}

type Rows = ReturnType<typeof rowsOf>;

/** A window that is being read, and the page that is asked for next. */
interface OpenWindow {
  readonly high: string;
  readonly from: string;
  readonly to: string;
  readonly page: number;
  readonly pass: number;
  readonly fresh: boolean;
}

const HOUR_MS = 3_600_000;
/** A window whose pages keep changing is read so often at most. */
const MOST_PASSES = 5;

/** An agency's service: every answer with rows is a piece. */
export class HttpPuller implements Puller {
  readonly #deps: HttpPullerDeps;
  readonly #settings: HttpSettings;

  constructor(deps: HttpPullerDeps, settings: HttpSettings) {
    this.#deps = deps;
    this.#settings = settings;
  }

  steps(cursor: Cursor | undefined, signal: AbortSignal): AsyncGenerator<Step> {
    const { paging } = this.#settings;
    return paging.by === 'CURSOR'
      ? this.#byCursor(paging, cursor?.next, signal)
      : this.#byWindow(paging, cursor, signal);
  }

  close(): Promise<void> {
    return this.#deps.close();
  }

  #piece(rows: Rows, place: object, name: string, taken: (end: PieceEnd) => Cursor | undefined): Step {
    const { newest: field } = this.#settings;
    const newest = field === undefined ? undefined : newestOf(rows.map((row) => row[field]));
    return {
      fileName: `${this.#deps.source} ${name}.json`,
      open: rowsFile(this.#deps.source, place, rows),
      ...(newest ? { newest } : {}),
      taken: (end) => Promise.resolve(taken(end)),
    };
  }

  /**
   * Follows the other side's cursor. At the end the last one is kept: what was the last answer may have more rows the
   * next time.
   */
  async *#byCursor(
    { param, next: path }: CursorPaging,
    from: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Step> {
    for (let at = from; ;) {
      const answer = await this.#deps.ask(at === undefined ? {} : { [param]: at }, signal);
      const rows = rowsOf(answer, this.#settings.items);
      const following = nextOf(answer, path);
      const keep = following ?? at;
      const cursor = keep === undefined ? undefined : { next: keep };
      if (rows.length > 0) yield this.#piece(rows, { at: at ?? null }, at ?? '', () => cursor);
      else if (cursor) yield { cursor };
      // Services that name a new place with every answer name one at the end, too.
      if (rows.length === 0 || following === undefined || following === at) return;
      at = following;
    }
  }

  async *#byWindow(
    paging: WindowPaging,
    cursor: Cursor | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Step> {
    const end = this.#deps.clock.now();
    let window = resumed(cursor) ?? opened(paging, cursor?.high, end);
    while (window) {
      yield { cursor: window };
      const { to } = window;
      yield* this.#pages(paging, window, signal);
      yield { cursor: { high: to } };
      window = Date.parse(to) < end.getTime() ? opened(paging, to, end) : undefined;
    }
  }

  /**
   * The pages of a window. Rows that change while it is read leave it and shift those behind them to pages that were
   * read, so a window of several pages is read again until a pass brings nothing new.
   */
  async *#pages(paging: WindowPaging, first: OpenWindow, signal: AbortSignal): AsyncGenerator<Step> {
    const { page: param, firstPage } = paging;
    let last = '';
    for (let window = first; ;) {
      const { from, to, page } = window;
      const number = String(page + firstPage);
      const answer = await this.#deps.ask(
        {
          [paging.from]: written(from, paging.format),
          [paging.to]: written(to, paging.format),
          ...(param === undefined ? {} : { [param]: number }),
        },
        signal,
      );
      const rows = rowsOf(answer, this.#settings.items);
      const hash = contentHash(rows);
      // A service that knows no pages answers each of them alike.
      const over = rows.length === 0 || hash === last;
      last = hash;
      if (!over) {
        const next: OpenWindow = { ...window, page: page + 1 };
        const state = { fresh: window.fresh };
        yield this.#piece(rows, { from, to, page }, `${from} ${number}`, ({ duplicate }) => {
          state.fresh ||= !duplicate;
          return { ...next, ...state };
        });
        window = { ...next, ...state };
        if (param !== undefined) continue;
      }
      if (window.page < 2 || !window.fresh || window.pass >= MOST_PASSES) return;
      window = { ...window, page: 0, pass: window.pass + 1, fresh: false };
      last = '';
      yield { cursor: window };
    }
  }
}

function resumed({ high, from, to, page, pass, fresh }: Cursor = {}): OpenWindow | undefined {
  if (high === undefined || from === undefined || to === undefined) return undefined;
  return { high, from, to, page: page ?? 0, pass: pass ?? 1, fresh: fresh ?? false };
}

/** The window behind `high`; the first one begins where the settings say. */
function opened(
  { since, hours, overlapSeconds }: WindowPaging,
  high: string | undefined,
  end: Date,
): OpenWindow | undefined {
  const start = high === undefined ? Date.parse(since) : Date.parse(high);
  if (start >= end.getTime()) return undefined;
  const from = high === undefined ? start : start - overlapSeconds * 1000;
  const to = Math.min(start + hours * HOUR_MS, end.getTime());
  const iso = (ms: number): string => new Date(ms).toISOString();
  return { high: iso(start), from: iso(from), to: iso(to), page: 0, pass: 1, fresh: false };
}

function written(iso: string, format: WindowPaging['format']): string {
  switch (format) {
    case 'ISO':
      return iso;
    case 'LOCAL':
      return localTime(new Date(iso));
    case 'EPOCH_MS':
      return String(Date.parse(iso));
  }
}
