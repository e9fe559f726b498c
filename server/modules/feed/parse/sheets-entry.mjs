// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then reads workbooks.
import { register } from 'tsx/esm/api';

register();
await import('./sheets-worker.ts');
