import { feedPath, type Sector } from '../../modules/sector/index.ts';
import { templateOf } from '../../modules/template/index.ts';
import type { GraphqlModule } from '../resolver.ts';

export const sectorModule: GraphqlModule = {
  resolvers: {
    Query: { sectors: (_root, _args, { app }) => app.sectors.list() },
    Sector: {
      agency: ({ agencyUscc }: Sector, _args, { app }) => app.organizations.byUscc(agencyUscc),
      feeds: (sector: Sector) =>
        sector.kinds.map((kind) => ({ path: feedPath({ sector, kind }), kind, name: templateOf(kind).name })),
    },
  },
};
