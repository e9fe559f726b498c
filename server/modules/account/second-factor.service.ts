import { base32, matchTotp, newTotpSecret, totpUri } from '../../auth/totp.ts';
import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, NotFoundError, RuleError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import type { AuditService } from '../audit/index.ts';
import type { AccountDoc } from './account.model.ts';
import type { AccountRepository } from './account.repository.ts';
import { ownAccount } from './own-account.ts';
import type { SessionService } from './session.service.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly audit: AuditService;
  readonly accounts: AccountRepository;
  readonly sessions: SessionService;
  /** Name the authenticator app shows beside the code. */
  readonly issuer: string;
}

/** Time-based codes (动态口令): set up by the holder, taken away by the security administrator. */
export class SecondFactorService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes a secret, which counts only once it is confirmed; asked again, another one takes its place.
   * @returns the secret for typing and as the address a QR code holds
   * @throws RuleError SECOND_FACTOR_SET
   */
  async start(viewer: Viewer): Promise<{ secret: string; uri: string }> {
    const account = await ownAccount(this.#deps.accounts, viewer);
    const secret = newTotpSecret();
    const encrypted = Buffer.from(this.#deps.cipher.encrypt(secret, `otp:${account._id.toHexString()}`));
    const changed = await this.#deps.accounts.update(
      account._id,
      { $set: { secondFactor: { secret: encrypted, confirmed: false, lastStep: 0 } } },
      { expected: { 'secondFactor.confirmed': { $ne: true } } },
    );
    if (!changed) throw new RuleError('SECOND_FACTOR_SET');
    return { secret: base32(secret), uri: totpUri(secret, account.username, this.#deps.issuer) };
  }

  /**
   * Sets the second factor up with a first code; all other sessions of the account end.
   * @throws InputError OTP_WRONG; RuleError SECOND_FACTOR_NOT_STARTED, SECOND_FACTOR_SET
   */
  async confirm(viewer: Viewer, code: string): Promise<void> {
    const account = await ownAccount(this.#deps.accounts, viewer);
    const factor = account.secondFactor;
    if (!factor) throw new RuleError('SECOND_FACTOR_NOT_STARTED');
    if (factor.confirmed) throw new RuleError('SECOND_FACTOR_SET');
    const secret = this.#deps.cipher.decrypt(factor.secret, `otp:${account._id.toHexString()}`);
    const lastStep = matchTotp(secret, code.trim(), this.#deps.clock.now());
    if (lastStep === undefined) throw new InputError(['code'], 'OTP_WRONG');
    await this.#deps.db.inTransaction(async (tx) => {
      const changed = await this.#deps.accounts.update(
        account._id,
        {
          $set: { 'secondFactor.confirmed': true, 'secondFactor.lastStep': lastStep },
          $inc: { sessionVersion: 1 },
        },
        // The secret too: a second start in between made another one, which this code says nothing of.
        { expected: { 'secondFactor.confirmed': false, 'secondFactor.secret': factor.secret }, tx },
      );
      if (!changed) throw new RuleError('SECOND_FACTOR_NOT_STARTED');
      await this.#deps.sessions.keep(viewer, changed, tx);
      await this.#record(viewer, 'account:set-second-factor', changed, tx);
    });
    this.#deps.sessions.forgetViewers();
  }

  /**
   * Takes the second factor away, for a lost telephone; all sessions of the account end.
   * @throws NotFoundError ACCOUNT_NOT_FOUND; RuleError ACCOUNT_OWN; ForbiddenError without `account:grant`
   */
  async reset(viewer: Viewer, accountId: string): Promise<AccountDoc> {
    requirePermission(viewer, 'account:grant');
    if (viewer.accountId === accountId) throw new RuleError('ACCOUNT_OWN');
    const account = await this.#deps.accounts.findById(accountId);
    if (!account) throw new NotFoundError('ACCOUNT_NOT_FOUND');
    const changed = await this.#deps.db.inTransaction(async (tx) => {
      const after = await this.#deps.accounts.update(
        account._id,
        { $unset: { secondFactor: 1 }, $inc: { sessionVersion: 1 } },
        { tx },
      );
      await this.#record(viewer, 'account:reset-second-factor', account, tx);
      return after;
    });
    this.#deps.sessions.forgetViewers();
    return changed ?? account;
  }

  #record(viewer: Viewer, action: string, { _id }: AccountDoc, tx: Parameters<AuditService['record']>[2]) {
    return this.#deps.audit.record(
      viewer,
      { action, object: `account:${_id.toHexString()}`, result: 'OK' },
      tx,
    );
  }
}
