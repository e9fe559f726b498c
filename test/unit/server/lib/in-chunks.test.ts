import { expect } from 'chai';
import fc from 'fast-check';
import { inChunks, type ChunkSize } from '../../../../server/lib/in-chunks.ts';

type Row = readonly (string | number | undefined)[];

async function chunksOf(rows: readonly Row[], size: ChunkSize): Promise<Row[][]> {
  async function* source(): AsyncGenerator<Row> {
    for (const row of rows) yield await Promise.resolve(row);
  }
  const chunks: Row[][] = [];
  for await (const chunk of inChunks(source(), size, (row) => row)) chunks.push(chunk);
  return chunks;
}

const charsOf = (rows: readonly Row[]): number =>
  rows.flat().reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 0), 0);

describe('rows in chunks', () => {
  it('keep their order, and no chunk has more than it may but by one row alone', async () => {
    const cell = fc.oneof(fc.string({ maxLength: 12 }), fc.integer(), fc.constant(undefined));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 40 }),
        fc.record({ rows: fc.integer({ min: 1, max: 9 }), chars: fc.integer({ min: 1, max: 60 }) }),
        async (rows, size) => {
          const chunks = await chunksOf(rows, size);
          expect(chunks.flat()).to.deep.equal(rows);
          for (const [i, chunk] of chunks.entries()) {
            expect(chunk.length).to.be.within(1, size.rows);
            if (chunk.length > 1) expect(charsOf(chunk)).to.be.at.most(size.chars);
            // None is smaller than it has to be.
            const next = chunks[i + 1]?.[0];
            if (next && chunk.length < size.rows)
              expect(charsOf([...chunk, next])).to.be.greaterThan(size.chars);
          }
        },
      ),
    );
  });

  it('of nothing are none', async () => {
    expect(await chunksOf([], { rows: 3, chars: 10 })).to.deep.equal([]);
  });
});
