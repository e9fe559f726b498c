import type { FieldCipher } from '../../lib/field-cipher.ts';
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

/** Keyed hash of kind, document number, counterpart and authority (domain notes 8.3); tells nothing without the key. */
export function naturalKeyOf(draft: RecordDraft, cipher: FieldCipher): string {
  const parts = [draft.kind, draft.documentNumber, counterpartOf(draft), authorityOf(draft)];
  return cipher.hash(`record:${JSON.stringify(parts)}`);
}
