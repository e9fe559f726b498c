import { buildClient, clientIsBuilt } from './build.ts';

// `npm start` on a fresh machine: the page is built once, then the program runs.
if (!clientIsBuilt()) {
  console.log('首次启动：正在构建网页 building the web client …');
  buildClient({ quiet: true });
}
await import('../server/index.ts');
