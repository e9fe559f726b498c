// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then writes a workbook.
import './runtime.mjs';

await import('./plain-workbook-worker.ts');
