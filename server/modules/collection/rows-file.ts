import { Readable } from 'node:stream';

/**
 * Rows as the JSON file they could have been. The place they were read at is part of the bytes: read again after a
 * kill they are recognised by them, and rows that went back to an older content are not taken for a repeat.
 */
export function rowsFile(source: string, place: object, rows: readonly object[]): () => Readable {
  const head = JSON.stringify({ source, place });
  return () => Readable.from(textOf(head, rows), { objectMode: false });
}

function* textOf(head: string, rows: readonly object[]): Generator<string> {
  yield `${head.slice(0, -1)},"rows":[`;
  for (const [i, row] of rows.entries()) yield (i === 0 ? '' : ',\n') + JSON.stringify(row);
  yield ']}\n';
}
