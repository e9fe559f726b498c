// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then writes a workbook.
import '../../../lib/typescript.mjs';

await import('./problem-worker.ts');
