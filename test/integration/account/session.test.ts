import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { anAccount, codeOf, migrated, movingClock, PASSWORD, servicesOn } from '../../support/doors.ts';
import type { Services } from '../../support/doors.ts';
import { testDb, type TestDb } from '../../support/store.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;

describe('a session', () => {
  const clock = movingClock();
  let store: TestDb;
  let one: Services;
  let two: Services;

  before(async () => {
    store = await testDb();
    one = await migrated(servicesOn(store.db, clock));
    two = servicesOn(store.db, clock);
  });
  after(() => store.drop());

  const opened = async () => {
    const account = await anAccount(one, 'AGENCY_MAKER');
    const session = await one.accounts.login.login({ username: account.username, password: PASSWORD });
    return { account, session };
  };
  const over = (services: Services, accessToken: string) =>
    codeOf(services.accounts.sessions.viewerOf(accessToken));

  it('goes on with a new refresh token each time', async () => {
    const { account, session } = await opened();
    const second = await two.accounts.sessions.refresh(session.refreshToken);
    clock.advance(HOUR);
    const third = await one.accounts.sessions.refresh(second.refreshToken);
    expect(new Set([session, second, third].map(({ refreshToken }) => refreshToken)).size).to.equal(3);
    expect((await two.accounts.sessions.viewerOf(third.accessToken)).accountId).to.equal(account.id);
  });

  it('ends when a used refresh token is met again, access tokens included', async () => {
    const { session } = await opened();
    const next = await one.accounts.sessions.refresh(session.refreshToken);
    clock.advance(11 * SECOND);
    expect(await codeOf(two.accounts.sessions.refresh(session.refreshToken))).to.equal('SESSION_OVER');
    expect(await codeOf(one.accounts.sessions.refresh(next.refreshToken))).to.equal('SESSION_OVER');
    expect(await over(one, next.accessToken)).to.equal('SESSION_OVER');
    const { nodes } = await one.audit.page(systemViewer, { first: 1 });
    expect(nodes[0]).to.include({ action: 'account:refresh-reuse', result: 'DENIED' });
  });

  it('bears tabs that refresh at once, on two servers', async () => {
    const { session } = await opened();
    const refreshed = await Promise.all(
      [one, two, one, two, one].map((services) => services.accounts.sessions.refresh(session.refreshToken)),
    );
    clock.advance(9 * SECOND);
    const late = await two.accounts.sessions.refresh(session.refreshToken);
    expect(new Set([...refreshed, late].map(({ refreshToken }) => refreshToken)).size).to.equal(6);
    for (const { refreshToken } of [...refreshed, late]) await one.accounts.sessions.refresh(refreshToken);
  });

  it('does not live on through a token that was being made while it was revoked', async () => {
    const { session } = await opened();
    const [next] = await Promise.all([
      two.accounts.sessions.refresh(session.refreshToken).catch(() => undefined),
      one.accounts.sessions.logout(session.refreshToken),
    ]);
    if (next) expect(await codeOf(one.accounts.sessions.refresh(next.refreshToken))).to.equal('SESSION_OVER');
    expect(await over(one, session.accessToken)).to.equal('SESSION_OVER');
  });

  it('ends after 12 idle hours', async () => {
    const { session } = await opened();
    clock.advance(12 * HOUR);
    expect(await codeOf(one.accounts.sessions.refresh(session.refreshToken))).to.equal('SESSION_OVER');
  });

  it('ends 7 days after the login, however busy', async () => {
    const { session } = await opened();
    let current = session;
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      clock.advance(6 * HOUR);
      current = await one.accounts.sessions.refresh(current.refreshToken);
    }
    clock.advance(6 * HOUR);
    expect(await codeOf(one.accounts.sessions.refresh(current.refreshToken))).to.equal('SESSION_OVER');
  });

  it('ends on logout, twice without effect, on the other server within seconds', async () => {
    const { session } = await opened();
    await two.accounts.sessions.viewerOf(session.accessToken);
    await one.accounts.sessions.logout(session.refreshToken);
    await one.accounts.sessions.logout(session.refreshToken);
    await one.accounts.sessions.logout('nonsense');
    expect(await over(one, session.accessToken)).to.equal('SESSION_OVER');
    clock.advance(5 * SECOND);
    expect(await over(two, session.accessToken)).to.equal('SESSION_OVER');
    expect(await codeOf(two.accounts.sessions.refresh(session.refreshToken))).to.equal('SESSION_OVER');
  });

  it('loses its rights at once where the account is switched off, elsewhere within 5 seconds, for good', async () => {
    const { account, session } = await opened();
    await two.accounts.sessions.viewerOf(session.accessToken);
    await one.accounts.setActive(systemViewer, account.id, false);
    expect(await over(one, session.accessToken)).to.equal('SESSION_OVER');
    clock.advance(5 * SECOND);
    expect(await over(two, session.accessToken)).to.equal('SESSION_OVER');
    await one.accounts.setActive(systemViewer, account.id, true);
    expect(await codeOf(one.accounts.sessions.refresh(session.refreshToken))).to.equal('SESSION_OVER');
  });

  it('has the roles of this moment, not of its token', async () => {
    const { account, session } = await opened();
    expect((await one.accounts.sessions.viewerOf(session.accessToken)).can('feed:upload')).to.equal(true);
    await one.accounts.grantRoles(systemViewer, account.id, ['AGENCY_CHECKER']);
    const viewer = await one.accounts.sessions.viewerOf(session.accessToken);
    expect([viewer.can('feed:upload'), viewer.can('record:withdraw')]).to.deep.equal([false, true]);
  });

  it('is nobody’s for a refresh token that was never given', async () => {
    expect(await codeOf(one.accounts.sessions.refresh('x'.repeat(43)))).to.equal('SESSION_OVER');
  });
});
