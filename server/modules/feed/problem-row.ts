import type { FieldCipher } from '../../lib/field-cipher.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import type { FeedBatchDoc } from './batch.model.ts';
import { chunkId } from './feed.repository.ts';
import type { RawRow, RawValue, RowEnd } from './feed.types.ts';
import type { ProblemRowDoc, RawCells } from './problem-row.model.ts';

const LONGEST_NUMBER = 64;

function textOf(raw: RawRow, field: string): string {
  const value: RawValue = raw.cells[raw.match.fields.indexOf(field)];
  return value === undefined ? '' : String(value).trim();
}

/**
 * The same for a row and its correction, where neither the document number nor the name was what was wrong; undefined
 * where one of them is missing, which many rows may have in common.
 */
export function rowKeyOf(raw: RawRow, cipher: FieldCipher): string | undefined {
  const key = [textOf(raw, 'documentNumber'), textOf(raw, 'counterpartName')] as const;
  return key.includes('') ? undefined : keyOfRow(...key, cipher);
}

export function keyOfRow(documentNumber: string, name: string, cipher: FieldCipher): string {
  return cipher.hash(`row:${JSON.stringify([documentNumber, name])}`);
}

export function seal(id: string, cells: RawCells, cipher: FieldCipher): Uint8Array {
  return cipher.encrypt(JSON.stringify(cells), `problem:${id}`);
}

export function unseal(
  { _id, sealed }: Pick<ProblemRowDoc, '_id' | 'sealed'>,
  cipher: FieldCipher,
): RawCells {
  return JSON.parse(cipher.decryptText(sealed, `problem:${_id}`)) as RawCells;
}

/** A refused row, kept for the clerk; a conflict, kept for the centre. */
export function problemRowOf(
  batch: FeedBatchDoc,
  raw: RawRow,
  end: RowEnd,
  cipher: FieldCipher,
  createdAt: Date,
): ProblemRowDoc {
  const _id = chunkId(batch._id.toHexString(), raw.seq);
  const rowKey = rowKeyOf(raw, cipher);
  const documentNumber = scrubPersonal(textOf(raw, 'documentNumber')).slice(0, LONGEST_NUMBER);
  return {
    _id,
    batchId: batch._id,
    agencyId: batch.agencyId,
    feed: batch.feed,
    kind: batch.kind,
    seq: raw.seq,
    row: raw.row,
    ...(raw.part === undefined ? {} : { part: raw.part }),
    status: end.outcome === 'CONFLICT' ? 'CONFLICT' : 'OPEN',
    ...(documentNumber === '' ? {} : { documentNumber }),
    ...(rowKey === undefined ? {} : { rowKey }),
    faults: [...end.faults],
    sealed: seal(
      _id,
      {
        header: raw.header,
        fields: raw.match.fields.map((field) => field ?? null),
        cells: raw.cells.map((cell) => cell ?? null),
      },
      cipher,
    ),
    createdAt,
  };
}
