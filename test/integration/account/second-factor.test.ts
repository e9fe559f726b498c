import { expect } from 'chai';
import { totpCode, totpStep } from '../../../server/auth/totp.ts';
import type { Viewer } from '../../../server/auth/viewer.ts';
import {
  anAccount,
  codeOf,
  loggedInViewer,
  migrated,
  movingClock,
  PASSWORD,
  servicesOn,
} from '../../support/doors.ts';
import type { Services } from '../../support/doors.ts';
import { testDb, type TestDb } from '../../support/store.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function bytesOf(secret: string): Buffer {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

describe('the second factor', () => {
  const clock = movingClock();
  let store: TestDb;
  let services: Services;

  before(async () => {
    store = await testDb();
    services = await migrated(servicesOn(store.db, clock, { production: true }));
  });
  after(() => store.drop());

  const codeNow = (secret: string) => totpCode(bytesOf(secret), totpStep(clock.now()));
  const login = (username: string, otp?: string) =>
    services.accounts.login.login({ username, password: PASSWORD, ...(otp === undefined ? {} : { otp }) });
  const viewerFor = async (username: string, otp?: string): Promise<Viewer> =>
    services.accounts.sessions.viewerOf((await login(username, otp)).accessToken);

  async function enrolled() {
    const account = await anAccount(services, 'CENTER_OPERATOR');
    const viewer = await viewerFor(account.username);
    const { secret } = await services.accounts.secondFactor.start(viewer);
    await services.accounts.secondFactor.confirm(viewer, codeNow(secret));
    clock.advance(30_000);
    return { ...account, secret };
  }

  it('is all that staff may set up in production until they have one', async () => {
    const { username } = await anAccount(services, 'CENTER_OPERATOR');
    const session = await login(username);
    const before = await services.accounts.sessions.viewerOf(session.accessToken);
    expect(before.needsSecondFactor).to.equal(true);
    expect(before.roles).to.deep.equal([]);
    expect(before.can('record:read')).to.equal(false);
    const { secret, uri } = await services.accounts.secondFactor.start(before);
    expect(uri).to.include(secret);
    await services.accounts.secondFactor.confirm(before, codeNow(secret));
    const after = await services.accounts.sessions.viewerOf(session.accessToken);
    expect(after.needsSecondFactor).to.equal(undefined);
    expect(after.can('record:read')).to.equal(true);
  });

  it('is not asked of firms, nor of anybody outside production', async () => {
    const firm = await anAccount(services, 'ENTERPRISE_USER');
    expect((await viewerFor(firm.username)).can('demand:submit')).to.equal(true);
    const trial = servicesOn(store.db, clock);
    const viewer = await loggedInViewer(trial, 'CENTER_OPERATOR');
    expect(viewer.can('record:read')).to.equal(true);
  });

  it('is asked for at login once it is confirmed', async () => {
    const { username, secret } = await enrolled();
    expect(await codeOf(login(username))).to.equal('OTP_REQUIRED');
    expect(await codeOf(login(username, '000000'))).to.equal('OTP_WRONG');
    expect((await viewerFor(username, codeNow(secret))).can('record:read')).to.equal(true);
  });

  it('takes each code once, also of two logins at once', async () => {
    const { username, secret } = await enrolled();
    const code = codeNow(secret);
    const other = servicesOn(store.db, clock, { production: true });
    const results = await Promise.allSettled(
      [services, other].map((copy) => copy.accounts.login.login({ username, password: PASSWORD, otp: code })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await codeOf(login(username, code))).to.equal('OTP_WRONG');
  });

  it('locks after 5 wrong codes, and a question for the code counts for nothing', async () => {
    const { username, secret } = await enrolled();
    for (let asked = 1; asked <= 6; asked += 1)
      expect(await codeOf(login(username))).to.equal('OTP_REQUIRED');
    for (let wrong = 1; wrong <= 4; wrong += 1) {
      expect(await codeOf(login(username, '000000'))).to.equal('OTP_WRONG');
      expect(await codeOf(login(username))).to.equal('OTP_REQUIRED');
    }
    expect(await codeOf(login(username, '000000'))).to.equal('OTP_WRONG');
    expect(await codeOf(login(username, codeNow(secret)))).to.equal('ACCOUNT_LOCKED');
  });

  it('counts only when confirmed with a right code, and cannot be replaced by whoever holds the session', async () => {
    const { username } = await anAccount(services, 'CENTER_OPERATOR');
    const viewer = await viewerFor(username);
    const { secondFactor } = services.accounts;
    expect(await codeOf(secondFactor.confirm(viewer, '123456'))).to.equal('SECOND_FACTOR_NOT_STARTED');
    const first = await secondFactor.start(viewer);
    const second = await secondFactor.start(viewer);
    expect(await codeOf(secondFactor.confirm(viewer, codeNow(first.secret)))).to.equal('OTP_WRONG');
    await login(username);
    await secondFactor.confirm(viewer, codeNow(second.secret));
    expect(await codeOf(secondFactor.start(viewer))).to.equal('SECOND_FACTOR_SET');
    expect(await codeOf(secondFactor.confirm(viewer, codeNow(second.secret)))).to.equal('SECOND_FACTOR_SET');
  });

  it('ends the sessions that were opened without it', async () => {
    const { username } = await anAccount(services, 'CENTER_OPERATOR');
    const other = await login(username);
    const viewer = await viewerFor(username);
    const { secret } = await services.accounts.secondFactor.start(viewer);
    await services.accounts.secondFactor.confirm(viewer, codeNow(secret));
    expect(await codeOf(services.accounts.sessions.viewerOf(other.accessToken))).to.equal('SESSION_OVER');
  });

  it('is taken away by the security administrator, with all sessions', async () => {
    const { id, username, secret } = await enrolled();
    const session = await login(username, codeNow(secret));
    const trial = servicesOn(store.db, clock);
    const security = await loggedInViewer(trial, 'SECURITY_ADMIN');
    expect((await services.accounts.resetSecondFactor(security, id)).hasSecondFactor).to.equal(false);
    expect(await codeOf(services.accounts.sessions.viewerOf(session.accessToken))).to.equal('SESSION_OVER');
    expect((await viewerFor(username)).needsSecondFactor).to.equal(true);
  });
});
