export { AuditService, type AuditEntry, type AuditEvent, type AuditFault } from './audit.service.ts';
export type { AuditDetail, AuditEventDoc, AuditResult } from './audit-event.model.ts';
export type { AuditFilter } from './audit.repository.ts';
