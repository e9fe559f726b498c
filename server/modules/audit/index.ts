export { AuditService, type AuditEvent } from './audit.service.ts';
export type { AuditDetail } from './audit-event.model.ts';
