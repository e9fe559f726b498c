// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then writes a workbook.
import '../../../lib/runtime.mjs';

await import('./problem-worker.ts');
