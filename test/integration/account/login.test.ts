import { expect } from 'chai';
import { hash } from '@node-rs/argon2';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { anAccount, codeOf, migrated, movingClock, PASSWORD, servicesOn } from '../../support/doors.ts';
import type { Services } from '../../support/doors.ts';
import { testDb, type TestDb } from '../../support/store.ts';

const MINUTE = 60_000;

describe('login', () => {
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

  const attempt = (services: Services, username: string, password = 'Wrong-wrong-1234') =>
    codeOf(services.accounts.login.login({ username, password }));
  const enter = (services: Services, username: string) =>
    services.accounts.login.login({ username, password: PASSWORD });

  it('opens a session whose token shows who it is, whatever the case of the name', async () => {
    const account = await anAccount(one, 'AGENCY_MAKER');
    const session = await enter(one, ` ${account.username.toUpperCase()} `);
    expect(session.expiresIn).to.equal(900);
    const viewer = await two.accounts.sessions.viewerOf(session.accessToken);
    expect(viewer).to.include({
      kind: 'account',
      accountId: account.id,
      username: account.username,
      organizationId: account.organizationId,
    });
    expect(viewer.roles).to.deep.equal(['AGENCY_MAKER']);
    expect(viewer.sectors).to.deep.equal(['tax']);
    expect(viewer.can('feed:upload')).to.equal(true);
  });

  it('answers alike for a wrong password, an unknown name and a switched-off account', async () => {
    const { username } = await anAccount(one, 'AGENCY_MAKER');
    const off = await anAccount(one, 'AGENCY_MAKER');
    await one.accounts.setActive(systemViewer, off.id, false);
    expect(await attempt(one, username)).to.equal('LOGIN_FAILED');
    expect(await attempt(one, 'nobody-here')).to.equal('LOGIN_FAILED');
    expect(await attempt(one, '\u0000 no name at all')).to.equal('LOGIN_FAILED');
    expect(await attempt(one, off.username, PASSWORD)).to.equal('LOGIN_FAILED');
  });

  it('refuses accounts of an organization that is switched off', async () => {
    const { username, organizationId } = await anAccount(one, 'BANK_MAKER');
    const organization = await one.organizations.byId(organizationId);
    if (!organization) throw new Error('no organization');
    const session = await enter(one, username);
    await one.organizations.upsert(systemViewer, { ...organization, active: false });
    expect(await attempt(one, username, PASSWORD)).to.equal('LOGIN_FAILED');
    expect(await codeOf(one.accounts.sessions.viewerOf(session.accessToken))).to.equal('SESSION_OVER');
  });

  for (const known of [true, false]) {
    it(`locks ${known ? 'a known' : 'an unknown'} name for 30 minutes after 5 failures`, async () => {
      const username = known ? (await anAccount(one, 'AGENCY_MAKER')).username : 'ghost-of-the-office';
      for (let failure = 1; failure <= 5; failure += 1) {
        expect(await attempt(failure % 2 ? one : two, username)).to.equal('LOGIN_FAILED');
      }
      expect(await attempt(one, username, PASSWORD)).to.equal('ACCOUNT_LOCKED');
      clock.advance(29 * MINUTE);
      expect(await attempt(two, username, PASSWORD)).to.equal('ACCOUNT_LOCKED');
      clock.advance(MINUTE);
      if (known) await enter(two, username);
      else expect(await attempt(two, username)).to.equal('LOGIN_FAILED');
    });
  }

  it('forgets failures after 15 minutes and after a success', async () => {
    const { username } = await anAccount(one, 'AGENCY_MAKER');
    for (let failure = 1; failure <= 4; failure += 1) await attempt(one, username);
    clock.advance(15 * MINUTE);
    for (let failure = 1; failure <= 4; failure += 1) await attempt(one, username);
    await enter(one, username);
    for (let failure = 1; failure <= 4; failure += 1) await attempt(one, username);
    await enter(two, username);
  });

  it('tries no more than 5 of many parallel guesses, on two servers together', async () => {
    const { username } = await anAccount(one, 'AGENCY_MAKER');
    const guesses = Array.from({ length: 24 }, (_, n) => attempt(n % 2 ? one : two, username));
    const codes = await Promise.all(guesses);
    expect(codes.filter((code) => code === 'LOGIN_FAILED')).to.have.length(5);
    expect(codes.filter((code) => code === 'ACCOUNT_LOCKED')).to.have.length(19);
    expect(await attempt(two, username, PASSWORD)).to.equal('ACCOUNT_LOCKED');
  });

  it('lets many parallel logins with the right password in', async () => {
    const { username } = await anAccount(one, 'AGENCY_MAKER');
    const sessions = await Promise.all(
      Array.from({ length: 12 }, (_, n) => enter(n % 2 ? one : two, username)),
    );
    expect(new Set(sessions.map(({ refreshToken }) => refreshToken)).size).to.equal(12);
  });

  it('does not queue without end for one name', async () => {
    const codes = await Promise.all(Array.from({ length: 30 }, () => attempt(one, 'a-name-under-attack')));
    expect(codes.filter((code) => code === 'TOO_MANY_LOGINS')).to.have.length(10);
  });

  it('lifts a lock when the account is switched on', async () => {
    const { id, username } = await anAccount(one, 'AGENCY_MAKER');
    for (let failure = 1; failure <= 5; failure += 1) await attempt(one, username);
    expect((await one.accounts.get(systemViewer, id)).lockedUntil).to.deep.equal(
      new Date(clock.now().getTime() + 30 * MINUTE),
    );
    const account = await one.accounts.setActive(systemViewer, id, true);
    expect(account.lockedUntil).to.equal(undefined);
    await enter(one, username);
  });

  it('makes a hash of old parameters anew', async () => {
    const { id, username } = await anAccount(one, 'AGENCY_MAKER');
    const accounts = nativeCollection<{ username: string; passwordHash: string }>(store.db, 'accounts');
    const passwordHash = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1 });
    await accounts.updateOne({ username }, { $set: { passwordHash } });
    await enter(one, username);
    const after = await accounts.findOne({ username });
    expect(after?.passwordHash).to.match(/m=19456,t=2,p=1/);
    await enter(one, username);
    expect(id).to.match(/^[0-9a-f]{24}$/);
  });

  it('is written to the audit trail, without what was typed as an unknown name', async () => {
    const { id, username } = await anAccount(one, 'AGENCY_MAKER');
    await enter(one, username);
    await attempt(one, username);
    await attempt(one, 'My-Secret-Password1');
    const { nodes } = await one.audit.page(systemViewer, { first: 3 }, { action: 'account:login' });
    expect(nodes.map(({ actor, object, result }) => ({ actor, object, result }))).to.deep.equal([
      { actor: 'anonymous', object: 'account:unknown', result: 'FAILED' },
      { actor: 'anonymous', object: `account:${id}`, result: 'FAILED' },
      { actor: `account:${id}`, object: `account:${id}`, result: 'OK' },
    ]);
    expect(JSON.stringify(nodes)).not.to.match(/secret/i);
  });
});
