import { Worker } from 'node:worker_threads';
import { writePlainSheet, type PlainSheet } from './plain-sheet.ts';

const ENTRY = new URL('./plain-workbook-entry.mjs', import.meta.url);
/** More rows would hold up everything else this process does. */
const MAX_ROWS_HERE = 500;
const MAX_HEAP_MB = 1024;

/** A table of texts as .xlsx, made in a thread of its own when it is long. */
export async function plainWorkbook(sheet: PlainSheet): Promise<Buffer> {
  if (sheet.rows.length <= MAX_ROWS_HERE) return writePlainSheet(sheet);
  const worker = new Worker(ENTRY, {
    workerData: sheet,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      worker.on('message', (content: Uint8Array) => resolve(Buffer.from(content)));
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread that writes a workbook has ended')));
    });
  } finally {
    await worker.terminate();
  }
}
