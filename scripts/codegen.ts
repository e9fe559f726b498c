import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import {
  buildASTSchema,
  concatAST,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';

import { sectorPages } from './sector-pages.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const HEADER = '/* Written by `npm run codegen`; change the .graphql files instead. */\n';

interface SourceFile {
  readonly location: string;
  readonly document: DocumentNode;
}

function filesIn(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.graphql'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .sort()
    .map((location) => ({ location, document: parse(readFileSync(join(ROOT, location), 'utf8')) }));
}

/** The operation followed by every fragment it reaches, as the server is to run it. */
function textOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string {
  const reached = new Map<string, FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || reached.has(name.value)) return;
        reached.set(name.value, fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return print({ kind: Kind.DOCUMENT, definitions: [operation, ...reached.values()] });
}

function persistedOf(documents: readonly SourceFile[]): Map<string, { text: string; sha256Hash: string }> {
  const definitions = documents.flatMap(({ document }) => document.definitions);
  const fragments = new Map(
    definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const named = new Map<string, { text: string; sha256Hash: string }>();
  for (const node of definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    if (!node.name) throw new Error('Every operation of the client needs a name');
    const text = textOf(node, fragments);
    named.set(node.name.value, { text, sha256Hash: createHash('sha256').update(text).digest('hex') });
  }
  return named;
}

const scalars = {
  ID: 'string',
  Date: 'string',
  DateTime: { input: 'string', output: 'Date | string' },
  USCC: 'string',
  Counts: 'Record<string, number>',
  SourceSettings: 'Record<string, unknown>',
  ReferenceValue: 'object',
};

/**
 * Everything that is made from the SDL, the client's documents and the data of the sectors.
 * @returns file (relative to the repository) to its text; the same input gives the same text
 * @throws when the SDL or a document is not valid
 */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const sdl = concatAST(filesIn('schema/graphql').map(({ document }) => document));
  const schemaAst = buildASTSchema(sdl);
  const schema = parse(printSchema(schemaAst));
  const documents = filesIn('client/src');
  const persisted = persistedOf(documents);

  const clientTypes = await codegen({
    filename: 'documents.ts',
    schema,
    schemaAst,
    documents,
    config: {
      scalars: { ...scalars, DateTime: 'string' },
      strictScalars: true,
      useTypeImports: true,
      enumType: 'string-literal',
      skipTypename: true,
      dedupeFragments: true,
    },
    plugins: [{ operations: {} }, { typedDocuments: {} }],
    pluginMap: { operations, typedDocuments },
  });

  let clientDocuments = clientTypes;
  for (const [name, { sha256Hash }] of persisted) {
    const start = `export const ${name}Document = {`;
    if (!clientDocuments.includes(start)) throw new Error(`The generated documents lack ${name}`);
    clientDocuments = clientDocuments.replace(start, () => `${start}"sha256Hash":"${sha256Hash}",`);
  }

  const byHash = [...persisted.values()].map(({ sha256Hash, text }) => [sha256Hash, text] as const);
  byHash.sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = (text: string) => `${text.trimEnd()}\n`;
  return new Map([
    ['schema/schema.graphql', lines(printSchema(lexicographicSortSchema(schemaAst)))],
    ['client/src/graphql/__generated__/documents.ts', HEADER + lines(clientDocuments)],
    [
      'client/src/graphql/__generated__/persisted.json',
      lines(JSON.stringify(Object.fromEntries(byHash), null, 2)),
    ],
    ...sectorPages(),
  ]);
}

/** The generated files that differ from what is on disk, or are not there. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of await generate()) {
    let present: string | undefined;
    try {
      present = readFileSync(join(ROOT, path), 'utf8').replaceAll('\r\n', '\n');
    } catch {
      present = undefined;
    }
    if (present !== text) stale.push(path);
  }
  return stale;
}

async function main(check: boolean): Promise<number> {
  if (check) {
    const stale = await staleFiles();
    for (const path of stale) console.error(`${path} is stale: run npm run codegen`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const [path, text] of await generate()) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(path);
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.includes('--check'));
}
