import type { Organization, OrganizationInput, OrganizationKind } from '../../modules/organization/index.ts';
import { connectionOf, pageArgs } from '../connection.ts';
import { toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlModule } from '../resolver.ts';

interface OrganizationArgs {
  readonly kind?: OrganizationKind | null;
  readonly first: number;
  readonly after?: string | null;
}

export const organizationModule: GraphqlModule = {
  resolvers: {
    Query: {
      organizations: async (_root, args: OrganizationArgs, { app, viewer }) =>
        connectionOf(await app.organizations.list(viewer, pageArgs(args), args.kind ?? undefined)),
    },
    Mutation: {
      saveOrganization: (_root, { input }: { input: OrganizationInput }, { app, viewer }) =>
        asPayload(async () => ({ organization: await app.organizations.upsert(viewer, input) }), {
          organization: null,
        }),
    },
    Organization: { id: (organization: Organization) => toGlobalId('Organization', organization.id) },
  },
  nodes: {
    async Organization({ viewer, loaders }, key) {
      const visible = viewer.can('organization:read') || viewer.organizationId === key;
      return visible ? loaders.organization.load(key) : undefined;
    },
  },
};
