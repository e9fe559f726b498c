import { Types, type ClientSession } from 'mongoose';
import { checkNewPassword, hashPassword, verifyPassword } from '../../auth/password.ts';
import { ROLES, type Role } from '../../auth/roles.ts';
import { accessTokens } from '../../auth/token.ts';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import { ForbiddenError, InputError, NotFoundError, RuleError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { AuditDetail, AuditService } from '../audit/index.ts';
import type { Organization, OrganizationService } from '../organization/index.ts';
import type { AccountDoc } from './account.model.ts';
import { ADMINISTRATORS, checkRoles } from './account.policy.ts';
import { AccountRepository } from './account.repository.ts';
import { ApiClientService } from './api-client.service.ts';
import { LoginAttempts } from './login-attempts.ts';
import { LoginService } from './login.service.ts';
import { ownAccount } from './own-account.ts';
import { SecondFactorService } from './second-factor.service.ts';
import { SessionService } from './session.service.ts';

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly roles: readonly Role[];
  readonly organizationId: string;
  readonly active: boolean;
  readonly demo: boolean;
  readonly hasSecondFactor: boolean;
  readonly lockedUntil?: Date;
  readonly createdAt: Date;
}

export interface AccountInput {
  /** 3 to 40 letters, digits, `-`, `_` or `.`; case does not count. */
  readonly username: string;
  readonly password: string;
  readonly roles: readonly Role[];
  readonly organizationId: string;
  /** A trial account: made by the program alone, outside production; free of password rules and role conflicts. */
  readonly demo?: boolean;
}

export interface AccountDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly audit: AuditService;
  readonly organizations: OrganizationService;
  readonly jwtSecret: string;
  readonly production: boolean;
  /** Name that authenticator apps show. */
  readonly issuer: string;
}

const USERNAME = /^[a-z0-9][a-z0-9._-]{2,39}$/;
const MIN_DEMO_PASSWORD = 8;
/** With the present one, the last five passwords are not taken again. */
const HISTORY = 4;

export class AccountService {
  /** Who may come in. */
  readonly login: LoginService;
  readonly sessions: SessionService;
  readonly clients: ApiClientService;
  readonly secondFactor: SecondFactorService;
  readonly #accounts: AccountRepository;
  readonly #attempts: LoginAttempts;
  readonly #deps: AccountDeps;

  constructor(deps: AccountDeps) {
    this.#deps = deps;
    this.#accounts = new AccountRepository(deps.db);
    this.#attempts = new LoginAttempts(deps);
    const accounts = this.#accounts;
    this.clients = new ApiClientService({ ...deps, tokens: accessTokens(deps.jwtSecret, deps.clock) });
    this.sessions = new SessionService({
      ...deps,
      accounts,
      clients: this.clients,
      tokens: accessTokens(deps.jwtSecret, deps.clock),
    });
    this.login = new LoginService({
      ...deps,
      accounts,
      attempts: this.#attempts,
      sessions: this.sessions,
    });
    this.secondFactor = new SecondFactorService({ ...deps, accounts, sessions: this.sessions });
  }

  /** Whether there is any account at all. */
  any(): Promise<boolean> {
    return this.#accounts.any();
  }

  /**
   * Makes an account. The roles asked for hold at once only when the viewer may grant them as well; else the account
   * waits without any for the security administrator, so that nobody alone makes a mighty account.
   * @throws InputError on a bad name, password, organization or role; ForbiddenError without `account:manage`
   */
  async create(viewer: Viewer, input: AccountInput): Promise<Account> {
    requirePermission(viewer, 'account:manage');
    const demo = input.demo === true;
    if (demo && (viewer.kind !== 'system' || this.#deps.production)) throw new ForbiddenError('FORBIDDEN');
    const username = input.username.trim().toLowerCase();
    if (!USERNAME.test(username)) throw new InputError(['username'], 'ACCOUNT_USERNAME_INVALID');
    if (!demo) checkNewPassword(input.password, username, ['password']);
    else if (input.password.length < MIN_DEMO_PASSWORD) {
      throw new InputError(['password'], 'PASSWORD_TOO_SHORT', { min: MIN_DEMO_PASSWORD });
    }
    const organization = await this.#organization(input.organizationId);
    const asked = rolesOf(input.roles);
    checkRoles(asked, organization.kind, demo);
    const roles = viewer.can('account:grant') ? asked : [];
    const passwordHash = await hashPassword(input.password);
    const now = this.#deps.clock.now();
    const account = await this.#deps.db.inTransaction(async (tx) => {
      const made = await this.#accounts.insert(
        {
          username,
          passwordHash,
          passwordHistory: [],
          roles,
          organizationId: new Types.ObjectId(organization.id),
          active: true,
          demo,
          sessionVersion: 1,
          createdAt: now,
          updatedAt: now,
        },
        tx,
      );
      if (!made) throw new InputError(['username'], 'ACCOUNT_USERNAME_TAKEN');
      const detail = { username, roles, asked, organization: organization.uscc };
      await this.#record(viewer, 'account:create', made._id, detail, tx);
      return made;
    });
    return present(account);
  }

  /**
   * Switches an account on or off; on also lifts a lock after wrong passwords, off ends its sessions for good.
   * @throws NotFoundError; RuleError ACCOUNT_OWN; ForbiddenError without `account:manage`
   */
  async setActive(viewer: Viewer, accountId: string, active: boolean): Promise<Account> {
    requirePermission(viewer, 'account:manage');
    if (viewer.accountId === accountId) throw new RuleError('ACCOUNT_OWN');
    const account = await this.#byId(accountId);
    const action = active ? 'account:activate' : 'account:deactivate';
    const changed = await this.#change(
      viewer,
      account,
      {
        $set: { active, updatedAt: this.#deps.clock.now() },
        ...(active ? {} : { $inc: { sessionVersion: 1 } }),
      },
      { action, detail: {} },
    );
    if (active) await this.#attempts.succeed(account.username);
    return this.#presentWithLock(changed);
  }

  /**
   * Sets the roles of an account; nobody sets their own.
   * @throws NotFoundError; InputError on `roles`; RuleError ACCOUNT_OWN; ForbiddenError without `account:grant`
   */
  async grantRoles(viewer: Viewer, accountId: string, roles: readonly Role[]): Promise<Account> {
    requirePermission(viewer, 'account:grant');
    if (viewer.accountId === accountId) throw new RuleError('ACCOUNT_OWN');
    const account = await this.#byId(accountId);
    const organization = await this.#organization(account.organizationId.toHexString());
    const wanted = rolesOf(roles);
    checkRoles(wanted, organization.kind);
    const changed = await this.#change(
      viewer,
      account,
      { $set: { roles: wanted, updatedAt: this.#deps.clock.now() } },
      { action: 'account:grant-roles', detail: { from: account.roles, to: wanted } },
    );
    return this.#presentWithLock(changed);
  }

  /**
   * Changes the viewer's own password; the other sessions end.
   * @throws InputError PASSWORD_WRONG, PASSWORD_REUSED and those of the password rules; UnauthenticatedError
   *   ACCOUNT_LOCKED: a wrong present password counts like a wrong login
   */
  async changePassword(viewer: Viewer, currentPassword: string, newPassword: string): Promise<void> {
    const account = await ownAccount(this.#accounts, viewer);
    checkNewPassword(newPassword, account.username, ['newPassword']);
    await this.#attempts.begin(account.username);
    if (!(await verifyPassword(account.passwordHash, currentPassword))) {
      throw new InputError(['currentPassword'], 'PASSWORD_WRONG');
    }
    await this.#attempts.succeed(account.username);
    await this.#setPassword(viewer, account, newPassword, 'account:change-password');
  }

  /**
   * Sets another's password, for one who forgot theirs; all sessions of the account end. The administrators'
   * passwords are out of reach, or the one who runs the system could become the other two.
   * @throws NotFoundError; InputError; RuleError ACCOUNT_OWN, ACCOUNT_ADMINISTRATOR; ForbiddenError without
   *   `account:manage`
   */
  async resetPassword(viewer: Viewer, accountId: string, newPassword: string): Promise<Account> {
    requirePermission(viewer, 'account:manage');
    if (viewer.accountId === accountId) throw new RuleError('ACCOUNT_OWN');
    const account = await this.#byId(accountId);
    if (viewer.kind !== 'system' && account.roles.some((role) => ADMINISTRATORS.includes(role))) {
      throw new RuleError('ACCOUNT_ADMINISTRATOR');
    }
    checkNewPassword(newPassword, account.username, ['newPassword']);
    return this.#presentWithLock(
      await this.#setPassword(viewer, account, newPassword, 'account:reset-password'),
    );
  }

  /** One's own account, or anyone's with `account:read`. @throws NotFoundError ACCOUNT_NOT_FOUND */
  async get(viewer: Viewer, accountId: string): Promise<Account> {
    const own = viewer.kind === 'account' && viewer.accountId === accountId;
    if (!own && !viewer.can('account:read')) throw new NotFoundError('ACCOUNT_NOT_FOUND');
    return this.#presentWithLock(await this.#byId(accountId));
  }

  /** By login name. @throws ForbiddenError without `account:read` */
  async list(viewer: Viewer, page: PageArgs): Promise<Page<Account>> {
    requirePermission(viewer, 'account:read');
    const first = pageSize(page);
    const after = page.after === undefined ? undefined : String(decodeCursor(page.after, 1)[0]);
    const found = await this.#accounts.page(after, first + 1);
    const locks = await this.#attempts.lockedUntil(found.map(({ username }) => username));
    return pageOf(
      found,
      first,
      ({ username }) => [username],
      (account) => present(account, locks.get(account.username)),
    );
  }

  /** As `secondFactor.reset`, answering the account. */
  async resetSecondFactor(viewer: Viewer, accountId: string): Promise<Account> {
    return this.#presentWithLock(await this.secondFactor.reset(viewer, accountId));
  }

  async #setPassword(
    viewer: Viewer,
    account: AccountDoc,
    newPassword: string,
    action: string,
  ): Promise<AccountDoc> {
    const former = [account.passwordHash, ...account.passwordHistory];
    for (const hash of former) {
      if (await verifyPassword(hash, newPassword)) throw new InputError(['newPassword'], 'PASSWORD_REUSED');
    }
    const passwordHash = await hashPassword(newPassword);
    const change = {
      $set: {
        passwordHash,
        passwordHistory: former.slice(0, HISTORY),
        updatedAt: this.#deps.clock.now(),
      },
      $inc: { sessionVersion: 1 },
    };
    const expected = { passwordHash: account.passwordHash };
    return this.#change(viewer, account, change, { action, detail: {} }, expected);
  }

  /** One audited change; the viewer's own session lives on when it is their own account. */
  async #change(
    viewer: Viewer,
    account: AccountDoc,
    change: Parameters<AccountRepository['update']>[1],
    entry: { action: string; detail: AuditDetail },
    expected: Record<string, unknown> = {},
  ): Promise<AccountDoc> {
    const changed = await this.#deps.db.inTransaction(async (tx) => {
      const after = await this.#accounts.update(account._id, change, { expected, tx });
      if (!after) throw new NotFoundError('ACCOUNT_NOT_FOUND');
      if (viewer.accountId === account._id.toHexString()) await this.sessions.keep(viewer, after, tx);
      await this.#record(viewer, entry.action, account._id, entry.detail, tx);
      return after;
    });
    this.sessions.forgetViewers();
    return changed;
  }

  async #byId(accountId: string): Promise<AccountDoc> {
    const account = await this.#accounts.findById(accountId);
    if (!account) throw new NotFoundError('ACCOUNT_NOT_FOUND');
    return account;
  }

  async #organization(id: string): Promise<Organization> {
    const organization = await this.#deps.organizations.byId(id);
    if (!organization) throw new InputError(['organizationId'], 'ORGANIZATION_NOT_FOUND');
    return organization;
  }

  async #presentWithLock(account: AccountDoc): Promise<Account> {
    const locks = await this.#attempts.lockedUntil([account.username]);
    return present(account, locks.get(account.username));
  }

  #record(
    viewer: Viewer,
    action: string,
    id: Types.ObjectId,
    detail: AuditDetail,
    tx: ClientSession,
  ): Promise<void> {
    const object = `account:${id.toHexString()}`;
    return this.#deps.audit.record(viewer, { action, object, result: 'OK', detail }, tx);
  }
}

function rolesOf(roles: readonly Role[]): Role[] {
  return ROLES.filter((role) => roles.includes(role));
}

function present(account: AccountDoc, lockedUntil?: Date): Account {
  return {
    id: account._id.toHexString(),
    username: account.username,
    roles: account.roles,
    organizationId: account.organizationId.toHexString(),
    active: account.active,
    demo: account.demo,
    hasSecondFactor: account.secondFactor?.confirmed === true,
    ...(lockedUntil ? { lockedUntil } : {}),
    createdAt: account.createdAt,
  };
}
