// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then reads workbooks.
import '../../../lib/runtime.mjs';

await import('./sheets-worker.ts');
