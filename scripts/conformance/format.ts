import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mongo } from 'mongoose';

export type Doc = Record<string, unknown>;

/** What a server must be for a file or a case to say anything about it. */
export interface Requirement {
  readonly minServerVersion?: string;
  readonly maxServerVersion?: string;
  readonly topologies?: readonly string[];
  readonly serverless?: string;
  readonly auth?: boolean;
  readonly csfle?: unknown;
  readonly serverParameters?: Doc;
}

export interface CollectionData {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly createOptions?: Doc;
  readonly documents: Doc[];
}

export interface ExpectedError {
  readonly isError?: boolean;
  readonly isClientError?: boolean;
  readonly isTimeoutError?: boolean;
  readonly errorContains?: string;
  readonly errorCode?: number;
  readonly errorCodeName?: string;
  readonly errorLabelsContain?: readonly string[];
  readonly errorLabelsOmit?: readonly string[];
  readonly errorResponse?: Doc;
  readonly writeErrors?: Readonly<Record<string, Doc>>;
  readonly writeConcernErrors?: readonly Doc[];
  readonly expectResult?: unknown;
}

export interface Operation {
  readonly name: string;
  readonly object: string;
  readonly arguments?: Doc;
  readonly ignoreResultAndError?: boolean;
  readonly expectError?: ExpectedError;
  readonly expectResult?: unknown;
  readonly saveResultAsEntity?: string;
}

export interface ExpectedEvents {
  readonly client: string;
  readonly eventType?: string;
  readonly events: readonly Doc[];
  readonly ignoreExtraEvents?: boolean;
}

export interface TestCase {
  readonly description: string;
  readonly runOnRequirements?: readonly Requirement[];
  readonly skipReason?: string;
  readonly operations: readonly Operation[];
  readonly expectEvents?: readonly ExpectedEvents[];
  readonly outcome?: readonly CollectionData[];
}

/** One file of the drivers' unified test format. */
export interface TestFile {
  readonly name: string;
  readonly schemaVersion: string;
  readonly runOnRequirements?: readonly Requirement[];
  readonly createEntities?: readonly Doc[];
  readonly initialData?: readonly CollectionData[];
  readonly tests: readonly TestCase[];
}

/**
 * Reads every `.json` file of a folder.
 * @throws Error for a folder without any, and for a file of another format or a later major version
 */
export async function readTestFiles(folder: string): Promise<TestFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw new Error(`no .json files in ${folder}`);
  return Promise.all(
    names.map(async (name) => {
      const file = mongo.BSON.EJSON.parse(await readFile(join(folder, name), 'utf8')) as Partial<TestFile>;
      if (file.schemaVersion === undefined || !Array.isArray(file.tests))
        throw new Error(`${name} is not in the unified test format`);
      if (!file.schemaVersion.startsWith('1.'))
        throw new Error(`${name} has version ${file.schemaVersion}; this runner reads 1.x`);
      return { ...file, name } as TestFile;
    }),
  );
}

export function isDoc(value: unknown): value is Doc {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof RegExp) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof Map) &&
    !('_bsontype' in value)
  );
}
