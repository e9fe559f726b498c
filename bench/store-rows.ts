import { mongo } from 'mongoose';

export const DOCUMENT_BYTES = 561;
const SECTORS = 29;
/** So many rows share a batch. */
const BATCH_ROWS = 1000;

/** A document of exactly 561 bytes, shaped like a credit record. */
export interface Row {
  readonly _id: mongo.ObjectId;
  readonly sector: string;
  readonly number: string;
  readonly subject: string;
  readonly batch: string;
  readonly amount: mongo.Long;
  readonly decidedAt: Date;
  readonly text: string;
}

/** One unique compound index and two others. */
export const INDEXES: readonly mongo.IndexDescription[] = [
  { key: { sector: 1, number: 1 }, name: 'key', unique: true },
  { key: { subject: 1, decidedAt: -1 }, name: 'subject' },
  { key: { batch: 1 }, name: 'batch' },
];

/** What is the same of every row with this number, whichever collection it lies in. */
export function keyOf(n: number): { readonly sector: string; readonly number: string } {
  return {
    sector: `sector-${String(n % SECTORS).padStart(2, '0')}`,
    number: `NO-${String(n).padStart(9, '0')}`,
  };
}

export function subjectOf(n: number): string {
  return `9162${String((n * 7919) % 5000).padStart(14, '0')}`;
}

export function rowOf(n: number): Row {
  const row = {
    _id: new mongo.ObjectId(),
    ...keyOf(n),
    subject: subjectOf(n),
    batch: `batch-${String(Math.floor(n / BATCH_ROWS)).padStart(6, '0')}`,
    amount: mongo.Long.fromNumber((n * 104_729) % 10_000_000),
    decidedAt: new Date(Date.UTC(2024, 0, 1) + (n % 365) * 86_400_000),
    text: '',
  };
  return { ...row, text: '.'.repeat(DOCUMENT_BYTES - mongo.BSON.calculateObjectSize(row)) };
}

export function rowsFrom(first: number, count: number): Row[] {
  return Array.from({ length: count }, (_, i) => rowOf(first + i));
}
