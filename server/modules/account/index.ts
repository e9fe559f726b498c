export { AccountService, type Account, type AccountDeps, type AccountInput } from './account.service.ts';
export type { ApiClient, ApiClientInput, ApiClientService, ClientToken } from './api-client.service.ts';
export type { Credentials, LoginService } from './login.service.ts';
export type { SecondFactorService } from './second-factor.service.ts';
export type { Session, SessionService } from './session.service.ts';
