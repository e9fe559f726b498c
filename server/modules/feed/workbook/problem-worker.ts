import { parentPort, workerData } from 'node:worker_threads';
import { ProblemSheet, type ProblemSheetLayout, type ProblemSheetRow } from './problem-sheet.ts';

const sheet = new ProblemSheet(workerData as ProblemSheetLayout);

parentPort?.on('message', (message: readonly ProblemSheetRow[] | 'write') => {
  if (message === 'write') void sheet.write().then((content) => parentPort?.postMessage(content));
  else for (const row of message) sheet.add(row);
});
