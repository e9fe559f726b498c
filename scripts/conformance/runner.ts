import type { mongo } from 'mongoose';
import { whyNot, type Reason, type ServerFacts } from './applicable.ts';
import { Entities } from './entities.ts';
import { expectError, expectEvents, expectOutcome } from './expect.ts';
import type { Operation, TestCase, TestFile } from './format.ts';
import { match } from './match.ts';
import { runOperation } from './operations.ts';

export interface CaseResult {
  readonly file: string;
  readonly description: string;
  readonly outcome: 'passed' | 'refused' | 'failed' | 'not applicable';
  readonly reason?: Reason;
  readonly detail?: string;
}

/** A command, a feature, a stage, an index option or a thing in a transaction that the server says it does not offer. */
const CLEAR_REFUSALS = new Set([59, 115, 197, 263, 40324]);

export interface Target {
  readonly client: mongo.MongoClient;
  readonly uri: string;
  readonly facts: ServerFacts;
}

/** Runs every case of the files, one after the other. */
export async function* runFiles(files: readonly TestFile[], target: Target): AsyncGenerator<CaseResult> {
  for (const file of files) {
    for (const test of file.tests) {
      const head = { file: file.name, description: test.description };
      const not = whyNot(file, test, target.facts);
      if (not) yield { ...head, outcome: 'not applicable', ...not };
      else yield { ...head, ...(await runCase(file, test, target)) };
    }
  }
}

async function runCase(
  file: TestFile,
  test: TestCase,
  { client, uri }: Target,
): Promise<Pick<CaseResult, 'outcome' | 'detail'>> {
  const entities = new Entities(uri);
  try {
    for (const data of file.initialData ?? []) {
      const db = client.db(data.databaseName);
      await db.dropCollection(data.collectionName);
      await db.createCollection(data.collectionName, data.createOptions);
      if (data.documents.length > 0)
        await db.collection(data.collectionName).insertMany(structuredCopy(data.documents));
    }
    for (const spec of file.createEntities ?? []) await entities.create(spec);
    for (const operation of test.operations) await runStep(operation, entities);
    for (const events of test.expectEvents ?? []) expectEvents(events, entities);
    for (const data of test.outcome ?? []) await expectOutcome(client, data);
    return { outcome: 'passed' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refusal = entities.refusals.find(({ code }) => CLEAR_REFUSALS.has(code));
    return refusal
      ? { outcome: 'refused', detail: `${String(refusal.code)} ${refusal.message}` }
      : { outcome: 'failed', detail: message };
  } finally {
    await entities.close();
  }
}

/** The driver adds `_id` to what it inserts; the file's own documents stay as they are. */
function structuredCopy<T extends object>(documents: readonly T[]): T[] {
  return documents.map((document) => ({ ...document }));
}

async function runStep(operation: Operation, entities: Entities): Promise<void> {
  let result: unknown;
  try {
    result = await runOperation(operation, entities);
  } catch (error) {
    if (operation.ignoreResultAndError === true) return;
    if (!operation.expectError) throw error;
    expectError(operation.expectError, error, entities);
    return;
  }
  if (operation.ignoreResultAndError === true) return;
  if (operation.expectError) throw new Error(`${operation.name} ended well, an error was expected`);
  if ('expectResult' in operation) match(operation.expectResult, result, entities.get, 'result');
  if (operation.saveResultAsEntity !== undefined) entities.set(operation.saveResultAsEntity, result);
}
