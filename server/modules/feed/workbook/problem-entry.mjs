// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then writes a workbook.
import { register } from 'tsx/esm/api';

register();
await import('./problem-worker.ts');
