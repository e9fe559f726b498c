import { systemViewer } from '../../auth/viewer.ts';
import type { OutboxFilter, OutboxItem } from '../../modules/outbox/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import { keyOf, keyOfArgument, toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlModule } from '../resolver.ts';

interface ItemArgs {
  readonly filter?: { readonly [K in keyof OutboxFilter]: OutboxFilter[K] | null } | null;
  readonly first: number;
  readonly after?: string | null;
}

function filterOf(filter: ItemArgs['filter']): OutboxFilter {
  const { recordId, ...rest } = givenOf(filter) as { -readonly [K in keyof OutboxFilter]: OutboxFilter[K] };
  return {
    ...rest,
    ...(recordId === undefined ? {} : { recordId: keyOfArgument('CreditRecord', recordId) }),
  };
}

export const outboxModule: GraphqlModule = {
  resolvers: {
    Query: {
      // Who may see the items may see where they go; setting platforms up is another right.
      platforms: (_root, _args, { app }) => app.outbox.listPlatforms(systemViewer),
      outboxItems: async (_root, args: ItemArgs, { app, viewer }) =>
        connectionOf(await app.outbox.page(viewer, filterOf(args.filter), pageArgs(args))),
      async pushBoard(_root, _args, { app }) {
        const { read: _read, ...rows } = await app.feeds.counts();
        return {
          records: await app.creditRecords.counts(),
          rows: Object.fromEntries(Object.entries(rows).map(([name, n]) => [name.toUpperCase(), n])),
          openProblems: await app.feeds.problems.open(),
          subjects: await app.subjects.total(),
          platforms: await app.outbox.listPlatforms(systemViewer),
        };
      },
    },
    Mutation: {
      resendOutboxItem: (_root, { input }: { input: { itemId: string } }, { app, viewer }) =>
        asPayload(
          async () => ({
            item: await app.outbox.resend(viewer, keyOf('OutboxItem', input.itemId, ['itemId'])),
          }),
          { item: null },
        ),
    },
    OutboxItem: {
      id: ({ id }: OutboxItem) => toGlobalId('OutboxItem', id),
      recordId: ({ recordId }: OutboxItem) => toGlobalId('CreditRecord', recordId),
      receipts: ({ id }: OutboxItem, _args, { app, viewer }) => app.outbox.receiptsOf(viewer, id),
    },
  },
  nodes: { OutboxItem: ({ app, viewer }, key) => app.outbox.get(viewer, key) },
};
