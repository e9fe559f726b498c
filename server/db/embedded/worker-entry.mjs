// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then runs the store.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
