import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../lib/clock.ts';
import { StoreServer } from './server.ts';

const { directory, socketPath } = workerData as { directory: string; socketPath: string };
const server = new StoreServer(directory, socketPath, () => systemClock.now());
await server.listen();
parentPort?.once('message', () => {
  void server.close().finally(() => process.exit());
});
parentPort?.postMessage('ready');
