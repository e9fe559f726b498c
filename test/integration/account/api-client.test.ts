import { expect } from 'chai';
import { systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import {
  anOrganization,
  codeOf,
  loggedInViewer,
  migrated,
  movingClock,
  servicesOn,
} from '../../support/doors.ts';
import type { Services } from '../../support/doors.ts';
import { testDb, type TestDb } from '../../support/store.ts';

describe('machine clients', () => {
  const clock = movingClock();
  let store: TestDb;
  let services: Services;
  let security: Viewer;
  let agency: string;

  before(async () => {
    store = await testDb();
    services = await migrated(servicesOn(store.db, clock));
    security = await loggedInViewer(services, 'SECURITY_ADMIN');
    agency = await anOrganization(services, 'AGENCY');
  });
  after(() => store.drop());

  const create = (viewer: Viewer = security) =>
    services.accounts.clients.create(viewer, {
      name: '许可系统',
      organizationId: agency,
      roles: ['AGENCY_MAKER'],
    });

  it('get short tokens for their secret and act for their organization', async () => {
    const { client, clientSecret } = await create();
    const { accessToken, expiresIn } = await services.accounts.clients.token(client.id, clientSecret);
    expect(expiresIn).to.equal(900);
    const viewer = await services.accounts.sessions.viewerOf(accessToken);
    expect(viewer).to.include({ kind: 'client', accountId: client.id, organizationId: agency });
    expect(viewer.can('feed:upload')).to.equal(true);
  });

  it('keep no secret in the store', async () => {
    const { clientSecret } = await create();
    const { nodes } = await services.accounts.clients.list(security, { first: 100 });
    expect(JSON.stringify(nodes)).not.to.include(clientSecret);
    expect(nodes[0]).not.to.have.property('secretHash');
  });

  it('are refused alike with a wrong secret, a wrong id and when switched off', async () => {
    const { client, clientSecret } = await create();
    expect(await codeOf(services.accounts.clients.token(client.id, 'wrong'))).to.equal('CLIENT_INVALID');
    expect(await codeOf(services.accounts.clients.token('client-x', clientSecret))).to.equal(
      'CLIENT_INVALID',
    );
    const { accessToken } = await services.accounts.clients.token(client.id, clientSecret);
    await services.accounts.sessions.viewerOf(accessToken);
    await services.accounts.clients.setActive(security, client.id, false);
    expect(await codeOf(services.accounts.clients.token(client.id, clientSecret))).to.equal('CLIENT_INVALID');
    clock.advance(5_000);
    expect(await codeOf(services.accounts.sessions.viewerOf(accessToken))).to.equal('SESSION_OVER');
  });

  it('are the security administrator’s business alone', async () => {
    const system = await loggedInViewer(services, 'SYSTEM_ADMIN');
    expect(await codeOf(create(system))).to.equal('FORBIDDEN');
    expect(await codeOf(services.accounts.clients.list(system, { first: 5 }))).to.equal('FORBIDDEN');
    expect(await codeOf(services.accounts.clients.setActive(system, 'x', true))).to.equal('FORBIDDEN');
    expect(await codeOf(services.accounts.clients.setActive(security, 'x', true))).to.equal(
      'CLIENT_NOT_FOUND',
    );
  });

  for (const [over, code] of [
    [{ name: ' ' }, 'CLIENT_NAME_INVALID'],
    [{ organizationId: 'x' }, 'ORGANIZATION_NOT_FOUND'],
    [{ roles: [] }, 'CLIENT_WITHOUT_ROLES'],
    [{ roles: ['BANK_REPORTER'] }, 'ACCOUNT_ROLE_UNFIT'],
  ] as const) {
    it(`answer ${code} for ${JSON.stringify(over)}`, async () => {
      const input = { name: 'n', organizationId: agency, roles: ['AGENCY_MAKER'] as const, ...over };
      expect(await codeOf(services.accounts.clients.create(systemViewer, input))).to.equal(code);
    });
  }
});
