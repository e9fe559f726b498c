export { AccountService, type Account } from './account.service.ts';
export type { ApiClient } from './api-client.service.ts';
export type { Session, SessionService } from './session.service.ts';
