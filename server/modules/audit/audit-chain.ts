import { contentHash } from '../../lib/content-hash.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { scrubPersonal } from '../../lib/scrub.ts';
import type { AuditDetail, AuditEventDoc } from './audit-event.model.ts';

export const FIRST_HASH = '0'.repeat(64);

/** Keyed, so that who can write to the store but does not hold the key cannot mend a chain that was cut. */
export function hashOf(event: Omit<AuditEventDoc, 'hash'>, cipher: FieldCipher): string {
  return cipher.hash(`audit:${contentHash(event)}`);
}

/** A detail as it will come back from the store: plain JSON, no numbers of natural persons. */
export function cleanDetail(detail: AuditDetail | undefined): AuditDetail {
  return JSON.parse(scrubPersonal(JSON.stringify(detail ?? {}))) as AuditDetail;
}
