import { Worker } from 'node:worker_threads';
import { ProblemSheet, type ProblemSheetLayout, type ProblemSheetRow } from './problem-sheet.ts';

const ENTRY = new URL('./problem-entry.mjs', import.meta.url);
/** The workbook is built in memory; what is left out comes with the next report. */
const MAX_ROWS = 50_000;
/** More rows would hold up everything else this process does. */
const MAX_ROWS_HERE = 500;
const CHUNK_ROWS = 500;
const MAX_HEAP_MB = 2048;

/**
 * Problem rows as .xlsx to correct and report again: data columns as text in their order, then 确认, 问题说明, 原文件行号
 * and 问题编号. Cells with an error are light red, cells that wait for a confirmation light yellow. Rows beyond
 * `maxRows` are left out, which a second sheet says.
 */
export async function problemWorkbook(
  columns: readonly string[],
  rows: AsyncIterable<ProblemSheetRow> | Iterable<ProblemSheetRow>,
  sheetName: string,
  maxRows = MAX_ROWS,
): Promise<Buffer> {
  const layout = { columns, sheetName, maxRows };
  let writer: ThreadedSheet | undefined;
  let chunk: ProblemSheetRow[] = [];
  let count = 0;
  try {
    for await (const row of rows) {
      chunk.push(row);
      count += 1;
      if (count > maxRows) break;
      if (chunk.length < CHUNK_ROWS || count < MAX_ROWS_HERE) continue;
      writer ??= new ThreadedSheet(layout);
      writer.add(chunk);
      chunk = [];
    }
    if (writer) {
      writer.add(chunk);
      return await writer.write();
    }
  } finally {
    await writer?.close();
  }
  const sheet = new ProblemSheet(layout);
  for (const row of chunk) sheet.add(row);
  return sheet.write();
}

/** A sheet that is built in a thread of its own. */
class ThreadedSheet {
  readonly #worker: Worker;
  readonly #written: Promise<Buffer>;

  constructor(layout: ProblemSheetLayout) {
    this.#worker = new Worker(ENTRY, {
      workerData: layout,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    this.#written = new Promise<Buffer>((resolve, reject) => {
      this.#worker.on('message', (content: Uint8Array) => resolve(Buffer.from(content)));
      this.#worker.on('error', reject);
      this.#worker.on('exit', () => reject(new Error('the thread that writes a workbook has ended')));
    });
    // A failure before the end is told by `write`.
    this.#written.catch(() => undefined);
  }

  add(rows: readonly ProblemSheetRow[]): void {
    this.#worker.postMessage(rows);
  }

  write(): Promise<Buffer> {
    this.#worker.postMessage('write');
    return this.#written;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
