import { stringify } from 'csv-stringify/sync';
import { REGISTER_COLUMNS } from '../modules/subject/index.ts';
import type { Row } from './columns.ts';
import type { Firm } from './subjects.ts';

export const RECEIVED_COLUMN = '接收时间';

/** Columns of the register of enterprises, in the order of its exports. */
export const SUBJECT_HEADER: readonly string[] = Object.values(REGISTER_COLUMNS);
const PROVINCE = '示例';

export function csvOf(rows: readonly (readonly string[])[]): string {
  return stringify(rows as string[][]);
}

export function cellsOf(fields: readonly string[], row: Row): string[] {
  return fields.map((field) => row[field] ?? '');
}

export function subjectCells(firm: Firm): string[] {
  const { name, uscc, foundedOn, type, capital, scope, region, address } = firm;
  return [name, uscc, foundedOn, type, capital, scope, PROVINCE, region, address];
}
