import { Worker } from 'node:worker_threads';
import type { SheetRow } from './header.ts';
import type { FeedLimits } from './limits.ts';
import { exceeded, refused, unreadable } from './refusal.ts';
import type { SheetInfo, SheetsAnswer, SheetsContent, SheetsRequest } from './sheets.types.ts';

const ENTRY = new URL('./sheets-entry.mjs', import.meta.url);
const CHUNK_ROWS = 500;

interface Waiting {
  resolve(answer: SheetsAnswer): void;
  reject(error: Error): void;
}

/**
 * Reads workbooks in a thread of its own, one after the other: a file that takes too much memory or time ends that
 * thread, not the process.
 */
export class SheetsClient {
  readonly #limits: FeedLimits;
  #worker: Worker | undefined;
  #waiting: Waiting | undefined;
  #name = '';

  constructor(limits: FeedLimits) {
    this.#limits = limits;
  }

  /**
   * Parses a workbook and keeps it until the next one. The bytes are handed over.
   * @throws InputError FILE_UNREADABLE, FILE_ENCRYPTED, FILE_HAS_MACROS
   * @throws LimitError FILE_TOO_COSTLY, FILE_TOO_MANY_ROWS, FILE_TOO_MANY_COLUMNS
   */
  async open(content: SheetsContent, headRows: number, name: string): Promise<readonly SheetInfo[]> {
    this.#name = name;
    const answer = await this.#ask({ open: content, headRows }, buffersOf(content));
    if ('fault' in answer) {
      throw answer.fault === 'FILE_UNREADABLE' ? unreadable(name) : refused(answer.fault, name);
    }
    if (!('sheets' in answer)) throw new Error('answer out of turn');
    const { workbookRows, columns } = this.#limits;
    const rows = answer.sheets.reduce((sum, sheet) => sum + sheet.rowCount, 0);
    if (rows > workbookRows) throw exceeded('FILE_TOO_MANY_ROWS', name, workbookRows);
    if (answer.sheets.some((sheet) => sheet.columnCount > columns))
      throw exceeded('FILE_TOO_MANY_COLUMNS', name, columns);
    return answer.sheets;
  }

  /** The rows of a sheet of the open workbook; the next ones are fetched when these have been taken. */
  async *rows(sheet: number): AsyncGenerator<SheetRow> {
    for (let from = 0; ; from += CHUNK_ROWS) {
      const answer = await this.#ask({ sheet, from, count: CHUNK_ROWS });
      if (!('rows' in answer)) throw new Error('answer out of turn');
      yield* answer.rows;
      if (answer.rows.length < CHUNK_ROWS) return;
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #ask(request: SheetsRequest, handOver: ArrayBuffer[] = []): Promise<SheetsAnswer> {
    const worker = (this.#worker ??= this.#start());
    const tooCostly = (): Error =>
      exceeded('FILE_TOO_COSTLY', this.#name, Math.ceil(this.#limits.workbookMs / 1000));
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<SheetsAnswer>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        timer = setTimeout(() => reject(tooCostly()), this.#limits.workbookMs);
        worker.postMessage(request, handOver);
      });
    } catch (error) {
      await this.close();
      throw isOutOfMemory(error) ? tooCostly() : error;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  #start(): Worker {
    const worker = new Worker(ENTRY, {
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.workbookHeapMb },
      // The library prints what it does not know.
      stdout: true,
      stderr: true,
    });
    worker.on('message', (answer: SheetsAnswer) => this.#waiting?.resolve(answer));
    worker.on('error', (error: Error) => this.#waiting?.reject(error));
    worker.on('exit', () => this.#waiting?.reject(new Error('the thread that reads workbooks has ended')));
    worker.unref();
    return worker;
  }
}

function buffersOf(content: SheetsContent): ArrayBuffer[] {
  if ('parts' in content) return content.parts.map(({ bytes }) => bytes.buffer);
  return ['binary' in content ? content.binary.buffer : content.markup.buffer];
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
