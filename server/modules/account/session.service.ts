import type { ClientSession } from 'mongoose';
import { ACCESS_SECONDS, newOpaqueSecret, type AccessTokens } from '../../auth/token.ts';
import { makeViewer, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import { UnauthenticatedError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { AuditService } from '../audit/index.ts';
import type { Organization, OrganizationService } from '../organization/index.ts';
import type { AccountDoc } from './account.model.ts';
import { isStaff } from './account.policy.ts';
import type { AccountRepository } from './account.repository.ts';
import type { ApiClientService } from './api-client.service.ts';
import { asActor } from './own-account.ts';
import type { RefreshTokenDoc } from './session.model.ts';
import { SessionRepository } from './session.repository.ts';
import { ViewerCache } from './viewer-cache.ts';

export interface Session {
  readonly accessToken: string;
  /** Seconds until the access token is over. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  /** When the refresh token is of no more use. */
  readonly refreshUntil: Date;
}

export interface SessionDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly audit: AuditService;
  readonly organizations: OrganizationService;
  readonly accounts: AccountRepository;
  readonly clients: ApiClientService;
  readonly tokens: AccessTokens;
  readonly production: boolean;
}

const HOUR_MS = 3_600_000;
const IDLE_MS = 12 * HOUR_MS;
const ABSOLUTE_MS = 7 * 24 * HOUR_MS;
/** Two tabs that refresh at once both send the same token; later than this it is a theft. */
const GRACE_MS = 10_000;

/**
 * Sessions: short access tokens, and refresh tokens that work once. All of what makes a session valid is in the store,
 * so any number of servers agree.
 */
export class SessionService {
  readonly #sessions: SessionRepository;
  readonly #deps: SessionDeps;
  readonly #viewers: ViewerCache;

  constructor(deps: SessionDeps) {
    this.#sessions = new SessionRepository(deps.db);
    this.#deps = deps;
    this.#viewers = new ViewerCache(deps.clock);
  }

  /** Starts a session of an account that has just shown who it is. */
  async open(account: AccountDoc): Promise<Session> {
    const now = this.#deps.clock.now().getTime();
    const refreshToken = newOpaqueSecret();
    const id = this.#idOf(refreshToken);
    const root: RefreshTokenDoc = {
      _id: id,
      accountId: account._id,
      family: id,
      sessionVersion: account.sessionVersion,
      idleUntil: new Date(now + IDLE_MS),
      expiresAt: new Date(now + ABSOLUTE_MS),
    };
    await this.#sessions.insert(root);
    return this.#present(refreshToken, root);
  }

  /**
   * Gives new tokens for a refresh token, which is used up by that. Met again it ends the whole session, save within
   * ten seconds, which parallel tabs need.
   * @throws UnauthenticatedError SESSION_OVER
   */
  async refresh(refreshToken: string): Promise<Session> {
    const id = this.#idOf(refreshToken);
    const now = this.#deps.clock.now();
    const fresh = await this.#sessions.use(id, now);
    const token = fresh ?? (await this.#sessions.find(id));
    if (!token) throw new UnauthenticatedError('SESSION_OVER');
    if (!fresh && now.getTime() - (token.usedAt?.getTime() ?? 0) > GRACE_MS) await this.#stolen(token);
    if (token.idleUntil <= now) throw new UnauthenticatedError('SESSION_OVER');
    const valid = await this.#valid(token.family, token.accountId.toHexString());
    if (!valid) throw new UnauthenticatedError('SESSION_OVER');
    const next = newOpaqueSecret();
    const child: RefreshTokenDoc = {
      _id: this.#idOf(next),
      accountId: token.accountId,
      family: token.family,
      idleUntil: new Date(Math.min(now.getTime() + IDLE_MS, token.expiresAt.getTime())),
      expiresAt: token.expiresAt,
    };
    await this.#sessions.insert(child);
    return this.#present(next, child);
  }

  /** Ends the session of the token; without effect when it is unknown. */
  async logout(refreshToken: string): Promise<void> {
    const token = await this.#sessions.find(this.#idOf(refreshToken));
    if (!token) return;
    await this.#sessions.revoke(token.family, this.#deps.clock.now());
    this.forgetViewers();
    await this.#record('account:logout', token.accountId.toHexString(), 'OK');
  }

  /**
   * Whom an access token stands for, with the rights of this moment: what changes in the store counts within
   * seconds, at once on the server that changed it.
   * @throws UnauthenticatedError TOKEN_INVALID, SESSION_OVER
   */
  async viewerOf(accessToken: string): Promise<Viewer> {
    const bearer = this.#deps.tokens.verify(accessToken);
    const viewer =
      bearer.kind === 'client'
        ? await this.#viewers.get(`client:${bearer.clientId}`, () =>
            this.#deps.clients.viewer(bearer.clientId),
          )
        : await this.#viewers.get(`${bearer.accountId}:${bearer.sessionId}`, () =>
            this.#viewer(bearer.sessionId, bearer.accountId),
          );
    if (!viewer) throw new UnauthenticatedError('SESSION_OVER');
    return viewer;
  }

  /** After a change of accounts or sessions on this server. */
  forgetViewers(): void {
    this.#viewers.clear();
  }

  /** Lets the viewer's session live on although the account's sessions were ended, which is `account` after that. */
  async keep(viewer: Viewer, account: AccountDoc, tx: ClientSession): Promise<void> {
    if (viewer.sessionId === undefined) return;
    await this.#sessions.carryOver(viewer.sessionId, account._id, account.sessionVersion, tx);
  }

  async #viewer(sessionId: string, accountId: string): Promise<Viewer | undefined> {
    const valid = await this.#valid(sessionId, accountId);
    if (!valid) return undefined;
    const { account, organization } = valid;
    const unready =
      this.#deps.production && isStaff(account.roles) && account.secondFactor?.confirmed !== true;
    return makeViewer({
      kind: 'account',
      accountId,
      username: account.username,
      organizationId: organization.id,
      organizationUscc: organization.uscc,
      roles: unready ? [] : account.roles,
      sectors: organization.sectors,
      sessionId,
      ...(unready ? { needsSecondFactor: true } : {}),
    });
  }

  /** The account of a session that is still good. */
  async #valid(
    family: string,
    accountId: string,
  ): Promise<{ account: AccountDoc; organization: Organization } | undefined> {
    const root = await this.#sessions.find(family);
    if (!root || root.revokedAt || root.expiresAt <= this.#deps.clock.now()) return undefined;
    const account = await this.#deps.accounts.findById(accountId);
    if (!account?.active || !root.accountId.equals(account._id)) return undefined;
    if (root.sessionVersion !== account.sessionVersion) return undefined;
    if (account.demo && this.#deps.production) return undefined;
    const organization = await this.#deps.organizations.byId(account.organizationId.toHexString());
    return organization?.active ? { account, organization } : undefined;
  }

  async #stolen(token: RefreshTokenDoc): Promise<never> {
    await this.#sessions.revoke(token.family, this.#deps.clock.now());
    this.forgetViewers();
    await this.#record('account:refresh-reuse', token.accountId.toHexString(), 'DENIED');
    throw new UnauthenticatedError('SESSION_OVER');
  }

  #record(action: string, accountId: string, result: 'OK' | 'DENIED'): Promise<void> {
    return this.#deps.audit.record(asActor(accountId), { action, object: `account:${accountId}`, result });
  }

  #idOf(refreshToken: string): string {
    return this.#deps.cipher.hash(`refresh:${refreshToken}`);
  }

  #present(refreshToken: string, token: RefreshTokenDoc): Session {
    const accountId = token.accountId.toHexString();
    return {
      accessToken: this.#deps.tokens.sign({ kind: 'account', accountId, sessionId: token.family }),
      expiresIn: ACCESS_SECONDS,
      refreshToken,
      refreshUntil: token.idleUntil,
    };
  }
}
