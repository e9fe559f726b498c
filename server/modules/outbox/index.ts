export { OutboxService, type OutboxDeps, type PushSummary, type RecordSource } from './outbox.service.ts';
export type { OutboxFilter, OutboxItem } from './outbox.query.ts';
export { OUTBOX_STATES, type OutboxState } from './outbox.states.ts';
export type { Platform, PlatformInput } from './platform.service.ts';
export type { RefusedItem } from './settle.ts';
