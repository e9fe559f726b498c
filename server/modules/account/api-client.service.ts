import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Types, type Model } from 'mongoose';
import type { Role } from '../../auth/roles.ts';
import { ACCESS_SECONDS, newOpaqueSecret, type AccessTokens } from '../../auth/token.ts';
import { anonymousViewer, makeViewer, requirePermission, type Viewer } from '../../auth/viewer.ts';
import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, NotFoundError, UnauthenticatedError } from '../../lib/errors.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { decodeCursor, pageOf, pageSize, type Page, type PageArgs } from '../../lib/page.ts';
import type { AuditService } from '../audit/index.ts';
import type { OrganizationService } from '../organization/index.ts';
import { checkClientRoles } from './account.policy.ts';
import { apiClientSchema, type ApiClientDoc } from './api-client.model.ts';

export interface ApiClient extends Omit<ApiClientDoc, '_id' | 'secretHash' | 'organizationId'> {
  readonly id: string;
  readonly organizationId: string;
}

export interface ApiClientInput {
  readonly name: string;
  readonly organizationId: string;
  readonly roles: readonly Role[];
}

export interface ClientToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly audit: AuditService;
  readonly organizations: OrganizationService;
  readonly tokens: AccessTokens;
}

function present({ _id, secretHash: _hidden, organizationId, ...client }: ApiClientDoc): ApiClient {
  return { id: _id, organizationId: organizationId.toHexString(), ...client };
}

/** Machine callers: an id, a secret that is shown once, and short access tokens for them. */
export class ApiClientService {
  readonly #clients: Model<ApiClientDoc>;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#clients = deps.db.model('ApiClient', apiClientSchema, 'api_clients');
    this.#deps = deps;
  }

  #hash(secret: string): string {
    return this.#deps.cipher.hash(`client:${secret}`);
  }

  /**
   * @returns the client and its secret, which is not stored and cannot be shown again
   * @throws InputError; ForbiddenError without `client:manage`
   */
  async create(viewer: Viewer, input: ApiClientInput): Promise<{ client: ApiClient; clientSecret: string }> {
    requirePermission(viewer, 'client:manage');
    const name = input.name.trim();
    if (name === '' || name.length > 100) throw new InputError(['name'], 'CLIENT_NAME_INVALID');
    const organization = await this.#deps.organizations.byId(input.organizationId);
    if (!organization) throw new InputError(['organizationId'], 'ORGANIZATION_NOT_FOUND');
    checkClientRoles(input.roles, organization.kind);
    const clientSecret = newOpaqueSecret();
    const now = this.#deps.clock.now();
    const client: ApiClientDoc = {
      _id: `client-${randomBytes(9).toString('hex')}`,
      name,
      secretHash: this.#hash(clientSecret),
      organizationId: new Types.ObjectId(organization.id),
      roles: [...new Set(input.roles)],
      active: true,
      createdAt: now,
      updatedAt: now,
    };
    await this.#deps.db.inTransaction(async (tx) => {
      await this.#clients.create([client], { session: tx });
      await this.#deps.audit.record(
        viewer,
        {
          action: 'client:create',
          object: `client:${client._id}`,
          result: 'OK',
          detail: { name, roles: client.roles, organization: organization.uscc },
        },
        tx,
      );
    });
    return { client: present(client), clientSecret };
  }

  /** @throws NotFoundError CLIENT_NOT_FOUND; ForbiddenError without `client:manage` */
  async setActive(viewer: Viewer, clientId: string, active: boolean): Promise<ApiClient> {
    requirePermission(viewer, 'client:manage');
    return this.#deps.db.inTransaction(async (tx) => {
      const changed = await this.#clients
        .findOneAndUpdate(
          { _id: clientId },
          { $set: { active, updatedAt: this.#deps.clock.now() } },
          { returnDocument: 'after', session: tx },
        )
        .lean<ApiClientDoc>();
      if (!changed) throw new NotFoundError('CLIENT_NOT_FOUND');
      const action = active ? 'client:activate' : 'client:deactivate';
      await this.#deps.audit.record(viewer, { action, object: `client:${clientId}`, result: 'OK' }, tx);
      return present(changed);
    });
  }

  /** By id. @throws ForbiddenError without `client:manage` */
  async list(viewer: Viewer, page: PageArgs): Promise<Page<ApiClient>> {
    requirePermission(viewer, 'client:manage');
    const first = pageSize(page);
    const after = page.after === undefined ? undefined : String(decodeCursor(page.after, 1)[0]);
    const found = await this.#clients
      .find(after === undefined ? {} : { _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(first + 1)
      .lean<ApiClientDoc[]>();
    return pageOf(found, first, (client) => [client._id], present);
  }

  /**
   * OAuth 2 client credentials.
   * @throws UnauthenticatedError CLIENT_INVALID, alike for a wrong id, a wrong secret and a client switched off
   */
  async token(clientId: string, clientSecret: string): Promise<ClientToken> {
    const client = await this.#clients.findById(clientId).lean<ApiClientDoc>();
    const given = Buffer.from(this.#hash(clientSecret));
    const stored = Buffer.from(client?.secretHash ?? this.#hash(newOpaqueSecret()));
    const right = timingSafeEqual(given, stored) && client?.active === true;
    const object = client ? `client:${client._id}` : 'client:unknown';
    const result = right ? 'OK' : 'FAILED';
    await this.#deps.audit.record(anonymousViewer, { action: 'client:login', object, result });
    if (!right) throw new UnauthenticatedError('CLIENT_INVALID');
    const accessToken = this.#deps.tokens.sign({ kind: 'client', clientId: client._id });
    return { accessToken, expiresIn: ACCESS_SECONDS };
  }

  /** @returns undefined when the client or its organization is gone or switched off */
  async viewer(clientId: string): Promise<Viewer | undefined> {
    const client = await this.#clients.findById(clientId).lean<ApiClientDoc>();
    if (!client?.active) return undefined;
    const organization = await this.#deps.organizations.byId(client.organizationId.toHexString());
    if (!organization?.active) return undefined;
    return makeViewer({
      kind: 'client',
      accountId: client._id,
      username: client.name,
      organizationId: organization.id,
      organizationUscc: organization.uscc,
      roles: client.roles,
      sectors: organization.sectors,
    });
  }
}
