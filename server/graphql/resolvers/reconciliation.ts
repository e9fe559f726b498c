import { isValidObjectId } from 'mongoose';
import { messageOf } from '../../lib/messages.ts';
import type {
  ReconciliationDifference,
  ReconciliationRun,
  RunFilter,
} from '../../modules/reconciliation/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import { toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlContext } from '../request-context.ts';
import type { GraphqlModule } from '../resolver.ts';

interface RunArgs {
  readonly filter?: { readonly [K in keyof RunFilter]: RunFilter[K] | null } | null;
  readonly first: number;
  readonly after?: string | null;
}

/** The platform's word for the agency is our id of it; a name we do not know stays one. */
function agencyOf(
  { agency }: { readonly agency: string },
  _args: unknown,
  { loaders }: GraphqlContext,
): unknown {
  return isValidObjectId(agency) ? loaders.organization.load(agency) : null;
}

export const reconciliationModule: GraphqlModule = {
  resolvers: {
    Query: {
      reconciliationRuns: async (_root, args: RunArgs, { app, viewer }) =>
        connectionOf(
          await app.reconciliation.runs(viewer, givenOf(args.filter) as RunFilter, pageArgs(args)),
        ),
    },
    Mutation: {
      reconcilePlatform: (
        _root,
        { input }: { input: { platform: string; day: string; repair: boolean } },
        { app, viewer },
      ) => asPayload(async () => ({ run: await app.reconciliation.start(viewer, input) }), { run: null }),
    },
    ReconciliationRun: {
      id: ({ id }: ReconciliationRun) => toGlobalId('ReconciliationRun', id),
      platformName: ({ platform }: ReconciliationRun, _args, { app }) => app.outbox.nameOf(platform),
      errorText: ({ error, platform, errorReason }: ReconciliationRun) =>
        error === undefined ? null : messageOf(error, { platform, reason: errorReason ?? '' }),
      differences: async ({ id }: ReconciliationRun, args: RunArgs, { app, viewer }) =>
        connectionOf(await app.reconciliation.differences(viewer, id, pageArgs(args))),
    },
    ReconciliationGroup: { agency: agencyOf },
    ReconciliationDifference: {
      id: ({ id }: ReconciliationDifference) => toGlobalId('ReconciliationDifference', id),
      agency: agencyOf,
      recordId: ({ recordId }: ReconciliationDifference) =>
        recordId === undefined ? null : toGlobalId('CreditRecord', recordId),
    },
  },
  nodes: { ReconciliationRun: ({ app, viewer }, key) => app.reconciliation.get(viewer, key) },
};
