import type { ReturnedDifference } from '../../modules/credit-record/index.ts';
import { connectionOf, pageArgs } from '../connection.ts';
import { toGlobalId } from '../global-id.ts';
import type { GraphqlModule } from '../resolver.ts';

export const returnedDifferenceModule: GraphqlModule = {
  resolvers: {
    Query: {
      returnedDifferences: async (
        _root,
        args: { readonly first: number; readonly after?: string | null },
        { app, viewer },
      ) => connectionOf(await app.creditRecords.returnedDifferences(viewer, pageArgs(args))),
    },
    ReturnedDifference: {
      id: ({ id }: ReturnedDifference) => toGlobalId('ReturnedDifference', id),
      recordId: ({ recordId }: ReturnedDifference) => toGlobalId('CreditRecord', recordId),
      agency: ({ agencyId }: ReturnedDifference, _args, { loaders }) => loaders.organization.load(agencyId),
    },
  },
};
