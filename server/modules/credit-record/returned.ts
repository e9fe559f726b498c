import type { Types } from 'mongoose';
import { feedPathOf, publicColumns, type RecordKind, type RecordOrigin } from '../template/index.ts';
import type { CreditRecordDoc } from './credit-record.model.ts';
import type { RecordDraft } from './credit-record.types.ts';

/** A row from above that is a record we have: what it says otherwise, by field; empty when nothing. */
export interface ReturnedFinding {
  readonly recordId: Types.ObjectId;
  readonly agencyId: Types.ObjectId;
  readonly kind: RecordKind;
  /** Feed our record came by, and the one of the row. */
  readonly feed: string;
  readonly returnedBy: string;
  readonly origin: RecordOrigin;
  readonly batchId: Types.ObjectId;
  readonly seq: number;
  readonly there: Readonly<Record<string, string>>;
}

/** Every level fills in itself as the source. */
const NOT_COMPARED = ['sourceName', 'sourceCode'];

/**
 * Public columns in which a returned row differs from our record, with what it says. Columns that only one of the
 * templates has, and those the row leaves empty, say nothing.
 */
export function differingFields(record: CreditRecordDoc, draft: RecordDraft): Record<string, string> {
  const ours = new Set(publicColumns(feedPathOf(record), record.counterpartKind).map(({ field }) => field));
  const there: Record<string, string> = {};
  for (const { field } of publicColumns(draft.feed, draft.counterpartKind)) {
    const value = draft.fields[field] ?? '';
    if (value === '' || !ours.has(field) || NOT_COMPARED.includes(field)) continue;
    if (value !== record.fields[field]) there[field] = value;
  }
  return there;
}
