import { hashPassword, needsRehash, verifyNothing, verifyPassword } from '../../auth/password.ts';
import { matchTotp } from '../../auth/totp.ts';
import { anonymousViewer } from '../../auth/viewer.ts';
import type { Clock } from '../../lib/clock.ts';
import { LimitError, UnauthenticatedError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { AuditService } from '../audit/index.ts';
import type { OrganizationService } from '../organization/index.ts';
import type { AccountDoc } from './account.model.ts';
import type { AccountRepository } from './account.repository.ts';
import type { LoginAttempts } from './login-attempts.ts';
import { asActor } from './own-account.ts';
import type { Session, SessionService } from './session.service.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Code of the second factor; needed once one is set up. */
  readonly otp?: string;
  /** Where the caller is, for the audit trail. */
  readonly address?: string;
}

interface Deps {
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly audit: AuditService;
  readonly organizations: OrganizationService;
  readonly accounts: AccountRepository;
  readonly attempts: LoginAttempts;
  readonly sessions: SessionService;
  readonly production: boolean;
}

const MAX_WAITING = 20;

export class LoginService {
  readonly #deps: Deps;
  /** One name at a time, or parallel logins with the right password would count as failures of each other. */
  readonly #turns = new Map<string, { last: Promise<unknown>; waiting: number }>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @throws UnauthenticatedError LOGIN_FAILED alike for a wrong name, a wrong password and an account switched off;
   *   ACCOUNT_LOCKED, which unknown names can be too; OTP_REQUIRED, OTP_WRONG after the right password
   * @throws LimitError TOO_MANY_LOGINS when the name has too many logins waiting
   */
  login(credentials: Credentials): Promise<Session> {
    const username = credentials.username.trim().toLowerCase().slice(0, 100);
    return this.#inTurn(username, () => this.#login({ ...credentials, username }));
  }

  async #login(credentials: Credentials): Promise<Session> {
    const { username, password } = credentials;
    const { last } = await this.#deps.attempts.begin(username);
    const account = await this.#deps.accounts.findByUsername(username);
    const right = account
      ? await verifyPassword(account.passwordHash, password)
      : await verifyNothing(password);
    if (!account || !right || !(await this.#usable(account))) {
      await this.#record(account, credentials, 'FAILED', last ? { locked: true } : {});
      throw new UnauthenticatedError('LOGIN_FAILED');
    }
    await this.#checkSecondFactor(account, credentials);
    await this.#deps.attempts.succeed(username);
    if (needsRehash(account.passwordHash)) {
      const passwordHash = await hashPassword(password);
      const expected = { passwordHash: account.passwordHash };
      await this.#deps.accounts.update(account._id, { $set: { passwordHash } }, { expected });
    }
    const session = await this.#deps.sessions.open(account);
    await this.#record(account, credentials, 'OK', {});
    return session;
  }

  async #usable(account: AccountDoc): Promise<boolean> {
    if (!account.active || (account.demo && this.#deps.production)) return false;
    const organization = await this.#deps.organizations.byId(account.organizationId.toHexString());
    return organization?.active === true;
  }

  async #checkSecondFactor(account: AccountDoc, credentials: Credentials): Promise<void> {
    if (account.secondFactor?.confirmed !== true) return;
    if (credentials.otp === undefined || credentials.otp === '') {
      await this.#deps.attempts.withdraw(account.username);
      throw new UnauthenticatedError('OTP_REQUIRED');
    }
    const secret = this.#deps.cipher.decrypt(account.secondFactor.secret, `otp:${account._id.toHexString()}`);
    const step = matchTotp(secret, credentials.otp, this.#deps.clock.now());
    const taken =
      step !== undefined &&
      (await this.#deps.accounts.update(
        account._id,
        { $set: { 'secondFactor.lastStep': step } },
        { expected: { 'secondFactor.lastStep': { $lt: step } } },
      ));
    if (!taken) {
      await this.#record(account, credentials, 'FAILED', { factor: 'otp' });
      throw new UnauthenticatedError('OTP_WRONG');
    }
  }

  /** A name that no account has may be a password typed into the wrong field, so it is not kept. */
  async #record(
    account: AccountDoc | undefined,
    { address }: Credentials,
    result: 'OK' | 'FAILED',
    detail: Record<string, unknown>,
  ): Promise<void> {
    const actor = account && result === 'OK' ? asActor(account._id.toHexString()) : anonymousViewer;
    await this.#deps.audit.record(actor, {
      action: 'account:login',
      object: account ? `account:${account._id.toHexString()}` : 'account:unknown',
      result,
      detail: { ...detail, ...(address === undefined ? {} : { address }) },
    });
  }

  async #inTurn<T>(username: string, run: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(username) ?? { last: Promise.resolve(), waiting: 0 };
    if (turn.waiting >= MAX_WAITING) throw new LimitError('TOO_MANY_LOGINS');
    this.#turns.set(username, turn);
    turn.waiting += 1;
    const result = turn.last.then(run);
    turn.last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      turn.waiting -= 1;
      if (turn.waiting === 0) this.#turns.delete(username);
    }
  }
}
