import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { createGraphqlDoor, type GraphqlDoor } from '../../../server/graphql/index.ts';
import { permissions } from '../../../server/graphql/permissions.ts';
import type { ResolverMap } from '../../../server/graphql/resolver.ts';
import { toGlobalId } from '../../../server/graphql/global-id.ts';
import { createApp, localsOf, viewerOf } from '../../../server/http/index.ts';
import { RuleError } from '../../../server/lib/errors.ts';
import {
  anAccount,
  anOrganization,
  anyUscc,
  HOLDABLE_ROLES,
  listening,
  migrated,
  movingClock,
  PASSWORD,
  servicesOn,
} from '../../support/doors.ts';
import type { Services } from '../../support/doors.ts';
import { schemaWith } from '../../support/graphql.ts';
import { documentOf } from '../../support/root-documents.ts';
import { testDb, type TestDb } from '../../support/store.ts';

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
}

const VIEWER = '{ viewer { username roles permissions needsSecondFactor organization { name } } }';
const HASH = createHash('sha256').update(VIEWER).digest('hex');

const overrides: ResolverMap = {
  Query: {
    sectors() {
      throw new Error('secret detail of the store');
    },
    pushBoard() {
      throw new RuleError('TRANSITION_REFUSED', { from: 'A', to: 'B' });
    },
  },
};

describe('POST /graphql', () => {
  const clock = movingClock();
  let store: TestDb;
  let services: Services;
  let url: string;
  let productionUrl: string;
  const doors: GraphqlDoor[] = [];
  const servers: { close(): Promise<void> }[] = [];

  before(async () => {
    store = await testDb();
    services = await migrated(servicesOn(store.db, clock));
    const serve = async (copy: Services) => {
      const door = await createGraphqlDoor(copy as unknown as AppContext, {
        requestOf: (res) => ({ ...localsOf(res), viewer: viewerOf(res) }),
        schema: schemaWith(overrides),
        persisted: new Map([[HASH, VIEWER]]),
      });
      doors.push(door);
      const server = await listening(
        createApp({
          ...copy,
          readiness: () => Promise.resolve([]),
          routers: [{ path: '/graphql', router: door.router }],
        }),
      );
      servers.push(server);
      return server.url;
    };
    url = await serve(services);
    productionUrl = await serve(servicesOn(store.db, clock, { production: true }));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await Promise.all(doors.map((door) => door.stop()));
    await store.drop();
  });

  const send = (body: unknown, token?: string, base = url) =>
    fetch(`${base}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  const ask = async (query: string, token?: string, variables: object = {}, base = url): Promise<Answer> =>
    (await (await send({ query, variables }, token, base)).json()) as Answer;
  const codes = (answer: Answer) => (answer.errors ?? []).map(({ extensions }) => extensions['code']);
  const reasons = (answer: Answer) => (answer.errors ?? []).map(({ extensions }) => extensions['reason']);
  const tokenOf = async (...roles: Parameters<typeof anAccount>[1][]) => {
    const account = await anAccount(services, ...roles);
    const { accessToken } = await services.accounts.login.login({ ...account, password: PASSWORD });
    return { ...account, token: accessToken };
  };

  it('tells everybody who they are', async () => {
    const nobody = await ask(VIEWER);
    expect(nobody.data?.['viewer']).to.deep.include({ username: null, roles: [], organization: null });
    const { token, username } = await tokenOf('AGENCY_MAKER');
    const somebody = await ask(VIEWER, token);
    expect(somebody.data?.['viewer']).to.deep.include({ username, roles: ['AGENCY_MAKER'] });
    expect((somebody.data?.['viewer'] as { permissions: string[] }).permissions).to.include('feed:upload');
  });

  it('answers 401 to a token that is not valid, in the shape of GraphQL', async () => {
    const response = await send({ query: VIEWER }, 'a.b.c');
    expect(response.status).to.equal(401);
    expect(codes((await response.json()) as Answer)).to.deep.equal(['UNAUTHENTICATED']);
  });

  it('answers ping to who is logged in', async () => {
    const { token } = await tokenOf('AGENCY_MAKER');
    expect(await ask('mutation { ping }', token)).to.deep.equal({ data: { ping: true } });
    expect(codes(await ask('mutation { ping }'))).to.deep.equal(['UNAUTHENTICATED']);
  });

  describe('documents', () => {
    const persisted = (sha256Hash: string) => ({
      extensions: { persistedQuery: { version: 1, sha256Hash } },
    });

    it('are taken from the public in production only when we know them', async () => {
      const known = await send(persisted(HASH), undefined, productionUrl);
      expect(known.status).to.equal(200);
      const free = await send({ query: VIEWER }, undefined, productionUrl);
      expect([free.status, reasons((await free.json()) as Answer)]).to.deep.equal([
        401,
        ['DOCUMENT_NOT_PERSISTED'],
      ]);
      const unknown = await send(persisted('0'.repeat(64)), undefined, productionUrl);
      expect([unknown.status, reasons((await unknown.json()) as Answer)]).to.deep.equal([
        400,
        ['DOCUMENT_UNKNOWN'],
      ]);
    });

    it('cannot be registered', async () => {
      const query = '{ viewer { roles } }';
      const hash = createHash('sha256').update(query).digest('hex');
      expect((await send({ query, ...persisted(hash) })).status).to.equal(200);
      expect((await send(persisted(hash))).status).to.equal(400);
    });

    it('are not taken in batches', async () => {
      const response = await send([{ query: VIEWER }, { query: VIEWER }]);
      expect([response.status, reasons((await response.json()) as Answer)]).to.deep.equal([
        400,
        ['BATCH_FORBIDDEN'],
      ]);
    });

    it('may not ask for the schema in production', async () => {
      const firm = await anAccount(services, 'ENTERPRISE_USER');
      const { accessToken } = await services.accounts.login.login({ ...firm, password: PASSWORD });
      const query = '{ __schema { types { name } } }';
      expect((await ask(query)).errors).to.equal(undefined);
      const refused = await ask(query, accessToken, {}, productionUrl);
      expect(codes(refused)).to.deep.equal(['BAD_DOCUMENT']);
      const hint = await ask('{ viewr { username } }', accessToken, {}, productionUrl);
      expect(JSON.stringify(hint)).not.to.match(/did you mean/i);
    });

    for (const [name, query] of [
      ['broken', '{ viewer {'],
      ['asking for what is not there', '{ nothing }'],
      ['with a bad date', '{ creditRecords(filter: { day: "2023-02-30" }) { edges { cursor } } }'],
    ] as const) {
      it(`${name} are refused with BAD_DOCUMENT`, async () => {
        const { token } = await tokenOf('AGENCY_MAKER');
        expect(new Set(codes(await ask(query, token)))).to.deep.equal(new Set(['BAD_DOCUMENT']));
      });
    }

    for (const [reason, query] of [
      ['DOCUMENT_TOO_DEEP', `{ viewer { ${'organization { '.repeat(11)} name ${'}'.repeat(11)} } }`],
      [
        'DOCUMENT_TOO_MANY_ROOTS',
        '{ a: viewer { roles } b: viewer { roles } c: viewer { roles } d: viewer { roles } e: viewer { roles } f: viewer { roles } }',
      ],
      [
        'DOCUMENT_TOO_MANY_ALIASES',
        `{ viewer { ${Array.from({ length: 16 }, (_, n) => `a${String(n)}: roles`).join(' ')} } }`,
      ],
      [
        'DOCUMENT_TOO_COSTLY',
        `{ ${['a', 'b', 'c', 'd', 'e'].map((n) => `${n}: creditRecords(first: 100) { edges { node { fields { name } revisions { fields { name } } } } }`).join(' ')} }`,
      ],
    ] as const) {
      it(`over a limit are refused with ${reason}`, async () => {
        const answer = await ask(query);
        expect(reasons(answer)).to.include(reason);
        expect(codes(answer)).to.include('TOO_COSTLY');
      });
    }

    it('of too many tokens are refused before they are looked at', async () => {
      const answer = await ask(`{ viewer { ${'username '.repeat(2001)} } }`);
      expect(codes(answer)).to.deep.equal(['BAD_DOCUMENT']);
    });
  });

  describe('errors', () => {
    it('that nobody expected show an id and no detail', async () => {
      const response = await send({ query: '{ sectors { slug } }' });
      const text = await response.text();
      expect(text).not.to.match(/secret detail|stack|\.ts/);
      const answer = JSON.parse(text) as Answer;
      expect(codes(answer)).to.deep.equal(['INTERNAL']);
      expect(answer.errors?.[0]?.message).to.include(String(answer.errors?.[0]?.extensions['errorId']));
    });

    it('of the domain keep their code as reason and have a Chinese text', async () => {
      const { token } = await tokenOf('CENTER_OPERATOR');
      const answer = await ask('{ pushBoard { subjects } }', token);
      expect([codes(answer), reasons(answer)]).to.deep.equal([['BAD_INPUT'], ['TRANSITION_REFUSED']]);
      expect(answer.errors?.[0]?.message).to.include('A → B');
    });

    it('of a cursor name the argument', async () => {
      const { token } = await tokenOf('SYSTEM_ADMIN');
      for (const [args, reason] of [
        ['first: 101', 'PAGE_SIZE_INVALID'],
        ['first: 0', 'PAGE_SIZE_INVALID'],
        ['after: "nonsense"', 'CURSOR_INVALID'],
      ] as const) {
        expect(reasons(await ask(`{ accounts(${args}) { pageInfo { hasNextPage } } }`, token))).to.deep.equal(
          [reason],
        );
      }
    });
  });

  describe('root fields', () => {
    const EVERYBODY = new Set([
      'Query.node',
      'Query.nodes',
      'Query.viewer',
      'Query.sectors',
      'Query.subject',
      'Query.searchSubjects',
      'Query.publicRecords',
    ]);
    const LOGGED_IN = new Set([
      'Mutation.ping',
      'Mutation.changePassword',
      'Mutation.startSecondFactor',
      'Mutation.confirmSecondFactor',
    ]);
    const AGENCY_READS = [
      'Query.creditRecords',
      'Query.feedBatch',
      'Query.feedBatches',
      'Query.feedRows',
      'Query.problemRows',
      'Query.recordThread',
      'Mutation.requestProblemWorkbook',
    ];
    const QUALITY_READS = [
      'Query.qualityReport',
      'Query.reportingDuties',
      'Query.reportingGaps',
      'Query.notices',
      'Query.unreadNotices',
      'Query.supervisionOrders',
      'Mutation.markNoticesRead',
    ];
    const QUALITY_MANAGES = [
      'Query.citySheet',
      'Query.spotChecks',
      'Mutation.saveDecisionCounts',
      'Mutation.enterCityScore',
      'Mutation.drawSpotCheck',
      'Mutation.recordFinding',
      'Mutation.issueSupervisionOrder',
      'Mutation.returnSupervisionOrder',
      'Mutation.closeSupervisionOrder',
    ];
    const REFERENCE_PROPOSES = [
      'Mutation.proposeReferenceEntry',
      'Mutation.changeReferenceEntry',
      'Mutation.submitReferenceEntry',
      'Mutation.withdrawReferenceEntry',
    ];
    const COLLECTION_READS = ['Query.collectionSources', 'Query.collectionRuns'];
    const OUTBOX = ['Query.platforms', 'Query.outboxItems', 'Query.pushBoard', 'Mutation.resendOutboxItem'];
    /** Written out by hand, beside the map it checks: what each role may ask for beyond everybody. */
    const ALLOWED: Record<string, string[]> = {
      // The thread of its own record is refused in the service.
      ENTERPRISE_USER: ['Query.creditRecords', 'Query.recordThread'],
      AGENCY_MAKER: [
        ...AGENCY_READS,
        ...QUALITY_READS,
        ...REFERENCE_PROPOSES,
        'Query.referenceEntries',
        'Mutation.submitCreditRecords',
        'Mutation.fileZeroReport',
        'Mutation.replySupervisionOrder',
      ],
      AGENCY_CHECKER: [...AGENCY_READS, ...QUALITY_READS, 'Query.referenceEntries'],
      REGULATOR: [...QUALITY_READS, 'Query.citySheet'],
      CENTER_CHECKER: ['Query.referenceEntries', 'Query.organizations', 'Mutation.decideReferenceEntry'],
      DISTRICT_CENTER: AGENCY_READS,
      CENTER_OPERATOR: [
        ...AGENCY_READS,
        ...OUTBOX,
        ...QUALITY_READS,
        ...QUALITY_MANAGES,
        ...REFERENCE_PROPOSES,
        ...COLLECTION_READS,
        'Mutation.saveCollectionSource',
        'Mutation.setCollectionSourceEnabled',
        'Mutation.removeCollectionSource',
        'Mutation.collectNow',
        'Query.referenceEntries',
        'Query.returnedDifferences',
        'Query.reconciliationRuns',
        'Mutation.reconcilePlatform',
        'Mutation.submitCreditRecords',
        'Query.jobRuns',
        'Query.organizations',
      ],
      SYSTEM_ADMIN: [
        'Query.jobRuns',
        'Query.organizations',
        'Query.accounts',
        'Mutation.saveOrganization',
        'Mutation.createAccount',
        'Mutation.setAccountActive',
        'Mutation.resetPassword',
      ],
      SECURITY_ADMIN: [
        'Query.organizations',
        'Query.accounts',
        'Query.apiClients',
        'Mutation.grantRoles',
        'Mutation.resetSecondFactor',
        'Mutation.createApiClient',
        'Mutation.setApiClientActive',
      ],
      AUDIT_ADMIN: [
        ...COLLECTION_READS,
        'Query.reconciliationRuns',
        'Query.returnedDifferences',
        'Query.organizations',
        'Query.accounts',
        'Query.auditEvents',
      ],
    };

    it('are closed to the public but for what is public', async () => {
      for (const name of Object.keys(permissions)) {
        const closed = codes(await ask(documentOf(name))).includes('UNAUTHENTICATED');
        expect(closed, name).to.equal(!EVERYBODY.has(name));
      }
    });

    for (const role of HOLDABLE_ROLES) {
      it(`are open to ${role} as its work needs`, async () => {
        const { token } = await tokenOf(role);
        const open: string[] = [];
        for (const name of Object.keys(permissions)) {
          const answer = await ask(documentOf(name), token);
          expect(codes(answer), name).not.to.include('BAD_DOCUMENT');
          if (!codes(answer).includes('FORBIDDEN')) open.push(name);
        }
        expect(open).to.have.members([...EVERYBODY, ...LOGGED_IN, ...(ALLOWED[role] ?? [])]);
      });
    }
  });

  describe('administration', () => {
    it('saves an organization, makes an account in it and gives it its roles', async () => {
      const system = await tokenOf('SYSTEM_ADMIN');
      const security = await tokenOf('SECURITY_ADMIN');
      const saved = await ask(
        'mutation S($input: SaveOrganizationInput!) { saveOrganization(input: $input) { organization { id name sectors } errors { code path message } } }',
        system.token,
        { input: { kind: 'AGENCY', name: '市税务局', uscc: anyUscc(), sectors: ['tax'] } },
      );
      const { organization, errors } = saved.data?.['saveOrganization'] as {
        organization: { id: string };
        errors: unknown[];
      };
      expect(errors).to.deep.equal([]);
      const made = await ask(
        'mutation C($input: CreateAccountInput!) { createAccount(input: $input) { account { id username roles organization { id } lockedUntil hasSecondFactor createdAt } errors { code } } }',
        system.token,
        {
          input: {
            username: 'tax-clerk',
            password: PASSWORD,
            roles: ['AGENCY_MAKER'],
            organizationId: organization.id,
          },
        },
      );
      const { account } = made.data?.['createAccount'] as { account: { id: string; roles: string[] } };
      expect(account).to.deep.include({
        username: 'tax-clerk',
        roles: [],
        organization: { id: organization.id },
      });
      const granted = await ask(
        'mutation G($input: GrantRolesInput!) { grantRoles(input: $input) { account { roles } errors { code } } }',
        security.token,
        { input: { accountId: account.id, roles: ['AGENCY_MAKER'] } },
      );
      expect(granted.data?.['grantRoles']).to.deep.equal({
        account: { roles: ['AGENCY_MAKER'] },
        errors: [],
      });
    });

    it('answers faults of the input in the payload', async () => {
      const { token } = await tokenOf('SYSTEM_ADMIN');
      const organizationId = toGlobalId('Organization', await anOrganization(services, 'CENTER'));
      const create = (input: object) =>
        ask(
          'mutation C($input: CreateAccountInput!) { createAccount(input: $input) { account { id } errors { code path message } } }',
          token,
          { input: { username: 'somebody', password: PASSWORD, roles: [], organizationId, ...input } },
        );
      for (const [input, code, path] of [
        [{ password: 'short' }, 'PASSWORD_TOO_SHORT', ['password']],
        [{ organizationId: 'x' }, 'ID_INVALID', ['organizationId']],
        [{ organizationId: toGlobalId('Account', 'x') }, 'ID_INVALID', ['organizationId']],
      ] as const) {
        const { account, errors } = (await create(input)).data?.['createAccount'] as {
          account: null;
          errors: { code: string; path: string[]; message: string }[];
        };
        expect(account).to.equal(null);
        expect(errors.map(({ code: found, path: at }) => [found, at])).to.deep.equal([[code, path]]);
        expect(errors[0]?.message).to.match(/[\u4e00-\u9fff]/);
      }
    });

    it('shows a secret of a machine once', async () => {
      const { token } = await tokenOf('SECURITY_ADMIN');
      const organizationId = toGlobalId('Organization', await anOrganization(services, 'AGENCY'));
      const made = await ask(
        'mutation M($input: CreateApiClientInput!) { createApiClient(input: $input) { clientId clientSecret errors { code } } }',
        token,
        { input: { name: '许可系统', organizationId, roles: ['AGENCY_MAKER'] } },
      );
      const { clientId, clientSecret } = made.data?.['createApiClient'] as Record<string, string>;
      await services.accounts.clients.token(clientId ?? '', clientSecret ?? '');
      const listed = await ask(
        '{ apiClients { edges { node { clientId name active roles organization { id } } } } }',
        token,
      );
      expect(JSON.stringify(listed)).to.include(clientId).and.not.include(clientSecret);
    });

    it('sets up a second factor and changes a password', async () => {
      const { token } = await tokenOf('AGENCY_MAKER');
      const started = await ask('mutation { startSecondFactor { secret uri errors { code } } }', token);
      expect(started.data?.['startSecondFactor'])
        .to.have.property('secret')
        .that.matches(/^[A-Z2-7]{32}$/);
      const wrong = await ask(
        'mutation { confirmSecondFactor(input: { code: "x" }) { confirmed errors { code } } }',
        token,
      );
      expect(wrong.data?.['confirmSecondFactor']).to.deep.equal({
        confirmed: false,
        errors: [{ code: 'OTP_WRONG' }],
      });
      const changed = await ask(
        'mutation P($input: ChangePasswordInput!) { changePassword(input: $input) { changed errors { code } } }',
        token,
        { input: { currentPassword: PASSWORD, newPassword: 'Heron-counts-9-reeds' } },
      );
      expect(changed.data?.['changePassword']).to.deep.equal({ changed: true, errors: [] });
    });

    it('lists runs of jobs and the audit trail', async () => {
      const runId = (await services.jobs.start('push-outbox', 'here')) ?? '';
      await services.jobs.finish(runId, { counts: { sent: 3 } });
      const { token } = await tokenOf('SYSTEM_ADMIN');
      const runs = await ask(
        '{ jobRuns(filter: { status: DONE, name: null }) { edges { node { id name status counts endedAt } } } }',
        token,
      );
      expect(runs.errors).to.equal(undefined);
      const [edge] = (runs.data?.['jobRuns'] as { edges: { node: { id: string } }[] }).edges;
      expect(edge?.node).to.deep.include({ name: 'push-outbox', status: 'DONE', counts: { sent: 3 } });
      const again = await ask('query N($id: ID!) { node(id: $id) { ... on JobRun { name } } }', token, {
        id: edge?.node.id,
      });
      expect(again.data?.['node']).to.deep.equal({ name: 'push-outbox' });
      const auditor = await tokenOf('AUDIT_ADMIN');
      const trail = await ask(
        '{ auditEvents(first: 2, action: "account:login") { edges { node { sequence actor action result detail at } } } }',
        auditor.token,
      );
      expect(trail.errors).to.equal(undefined);
    });
  });

  describe('nodes', () => {
    it('are null when they are foreign, gone, or no id', async () => {
      const { token, id, organizationId } = await tokenOf('AGENCY_MAKER');
      const other = await anAccount(services, 'AGENCY_MAKER');
      const ids = [
        toGlobalId('Account', id),
        toGlobalId('Account', other.id),
        toGlobalId('Organization', organizationId),
        toGlobalId('Organization', other.organizationId),
        toGlobalId('JobRun', '0'.repeat(24)),
        toGlobalId('Constructor', 'x'),
        'nonsense',
      ];
      const answer = await ask('query N($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', token, {
        ids,
      });
      expect(answer.errors).to.equal(undefined);
      expect(answer.data?.['nodes']).to.deep.equal([
        { __typename: 'Account', id: ids[0] },
        null,
        { __typename: 'Organization', id: ids[2] },
        null,
        null,
        null,
        null,
      ]);
      const admin = await tokenOf('SYSTEM_ADMIN');
      const seen = await ask('query N($ids: [ID!]!) { nodes(ids: $ids) { __typename } }', admin.token, {
        ids,
      });
      expect(seen.data?.['nodes']).to.have.length(7);
      expect((seen.data?.['nodes'] as unknown[]).filter(Boolean)).to.have.length(4);
    });

    it('are at most 100 at once', async () => {
      const ids = Array.from({ length: 101 }, String);
      const answer = await ask('query N($ids: [ID!]!) { nodes(ids: $ids) { id } }', undefined, { ids });
      expect(reasons(answer)).to.deep.equal(['TOO_MANY_NODES']);
    });
  });

  describe('the explorer', () => {
    it('is served by ourselves outside production', async () => {
      const page = await fetch(`${url}/graphql`);
      expect([page.status, page.headers.get('content-type')]).to.deep.equal([
        200,
        'text/html; charset=utf-8',
      ]);
      const text = await page.text();
      expect(text).not.to.match(/https?:\/\//);
      const script = await fetch(`${url}/graphql/explorer.js`);
      expect(script.headers.get('content-type')).to.match(/javascript/);
      expect((await fetch(`${productionUrl}/graphql`)).status).to.equal(404);
    });
  });

  it('never takes a body without limit', async () => {
    const big = await send({ query: VIEWER, variables: { x: 'x'.repeat(200_000) } });
    expect(big.status).to.equal(413);
    const { token } = await tokenOf('AGENCY_MAKER');
    const allowed = await send({ query: VIEWER, variables: { x: 'x'.repeat(200_000) } }, token);
    expect(allowed.status).to.equal(200);
  });

  it('knows the system itself nowhere: nobody can log in as it', async () => {
    expect(systemViewer.username).to.equal('system');
    const response = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'system', password: PASSWORD }),
    });
    expect(response.status).to.equal(401);
  });
});
