import type { Clock } from '../../../lib/clock.ts';
import { RuleError } from '../../../lib/errors.ts';
import { localTime, instantOf, newestOf } from '../local-time.ts';
import type { Cursor, Puller, Step } from '../pull.ts';
import { rowsFile } from '../rows-file.ts';
import type { TableSettings } from '../settings.types.ts';
import type { TableColumn, TableDriver, TableRow } from './driver.ts';
import { AT, describe, isWhole, KEY, Statements, type KnownColumns, type Place } from './statements.ts';

/** Memory one batch may take; a table with longer texts needs a smaller `batchRows`. */
const MOST_CHARS = 64 * 1024 * 1024;

/** A table of a front-end database: so many rows at a time are a piece. */
export class TablePuller implements Puller {
  readonly #source: string;
  readonly #driver: TableDriver;
  readonly #settings: TableSettings;
  readonly #clock: Clock;

  constructor(source: string, deps: { driver: TableDriver; clock: Clock }, settings: TableSettings) {
    this.#source = source;
    this.#driver = deps.driver;
    this.#clock = deps.clock;
    this.#settings = settings;
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  async *steps(cursor: Cursor | undefined, signal: AbortSignal): AsyncGenerator<Step> {
    const known = await this.#columns();
    const statements = new Statements(this.#settings, known);
    const kept = placeOf(cursor);
    for (let place = this.#start(kept, known); ;) {
      signal.throwIfAborted();
      const rows = await this.#driver.query(statements.next(place));
      const last = rows.at(-1);
      if (!last) return;
      const next = this.#placeAt(last);
      yield this.#piece(rows, place, next, kept, statements);
      if (rows.length < this.#settings.batchRows) return;
      place = next;
    }
  }

  /** @throws RuleError COLLECT_TABLE_UNKNOWN, COLLECT_COLUMN_UNKNOWN */
  async #columns(): Promise<KnownColumns> {
    const { table, take, columns } = this.#settings;
    const found = await this.#driver.query(describe(this.#settings));
    if (found.length === 0) throw new RuleError('COLLECT_TABLE_UNKNOWN', { table });
    const all = found.map(({ name, type }) => ({ name: name ?? '', type: type ?? '' }));
    const column = (name: string): TableColumn => {
      const alike = (one: TableColumn): boolean => one.name.toLowerCase() === name.toLowerCase();
      const known = all.find((one) => one.name === name) ?? all.find(alike);
      if (!known) throw new RuleError('COLLECT_COLUMN_UNKNOWN', { column: name });
      return known;
    };
    const status = take.by === 'STATUS' ? column(take.status) : undefined;
    const at = take.by === 'TIME' ? column(take.updatedAt) : undefined;
    const others = all.map(({ name }) => name).filter((name) => name !== status?.name && name !== at?.name);
    return {
      data: (columns ?? others).map((name) => column(name).name),
      key: column(take.key),
      ...(at ? { at } : {}),
      ...(status ? { status } : {}),
    };
  }

  /** Where this run begins: before the kept place, by the overlap. */
  #start(kept: Place, known: KnownColumns): Place {
    const { take } = this.#settings;
    switch (take.by) {
      case 'STATUS':
        return {};
      case 'KEY': {
        if (kept.key === undefined || take.overlap === 0 || !isWhole(known.key)) return kept;
        return { key: String(BigInt(kept.key) - BigInt(take.overlap)) };
      }
      case 'TIME': {
        const at = kept.at === undefined ? undefined : instantOf(kept.at);
        if (!at || take.overlapSeconds === 0) return kept;
        return { at: localTime(new Date(at.getTime() - take.overlapSeconds * 1000)) };
      }
    }
  }

  /** @throws RuleError COLLECT_KEY_EMPTY */
  #placeAt(row: TableRow): Place {
    const key = row[KEY];
    if (key === null || key === undefined)
      throw new RuleError('COLLECT_KEY_EMPTY', { column: this.#settings.take.key });
    const at = row[AT];
    return { key, ...(at === null || at === undefined ? {} : { at }) };
  }

  #piece(rows: readonly TableRow[], from: Place, to: Place, kept: Place, statements: Statements): Step {
    const { take } = this.#settings;
    const marks = take.by === 'STATUS';
    const data = rows.map(({ [KEY]: _key, [AT]: _at, ...row }) => row);
    const chars = data.reduce(
      (sum, row) => Object.values(row).reduce((n, cell) => n + (cell?.length ?? 0), sum),
      0,
    );
    if (chars > MOST_CHARS) throw new RuleError('ANSWER_TOO_LARGE');
    const newest = newestOf(rows.map((row) => row[AT]));
    return {
      fileName: `${this.#source} ${this.#settings.table} ${to.key ?? ''}.json`,
      // A mark tells no place: what was marked before and is open again is a new row.
      open: rowsFile(this.#source, marks ? {} : { from, to }, data),
      ...(newest ? { newest } : {}),
      ...(marks ? { again: true } : {}),
      taken: async () => {
        if (marks) await this.#mark(rows, statements);
        return marks ? undefined : this.#kept(to, kept);
      },
    };
  }

  /** The place to keep: never back into the overlap, and never beyond the present, where no later row would be found. */
  #kept(to: Place, kept: Place): Place | undefined {
    const now = this.#clock.now();
    const at = to.at === undefined ? undefined : instantOf(to.at);
    const place = at && at > now ? { at: localTime(now) } : to;
    return isBehind(place, kept) ? undefined : { ...place };
  }

  /** Marks the rows that are still as they were read; one that changed meanwhile stays open for the next run. */
  async #mark(rows: readonly TableRow[], statements: Statements): Promise<void> {
    const read = new Map(rows.map((row) => [this.#placeAt(row).key ?? '', JSON.stringify(row)]));
    await this.#driver.inTransaction(async () => {
      const now = await this.#driver.query(statements.lock([...read.keys()]));
      const same = now.filter((row) => read.get(row[KEY] ?? '') === JSON.stringify(row));
      if (same.length > 0) await this.#driver.query(statements.mark(same.map((row) => row[KEY] ?? '')));
    });
  }
}

/** Whether a place is not behind the other one in the order of reading. */
function isBehind(place: Place, kept: Place): boolean {
  if (place.at !== kept.at) return (place.at ?? '') < (kept.at ?? '');
  if (place.key === undefined || kept.key === undefined) return kept.key !== undefined;
  const whole = /^-?\d+$/;
  if (whole.test(place.key) && whole.test(kept.key)) return BigInt(place.key) <= BigInt(kept.key);
  // Other keys are read from where they were left: what was read is new.
  return place.key === kept.key;
}

function placeOf({ key, at }: Cursor = {}): Place {
  return { ...(key === undefined ? {} : { key }), ...(at === undefined ? {} : { at }) };
}
