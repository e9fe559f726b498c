import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { ROLES, type Role } from '../../server/auth/roles.ts';
import { systemViewer, type Viewer } from '../../server/auth/viewer.ts';
import type { Db } from '../../server/db/connect.ts';
import { migrate } from '../../server/db/migrate.ts';
import type { Clock } from '../../server/lib/clock.ts';
import { createCipher } from '../../server/lib/field-cipher.ts';
import { createLogger } from '../../server/lib/logger.ts';
import { AccountService } from '../../server/modules/account/index.ts';
import { AuditService } from '../../server/modules/audit/index.ts';
import { JobService } from '../../server/modules/job/index.ts';
import { OrganizationService, type OrganizationKind } from '../../server/modules/organization/index.ts';
import { usccCheckCharacter } from '../../server/lib/uscc.ts';

export const SECRETS = {
  jwt: 'jwt-secret-of-the-tests-0123456789',
  fieldKey: 'field-key-of-the-tests-0123456789',
  hashKey: 'hash-key-of-the-tests-01234567890',
  cookie: 'cookie-secret-of-the-tests-012345',
  metrics: 'metrics-token-of-the-tests',
};
export const PASSWORD = 'Kestrel-over-7-ponds';

export interface MovingClock extends Clock {
  advance(ms: number): void;
}

export function movingClock(start = '2026-11-25T08:00:00Z'): MovingClock {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    advance(ms) {
      at += ms;
    },
  };
}

export type Services = ReturnType<typeof servicesOn>;

/** One server's services; called twice on a store it is two servers. */
export function servicesOn(db: Db, clock: Clock, options: { production?: boolean } = {}) {
  const cipher = createCipher({ fieldKey: SECRETS.fieldKey, hashKey: SECRETS.hashKey });
  const audit = new AuditService({ db, clock, cipher });
  const organizations = new OrganizationService({ db, clock, audit });
  const accounts = new AccountService({
    db,
    clock,
    cipher,
    audit,
    organizations,
    jwtSecret: SECRETS.jwt,
    production: options.production ?? false,
    issuer: '测试',
  });
  const jobs = new JobService({ db, clock });
  const config = {
    nodeEnv: options.production === true ? ('production' as const) : ('test' as const),
    trustProxy: 0,
    secrets: SECRETS,
  };
  return { db, clock, cipher, audit, organizations, accounts, jobs, config, log: createLogger('silent') };
}

export async function migrated(services: Services): Promise<Services> {
  await migrate(services.db, services.clock);
  return services;
}

/** A code of some organization, different each time. */
export function anyUscc(prefix = '11'): string {
  const digits = BigInt(`0x${randomBytes(6).toString('hex')}`)
    .toString()
    .padStart(9, '0')
    .slice(-9);
  const first = `${prefix}629900${digits}`;
  return `${first}${usccCheckCharacter(first) ?? ''}`;
}

export async function anOrganization(services: Services, kind: OrganizationKind): Promise<string> {
  const organization = await services.organizations.upsert(systemViewer, {
    kind,
    name: `机构${randomBytes(3).toString('hex')}`,
    uscc: anyUscc(),
    sectors: kind === 'AGENCY' ? ['tax'] : [],
  });
  return organization.id;
}

const KIND_OF: Partial<Record<Role, OrganizationKind>> = {
  ENTERPRISE_USER: 'ENTERPRISE',
  GUARANTOR: 'BANK',
  AGENCY_MAKER: 'AGENCY',
  AGENCY_CHECKER: 'AGENCY',
  BANK_MAKER: 'BANK',
  BANK_CHECKER: 'BANK',
  BANK_REPORTER: 'BANK',
  BANK_AUDITOR: 'BANK',
};

export const HOLDABLE_ROLES = ROLES.filter((role) => role !== 'SYSTEM');

export function kindOf(role: Role): OrganizationKind {
  return KIND_OF[role] ?? 'CENTER';
}

export interface SomeAccount {
  readonly id: string;
  readonly username: string;
  readonly organizationId: string;
}

/** An account with PASSWORD and these roles, in an organization that suits the first. */
export async function anAccount(services: Services, ...roles: Role[]): Promise<SomeAccount> {
  const organizationId = await anOrganization(services, kindOf(roles[0] ?? 'CENTER_OPERATOR'));
  const username = `user-${randomBytes(5).toString('hex')}`;
  const { id } = await services.accounts.create(systemViewer, {
    username,
    password: PASSWORD,
    roles,
    organizationId,
  });
  return { id, username, organizationId };
}

export async function loggedInViewer(services: Services, ...roles: Role[]): Promise<Viewer> {
  const { username } = await anAccount(services, ...roles);
  const { accessToken } = await services.accounts.login.login({ username, password: PASSWORD });
  return services.accounts.sessions.viewerOf(accessToken);
}

/** The code an expected failure carries; fails the test when there is none. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string') return code;
    throw error;
  }
  throw new Error('expected a failure');
}

export async function listening(app: Express): Promise<{ url: string; close(): Promise<void> }> {
  const server = app.listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}
