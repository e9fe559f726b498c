import type { FieldCipher } from '../../lib/field-cipher.ts';
import { keyFieldsOf, kindOf } from '../template/index.ts';
import type { RecordDraft } from './credit-record.types.ts';

/**
 * Who a decision is addressed to: the code, a natural person's number, and the name only where there is neither (an
 * individual business without a code).
 */
function counterpartOf(draft: RecordDraft): string {
  if (draft.uscc !== undefined) return draft.uscc;
  const idNumber = draft.personal['idNumber'];
  return idNumber === undefined ? `name:${draft.counterpartName}` : `person:${idNumber}`;
}

/** The template of 2016 has no code of the authority. */
function authorityOf(draft: RecordDraft): string {
  return draft.authorityCode === '' ? `name:${draft.authorityName}` : draft.authorityCode;
}

/** Decisions of the national template are told apart over all sectors; other records within their feed. */
function identityOf(draft: RecordDraft): readonly string[] {
  if (kindOf(draft.kind).generations) return [draft.kind, draft.documentNumber];
  return [draft.feed, ...keyFieldsOf(draft.feed).map((field) => draft.fields[field] ?? '')];
}

/**
 * Keyed hash of kind, document number, counterpart and authority (domain notes 8.3), where there is no number of what
 * the feed has in its place; tells nothing without the key.
 */
export function naturalKeyOf(draft: RecordDraft, cipher: FieldCipher): string {
  const parts = [...identityOf(draft), counterpartOf(draft), authorityOf(draft)];
  return cipher.hash(`record:${JSON.stringify(parts)}`);
}
