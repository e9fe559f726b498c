import type { CollectionRun, CollectionSource, SourceInput } from '../../modules/collection/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import { toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlModule } from '../resolver.ts';

interface RunArgs {
  readonly source?: string | null;
  readonly first: number;
  readonly after?: string | null;
}

interface Input<T> {
  readonly input: T;
}

export const collectionModule: GraphqlModule = {
  resolvers: {
    Query: {
      collectionSources: (_root, _args, { app, viewer }) => app.collection.sources.list(viewer),
      collectionRuns: async (_root, args: RunArgs, { app, viewer }) =>
        connectionOf(await app.collection.runs(viewer, args.source ?? undefined, pageArgs(args))),
    },
    Mutation: {
      saveCollectionSource: (_root, { input }: Input<SourceInput>, { app, viewer }) =>
        asPayload(
          async () => ({ source: await app.collection.sources.set(viewer, givenOf(input) as SourceInput) }),
          { source: null },
        ),
      setCollectionSourceEnabled: (
        _root,
        { input: { code, enabled } }: Input<{ code: string; enabled: boolean }>,
        { app, viewer },
      ) =>
        asPayload(async () => ({ source: await app.collection.sources.setEnabled(viewer, code, enabled) }), {
          source: null,
        }),
      removeCollectionSource: (_root, { input: { code } }: Input<{ code: string }>, { app, viewer }) =>
        asPayload(
          async () => {
            await app.collection.sources.remove(viewer, code);
            return { code };
          },
          { code: null },
        ),
      collectNow: (_root, { input: { code } }: Input<{ code: string }>, { app, viewer }) =>
        asPayload(async () => ({ run: await app.collection.start(viewer, code) }), { run: null }),
    },
    CollectionSource: {
      id: ({ code }: CollectionSource) => toGlobalId('CollectionSource', code),
      agency: ({ agencyId }: CollectionSource, _args, { loaders }) => loaders.organization.load(agencyId),
      lastRun: ({ code }: CollectionSource, _args, { app, viewer }) => app.collection.lastRun(viewer, code),
    },
    CollectionRun: { id: ({ id }: CollectionRun) => toGlobalId('CollectionRun', id) },
  },
  nodes: {
    CollectionSource: ({ app, viewer }, key) => app.collection.sources.get(viewer, key),
    CollectionRun: ({ app, viewer }, key) => app.collection.run(viewer, key),
  },
};
