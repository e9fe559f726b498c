import type { Sector, SectorFeed } from '../../modules/sector/index.ts';
import type { GraphqlModule } from '../resolver.ts';

export const sectorModule: GraphqlModule = {
  resolvers: {
    Query: { sectors: (_root, _args, { app }) => app.sectors.list() },
    Sector: {
      agency: ({ agencyUscc }: Sector, _args, { app }) => app.organizations.byUscc(agencyUscc),
      feeds: ({ slug }: Sector, _args, { app }) => app.sectors.feedsOf(slug),
    },
    Feed: {
      catalogue: ({ path }: SectorFeed, _args, { app }) => app.reference.effective.catalogueOf(path) ?? null,
    },
  },
};
