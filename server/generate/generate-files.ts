import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CivilDate } from '../lib/civil-date.ts';
import type { WorkingCalendar } from '../lib/working-day.ts';
import { SectorService, type SectorFeed } from '../modules/sector/index.ts';
import type { Borrowed } from './borrow.ts';
import { fieldsOf, headerOf } from './columns.ts';
import { cellsOf, csvOf, RECEIVED_COLUMN, SUBJECT_HEADER, subjectCells } from './csv.ts';
import { yearDays } from './days.ts';
import { feedRows, sharesOf, type FeedRow, type RowOptions } from './feed-rows.ts';
import { expectedOf, totalsOf, type Manifest, type ManifestFile } from './manifest.ts';
import { FirmSource, MOST_FIRMS } from './subjects.ts';

export interface GenerateSpec {
  readonly records: number;
  readonly year: number;
  readonly seed: string;
  readonly cityName: string;
  /** No decision is later; the end of the year when that is earlier. */
  readonly until: CivilDate;
  readonly calendar: WorkingCalendar;
  readonly errorShare?: number;
  /** Adds the column 接收时间 with this share of late rows. */
  readonly lateShare?: number;
  readonly borrowed?: Borrowed | undefined;
  /** Called with the rows written so far. */
  readonly onProgress?: (rows: number) => void;
}

const ROWS_PER_FILE = 5000;
const BLOCK = 500;
const RECORDS_PER_FIRM = 6;
const LEAST_FIRMS = 20;

/** A csv file written block by block. */
class CsvFile {
  readonly #file: FileHandle;
  #rows: string[][] = [];

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string, header: readonly string[]): Promise<CsvFile> {
    await mkdir(dirname(path), { recursive: true });
    const csv = new CsvFile(await open(path, 'w'));
    csv.#rows.push([...header]);
    return csv;
  }

  /** @returns a promise only when a block is full */
  add(cells: string[]): Promise<void> | undefined {
    this.#rows.push(cells);
    return this.#rows.length >= BLOCK ? this.#flush() : undefined;
  }

  async #flush(): Promise<void> {
    const text = csvOf(this.#rows);
    this.#rows = [];
    await this.#file.appendFile(text);
  }

  async close(): Promise<void> {
    if (this.#rows.length > 0) await this.#flush();
    await this.#file.close();
  }
}

/** Counts what went into one file. */
class FileTally {
  readonly refusals = new Map<string, number>();
  rows = 0;
  #late = 0;
  #first = '';
  #last = '';

  add({ refusal, received }: FeedRow): void {
    this.rows += 1;
    if (refusal !== undefined) this.refusals.set(refusal, (this.refusals.get(refusal) ?? 0) + 1);
    if (!received) return;
    if (received.late) this.#late += 1;
    if (this.#first === '' || received.at < this.#first) this.#first = received.at;
    if (received.at > this.#last) this.#last = received.at;
  }

  entry(file: string, { sector, path }: SectorFeed): ManifestFile {
    return {
      file,
      feed: path,
      agency: sector.agencyUscc,
      rows: this.rows,
      ...(this.#first !== '' && {
        received: { column: RECEIVED_COLUMN, first: this.#first, last: this.#last, late: this.#late },
      }),
      expected: expectedOf(this.rows, this.refusals),
    };
  }
}

async function writeSubjects(path: string, firms: FirmSource): Promise<void> {
  const csv = await CsvFile.create(path, SUBJECT_HEADER);
  for (let i = 0; i < firms.count; i += 1) await csv.add(subjectCells(firms.at(i)));
  await csv.close();
}

async function writeFeed(
  out: string,
  feed: SectorFeed,
  count: number,
  options: RowOptions,
  written: (rows: number) => void,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  const header = [...headerOf(feed.path), ...(options.lateShare === undefined ? [] : [RECEIVED_COLUMN])];
  const fields = fieldsOf(feed.path);
  let tally = new FileTally();
  let csv: CsvFile | undefined;
  let name = '';
  const finish = async (): Promise<void> => {
    if (!csv) return;
    await csv.close();
    files.push(tally.entry(name, feed));
    written(tally.rows);
    csv = undefined;
  };
  for (const made of feedRows(feed, count, options)) {
    if (!csv) {
      name = `${feed.path}/${String(files.length + 1).padStart(3, '0')}.csv`;
      csv = await CsvFile.create(join(out, name), header);
      tally = new FileTally();
    }
    const { row, received } = made;
    const cells = cellsOf(fields, row);
    const full = csv.add(received ? [...cells, received.at] : cells);
    if (full) await full;
    tally.add(made);
    if (tally.rows === ROWS_PER_FILE) await finish();
  }
  await finish();
  return files;
}

/**
 * Writes DIR/subjects.csv, DIR/<sector>/<kind>/NNN.csv and DIR/manifest.json, block by block. Equal specifications give
 * equal bytes, whatever the machine.
 */
export async function generateFiles(out: string, spec: GenerateSpec): Promise<Manifest> {
  const { records, year, seed, cityName, calendar, until, errorShare = 0, lateShare, borrowed } = spec;
  const days = yearDays(calendar, year, until);
  const through = [...days.keys()].at(-1);
  if (through === undefined) throw new RangeError(`no working day of ${String(year)} is over by ${until}`);
  const firms = new FirmSource({
    seed,
    count: Math.min(MOST_FIRMS, Math.max(LEAST_FIRMS, Math.ceil(records / RECORDS_PER_FIRM))),
    cityName,
    foundedBefore: through.slice(0, 4).concat('-01-01') as CivilDate,
    borrowed,
  });
  const options: RowOptions = {
    seed,
    cityName,
    firms,
    calendar,
    days,
    until: through,
    errorShare,
    ...(lateShare !== undefined && { lateShare }),
  };
  // What comes down from above is not reported here.
  const feeds = new SectorService().feeds().filter(({ sector }) => sector.origin === undefined);
  const files: ManifestFile[] = [];
  let done = 0;
  await mkdir(out, { recursive: true });
  await writeSubjects(join(out, 'subjects.csv'), firms);
  for (const [i, count] of sharesOf(feeds, records).entries()) {
    const made = await writeFeed(out, feeds[i] as SectorFeed, count, options, (rows) => {
      done += rows;
      spec.onProgress?.(done);
    });
    files.push(...made);
  }
  const manifest: Manifest = {
    version: 1,
    records,
    year,
    seed,
    city: cityName,
    through,
    errorShare,
    ...(lateShare !== undefined && { lateShare }),
    subjects: { file: 'subjects.csv', rows: firms.count },
    files,
    totals: totalsOf(files),
  };
  await writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
