import { parentPort, workerData } from 'node:worker_threads';
import { writePlainSheet, type PlainSheet } from './plain-sheet.ts';

parentPort?.postMessage(await writePlainSheet(workerData as PlainSheet));
