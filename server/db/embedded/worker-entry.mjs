// A worker thread starts from plain JavaScript: this registers the TypeScript loader, then runs the store.
import '../../lib/runtime.mjs';

await import('./worker.ts');
