export * from './credit-record.types.ts';
export {
  CreditRecordService,
  type CountedRecord,
  type RecordContents,
  type RevisionOrigin,
} from './credit-record.service.ts';
export type { ReturnedDifference } from './returned-difference.ts';
export type { CreditRecord, RecordField } from './present.ts';
export type { PreparedRow, UpsertResult } from './upsert.ts';
