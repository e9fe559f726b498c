import { expect } from 'chai';
import { anonymousViewer, systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { Role } from '../../../server/auth/roles.ts';
import {
  anAccount,
  anOrganization,
  codeOf,
  loggedInViewer,
  migrated,
  movingClock,
  PASSWORD,
  servicesOn,
} from '../../support/doors.ts';
import type { Services } from '../../support/doors.ts';
import { testDb, type TestDb } from '../../support/store.ts';

describe('accounts', () => {
  const clock = movingClock();
  let store: TestDb;
  let services: Services;
  let system: Viewer;
  let security: Viewer;
  let operator: Viewer;
  let center: string;

  before(async () => {
    store = await testDb();
    services = await migrated(servicesOn(store.db, clock));
    expect(await services.accounts.any()).to.equal(false);
    system = await loggedInViewer(services, 'SYSTEM_ADMIN');
    security = await loggedInViewer(services, 'SECURITY_ADMIN');
    operator = await loggedInViewer(services, 'CENTER_OPERATOR');
    center = await anOrganization(services, 'CENTER');
    expect(await services.accounts.any()).to.equal(true);
  });
  after(() => store.drop());

  let number = 0;
  const create = (viewer: Viewer, over: Partial<Parameters<Services['accounts']['create']>[1]> = {}) => {
    number += 1;
    return services.accounts.create(viewer, {
      username: `made-${String(number)}`,
      password: PASSWORD,
      roles: ['CENTER_OPERATOR'],
      organizationId: center,
      ...over,
    });
  };

  it('are made by one administrator and given their roles by another', async () => {
    const made = await create(system);
    expect(made).to.include({ active: true, hasSecondFactor: false, demo: false });
    expect(made.roles).to.deep.equal([]);
    const granted = await services.accounts.grantRoles(security, made.id, ['CENTER_OPERATOR']);
    expect(granted.roles).to.deep.equal(['CENTER_OPERATOR']);
    const { nodes } = await services.audit.page(systemViewer, { first: 2 }, { object: `account:${made.id}` });
    expect(nodes.map(({ action }) => action)).to.deep.equal(['account:grant-roles', 'account:create']);
  });

  for (const [name, over, code] of [
    ['a short name', { username: 'ab' }, 'ACCOUNT_USERNAME_INVALID'],
    ['a name with spaces', { username: 'zhang san' }, 'ACCOUNT_USERNAME_INVALID'],
    ['a short password', { password: 'Aa1-' }, 'PASSWORD_TOO_SHORT'],
    ['an unknown organization', { organizationId: '0'.repeat(24) }, 'ORGANIZATION_NOT_FOUND'],
    ['an organization id that is none', { organizationId: 'x' }, 'ORGANIZATION_NOT_FOUND'],
    ['a role of another trade', { roles: ['BANK_MAKER'] as Role[] }, 'ACCOUNT_ROLE_UNFIT'],
    ['the role of the program', { roles: ['SYSTEM'] as Role[] }, 'ACCOUNT_ROLE_UNFIT'],
    ['roles kept apart', { roles: ['SYSTEM_ADMIN', 'AUDIT_ADMIN'] as Role[] }, 'ACCOUNT_ROLES_CONFLICT'],
  ] as const) {
    it(`are not made with ${name}`, async () => {
      expect(await codeOf(create(systemViewer, over))).to.equal(code);
    });
  }

  it('have one name each, also when two are made at once', async () => {
    const results = await Promise.allSettled([1, 2, 3].map(() => create(system, { username: 'twin' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await codeOf(create(system, { username: 'TWIN' }))).to.equal('ACCOUNT_USERNAME_TAKEN');
  });

  it('are nobody’s business without the right', async () => {
    const { id } = await anAccount(services, 'AGENCY_MAKER');
    for (const [viewer, code] of [
      [operator, 'FORBIDDEN'],
      [anonymousViewer, 'UNAUTHENTICATED'],
    ] as const) {
      expect(await codeOf(create(viewer))).to.equal(code);
      expect(await codeOf(services.accounts.setActive(viewer, id, false))).to.equal(code);
      expect(await codeOf(services.accounts.grantRoles(viewer, id, []))).to.equal(code);
      expect(await codeOf(services.accounts.resetPassword(viewer, id, PASSWORD))).to.equal(code);
      expect(await codeOf(services.accounts.resetSecondFactor(viewer, id))).to.equal(code);
      expect(await codeOf(services.accounts.list(viewer, { first: 10 }))).to.equal(code);
      expect(await codeOf(services.accounts.get(viewer, id))).to.equal('ACCOUNT_NOT_FOUND');
    }
    expect(await codeOf(create(security))).to.equal('FORBIDDEN');
    expect(await codeOf(services.accounts.grantRoles(system, id, []))).to.equal('FORBIDDEN');
  });

  it('are not changed by their own holder beyond the password', async () => {
    const own = security.accountId ?? '';
    expect(await codeOf(services.accounts.grantRoles(security, own, ['AUDIT_ADMIN']))).to.equal(
      'ACCOUNT_OWN',
    );
    expect(await codeOf(services.accounts.resetSecondFactor(security, own))).to.equal('ACCOUNT_OWN');
    expect(await codeOf(services.accounts.setActive(system, system.accountId ?? '', false))).to.equal(
      'ACCOUNT_OWN',
    );
  });

  it('show themselves to their holder', async () => {
    const own = await services.accounts.get(operator, operator.accountId ?? '');
    expect(own.username).to.equal(operator.username);
    expect(own).not.to.have.any.keys('passwordHash', 'passwordHistory', 'secondFactor');
  });

  it('answer ACCOUNT_NOT_FOUND for ids that are none', async () => {
    for (const id of ['', 'x', '0'.repeat(24)]) {
      expect(await codeOf(services.accounts.setActive(system, id, true))).to.equal('ACCOUNT_NOT_FOUND');
      expect(await codeOf(services.accounts.grantRoles(security, id, []))).to.equal('ACCOUNT_NOT_FOUND');
    }
  });

  it('are listed by name, page by page', async () => {
    const names: string[] = [];
    let after: string | undefined;
    do {
      const page = await services.accounts.list(system, { first: 3, ...(after ? { after } : {}) });
      names.push(...page.nodes.map(({ username }) => username));
      after = page.hasNext ? page.cursors.at(-1) : undefined;
    } while (after);
    expect(names.length).to.be.greaterThan(5);
    expect(names).to.deep.equal([...new Set(names)].sort());
  });

  it('of a trial are made by the program alone and without conflicts of roles', async () => {
    const agency = await anOrganization(services, 'AGENCY');
    const roles: Role[] = ['AGENCY_MAKER', 'AGENCY_CHECKER'];
    const demo = { username: 'demo-both', password: 'trial123', roles, organizationId: agency, demo: true };
    expect(await codeOf(services.accounts.create(system, demo))).to.equal('FORBIDDEN');
    expect((await services.accounts.create(systemViewer, demo)).roles).to.deep.equal(roles);
    const production = servicesOn(store.db, clock, { production: true });
    expect(await codeOf(production.accounts.create(systemViewer, { ...demo, username: 'demo-2' }))).to.equal(
      'FORBIDDEN',
    );
    expect(
      await codeOf(production.accounts.login.login({ username: 'demo-both', password: 'trial123' })),
    ).to.equal('LOGIN_FAILED');
  });
});

describe('changePassword', () => {
  const clock = movingClock();
  let store: TestDb;
  let services: Services;

  before(async () => {
    store = await testDb();
    services = await migrated(servicesOn(store.db, clock));
  });
  after(() => store.drop());

  const next = (n: number) => `Heron-counts-${String(n)}-reeds`;
  const opened = async () => {
    const account = await anAccount(services, 'AGENCY_MAKER');
    const login = () => services.accounts.login.login({ username: account.username, password: PASSWORD });
    const mine = await login();
    const other = await login();
    return { account, mine, other, viewer: await services.accounts.sessions.viewerOf(mine.accessToken) };
  };

  it('ends the other sessions and keeps this one', async () => {
    const { account, mine, other, viewer } = await opened();
    await services.accounts.changePassword(viewer, PASSWORD, next(1));
    await services.accounts.sessions.viewerOf(mine.accessToken);
    await services.accounts.sessions.refresh(mine.refreshToken);
    expect(await codeOf(services.accounts.sessions.viewerOf(other.accessToken))).to.equal('SESSION_OVER');
    expect(await codeOf(services.accounts.sessions.refresh(other.refreshToken))).to.equal('SESSION_OVER');
    const { username } = account;
    expect(await codeOf(services.accounts.login.login({ username, password: PASSWORD }))).to.equal(
      'LOGIN_FAILED',
    );
    await services.accounts.login.login({ username, password: next(1) });
  });

  it('asks for the present password and counts wrong ones like wrong logins', async () => {
    const { viewer } = await opened();
    for (let wrong = 1; wrong <= 5; wrong += 1) {
      expect(await codeOf(services.accounts.changePassword(viewer, 'wrong', next(1)))).to.equal(
        'PASSWORD_WRONG',
      );
    }
    expect(await codeOf(services.accounts.changePassword(viewer, PASSWORD, next(1)))).to.equal(
      'ACCOUNT_LOCKED',
    );
  });

  it('takes none of the last five passwords, and an older one again', async () => {
    const { viewer } = await opened();
    let current = PASSWORD;
    for (let n = 1; n <= 5; n += 1) {
      expect(await codeOf(services.accounts.changePassword(viewer, current, current))).to.equal(
        'PASSWORD_REUSED',
      );
      await services.accounts.changePassword(viewer, current, next(n));
      current = next(n);
    }
    expect(await codeOf(services.accounts.changePassword(viewer, current, next(1)))).to.equal(
      'PASSWORD_REUSED',
    );
    await services.accounts.changePassword(viewer, current, PASSWORD);
  });

  it('is for accounts alone', async () => {
    expect(await codeOf(services.accounts.changePassword(anonymousViewer, PASSWORD, next(1)))).to.equal(
      'UNAUTHENTICATED',
    );
    expect(await codeOf(services.accounts.changePassword(systemViewer, PASSWORD, next(1)))).to.equal(
      'FORBIDDEN',
    );
  });

  it('by an administrator ends every session, and does not reach administrators', async () => {
    const admin = await loggedInViewer(services, 'SYSTEM_ADMIN');
    const { account, mine } = await opened();
    await services.accounts.resetPassword(admin, account.id, next(7));
    expect(await codeOf(services.accounts.sessions.viewerOf(mine.accessToken))).to.equal('SESSION_OVER');
    await services.accounts.login.login({ username: account.username, password: next(7) });
    const auditor = await anAccount(services, 'AUDIT_ADMIN');
    expect(await codeOf(services.accounts.resetPassword(admin, auditor.id, next(7)))).to.equal(
      'ACCOUNT_ADMINISTRATOR',
    );
    await services.accounts.resetPassword(systemViewer, auditor.id, next(7));
  });
});
