import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mongo } from 'mongoose';
import { openEmbedded } from '../server/db/embedded/index.ts';
import { serverFacts } from './conformance/applicable.ts';
import { readTestFiles } from './conformance/format.ts';
import { printed, summarise } from './conformance/report.ts';
import { runFiles, type CaseResult } from './conformance/runner.ts';

/**
 * Runs a folder of the MongoDB drivers' unified test files against a fresh embedded store, or against the server of
 * `--uri` (its databases of the tests are overwritten). Exit 1 when a case failed, 2 when called wrongly.
 */
async function main(folder: string, uri: string | undefined, json: boolean): Promise<void> {
  const files = await readTestFiles(folder);
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  const store = uri === undefined ? await openEmbedded(directory) : undefined;
  const address = uri ?? store?.uri ?? '';
  const client = await new mongo.MongoClient(address, { serverSelectionTimeoutMS: 10_000 }).connect();
  try {
    const facts = await serverFacts(client);
    const results: CaseResult[] = [];
    for await (const result of runFiles(files, { client, uri: address, facts })) results.push(result);
    const summary = summarise(facts, results);
    console.log(json ? JSON.stringify(summary, undefined, 2) : printed(summary));
    if (summary.counts.failed > 0) process.exitCode = 1;
  } finally {
    await client.close();
    await store?.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { uri: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const [folder, ...more] = positionals;
if (folder === undefined || more.length > 0) {
  console.error('npm run conformance -- <folder> [--uri <mongodb uri>] [--json]');
  process.exitCode = 2;
} else await main(folder, values.uri, values.json);
