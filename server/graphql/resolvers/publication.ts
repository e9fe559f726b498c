import type { CivilDate } from '../../lib/civil-date.ts';
import type { PublicRecord } from '../../modules/publication/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import { toGlobalId } from '../global-id.ts';
import type { GraphqlModule } from '../resolver.ts';

interface PublicArgs {
  readonly filter?: {
    readonly uscc?: string | null;
    readonly kind?: string | null;
    readonly kinds?: readonly string[] | null;
    readonly documentNumber?: string | null;
    readonly day?: CivilDate | null;
  } | null;
  readonly first: number;
  readonly after?: string | null;
}

export const publicationModule: GraphqlModule = {
  resolvers: {
    Query: {
      publicRecords: async (_root, args: PublicArgs, { app, viewer }) =>
        connectionOf(await app.publications.page(viewer, givenOf(args.filter), pageArgs(args))),
    },
    PublicRecord: {
      id: ({ id }: PublicRecord) => toGlobalId('PublicRecord', id),
      decidedAt: ({ decidedOn }: PublicRecord) => decidedOn,
      origin: ({ origin }: PublicRecord) => origin ?? 'CITY',
    },
  },
  nodes: { PublicRecord: ({ app, viewer }, key) => app.publications.get(viewer, key) },
};
