/** How much of a file is worked at once: so many rows, fewer where they are long. */
export interface ChunkSize {
  readonly rows: number;
  /** Characters of all rows. */
  readonly chars: number;
}

function charsOf(cells: Iterable<unknown>): number {
  let chars = 0;
  for (const cell of cells) if (typeof cell === 'string') chars += cell.length;
  return chars;
}

/** Rows in their order, in chunks of one row or more; a row that is too long comes alone. */
export async function* inChunks<Row>(
  rows: AsyncIterable<Row>,
  size: ChunkSize,
  cellsOf: (row: Row) => Iterable<unknown>,
): AsyncGenerator<Row[]> {
  let chunk: Row[] = [];
  let chars = 0;
  for await (const row of rows) {
    const more = charsOf(cellsOf(row));
    if (chunk.length > 0 && (chunk.length >= size.rows || chars + more > size.chars)) {
      yield chunk;
      chunk = [];
      chars = 0;
    }
    chunk.push(row);
    chars += more;
  }
  if (chunk.length > 0) yield chunk;
}
