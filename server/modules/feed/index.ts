export { FeedService } from './feed.service.ts';
export type { FeedRow } from './chunk-rows.ts';
export type { SubmittedRow } from './submitted-rows.ts';
export {
  NO_ROWS,
  type BatchStatus,
  type FeedBatchDoc,
  type FeedChunkDoc,
  type RowCounts,
} from './batch.model.ts';
export type { CellFault, RowEnd } from './feed.types.ts';
export type { ProblemRowDoc } from './problem-row.model.ts';
export { openFeedFile } from './parse/index.ts';
export type { Received, ReceiveInput } from './receive.service.ts';
export { templateWorkbook } from './workbook/index.ts';
