export * from './credit-record.types.ts';
export { CreditRecordService, type RecordContents } from './credit-record.service.ts';
export type { CreditRecord, RecordField } from './present.ts';
export type { PreparedRow, UpsertResult } from './upsert.ts';
