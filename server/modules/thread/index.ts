export { ThreadService } from './thread.service.ts';
export type { ThreadEvent } from './thread.types.ts';
