import { PERMISSIONS, type Role } from '../../auth/roles.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { Account, ApiClient } from '../../modules/account/index.ts';
import { connectionOf, pageArgs } from '../connection.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlModule, Resolver } from '../resolver.ts';

interface PageOnly {
  readonly first: number;
  readonly after?: string | null;
}

interface CreateAccountInput {
  readonly username: string;
  readonly password: string;
  readonly roles: readonly Role[];
  readonly organizationId: string;
}

interface CreateApiClientInput {
  readonly name: string;
  readonly organizationId: string;
  readonly roles: readonly Role[];
}

const NO_CLIENT = { clientId: null, clientSecret: null };

/** A mutation of one account, named by `accountId`. */
function onAccount<I extends { readonly accountId: string }>(
  change: (context: Parameters<Resolver>[2], accountId: string, input: I) => Promise<Account>,
): Resolver {
  return (_root, { input }: { input: I }, context) =>
    asPayload(
      async () => ({
        account: await change(context, keyOf('Account', input.accountId, ['accountId']), input),
      }),
      { account: null },
    );
}

const organizationOf: Resolver = (
  { organizationId }: { organizationId?: string },
  _args: unknown,
  { loaders },
) => (organizationId === undefined ? null : loaders.organization.load(organizationId));

export const accountModule: GraphqlModule = {
  resolvers: {
    Query: {
      viewer: (_root, _args, { viewer }) => viewer,
      accounts: async (_root, args: PageOnly, { app, viewer }) =>
        connectionOf(await app.accounts.list(viewer, pageArgs(args))),
      apiClients: async (_root, args: PageOnly, { app, viewer }) =>
        connectionOf(await app.accounts.clients.list(viewer, pageArgs(args))),
    },
    Mutation: {
      createAccount: (_root, { input }: { input: CreateAccountInput }, { app, viewer }) =>
        asPayload(
          async () => {
            const organizationId = keyOf('Organization', input.organizationId, ['organizationId']);
            return { account: await app.accounts.create(viewer, { ...input, organizationId }) };
          },
          { account: null },
        ),
      setAccountActive: onAccount<{ accountId: string; active: boolean }>(({ app, viewer }, id, { active }) =>
        app.accounts.setActive(viewer, id, active),
      ),
      grantRoles: onAccount<{ accountId: string; roles: Role[] }>(({ app, viewer }, id, { roles }) =>
        app.accounts.grantRoles(viewer, id, roles),
      ),
      resetPassword: onAccount<{ accountId: string; newPassword: string }>(
        ({ app, viewer }, id, { newPassword }) => app.accounts.resetPassword(viewer, id, newPassword),
      ),
      resetSecondFactor: onAccount(({ app, viewer }, id) => app.accounts.resetSecondFactor(viewer, id)),
      changePassword: (
        _root,
        { input }: { input: { currentPassword: string; newPassword: string } },
        { app, viewer },
      ) =>
        asPayload(
          async () => {
            await app.accounts.changePassword(viewer, input.currentPassword, input.newPassword);
            return { changed: true };
          },
          { changed: false },
        ),
      startSecondFactor: (_root, _args, { app, viewer }) =>
        asPayload(() => app.accounts.secondFactor.start(viewer), { secret: null, uri: null }),
      confirmSecondFactor: (_root, { input }: { input: { code: string } }, { app, viewer }) =>
        asPayload(
          async () => {
            await app.accounts.secondFactor.confirm(viewer, input.code);
            return { confirmed: true };
          },
          { confirmed: false },
        ),
      createApiClient: (_root, { input }: { input: CreateApiClientInput }, { app, viewer }) =>
        asPayload(async () => {
          const organizationId = keyOf('Organization', input.organizationId, ['organizationId']);
          const made = await app.accounts.clients.create(viewer, { ...input, organizationId });
          return { clientId: made.client.id, clientSecret: made.clientSecret };
        }, NO_CLIENT),
      setApiClientActive: (
        _root,
        { input }: { input: { clientId: string; active: boolean } },
        { app, viewer },
      ) =>
        asPayload(
          async () => ({
            client: await app.accounts.clients.setActive(viewer, input.clientId, input.active),
          }),
          { client: null },
        ),
    },
    Viewer: {
      username: ({ username }: Viewer) => username ?? null,
      permissions: (viewer: Viewer) => PERMISSIONS.filter((permission) => viewer.can(permission)),
      needsSecondFactor: ({ needsSecondFactor }: Viewer) => needsSecondFactor === true,
      organization: organizationOf,
    },
    Account: {
      id: ({ id }: Account) => toGlobalId('Account', id),
      organization: organizationOf,
    },
    ApiClient: { clientId: ({ id }: ApiClient) => id, organization: organizationOf },
  },
  nodes: { Account: ({ app, viewer }, key) => app.accounts.get(viewer, key) },
};
