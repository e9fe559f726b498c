// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then reads workbooks.
import '../../../lib/typescript.mjs';

await import('./sheets-worker.ts');
