export * from './credit-record.types.ts';
export { CreditRecordService, type RecordContents, type RevisionOrigin } from './credit-record.service.ts';
export type { CountedRecord } from './record-deadlines.ts';
export type { ReturnedDifference } from './returned-difference.ts';
export type { CreditRecord, RecordField } from './present.ts';
export type { PreparedRow, UpsertResult } from './upsert.ts';
