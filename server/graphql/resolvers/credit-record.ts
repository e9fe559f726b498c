import type { CivilDate } from '../../lib/civil-date.ts';
import { messageOf } from '../../lib/messages.ts';
import type { CreditRecord } from '../../modules/credit-record/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import { toGlobalId } from '../global-id.ts';
import type { GraphqlModule } from '../resolver.ts';

interface RecordArgs {
  readonly filter?: {
    readonly uscc?: string | null;
    readonly kind?: string | null;
    readonly sector?: string | null;
    readonly day?: CivilDate | null;
    readonly documentNumber?: string | null;
  } | null;
  readonly first: number;
  readonly after?: string | null;
}

export const creditRecordModule: GraphqlModule = {
  resolvers: {
    Query: {
      creditRecords: async (_root, args: RecordArgs, { app, viewer }) =>
        connectionOf(await app.creditRecords.page(viewer, givenOf(args.filter), pageArgs(args))),
    },
    CreditRecord: {
      id: ({ id }: CreditRecord) => toGlobalId('CreditRecord', id),
      decidedAt: ({ decidedOn }: CreditRecord) => decidedOn,
      origin: ({ origin }: CreditRecord) => origin ?? 'CITY',
      repair: ({ repaired }: CreditRecord) => repaired ?? null,
      revisions: ({ id }: CreditRecord, _args, { app, viewer }) => app.creditRecords.revisions(viewer, id),
      async display(record: CreditRecord, _args, { app, loaders }) {
        const window = await loaders.publicationWindow.load(record.id);
        if (window) return { ...window, reason: window.shown ? null : messageOf('DISPLAY_OVER') };
        const expected = app.publications.expected(record);
        if (expected.shown) return null;
        const { decidedOn } = record;
        return {
          from: decidedOn,
          until: decidedOn,
          shown: false,
          reason: messageOf(`DISPLAY_${expected.reason}`),
        };
      },
    },
  },
  nodes: { CreditRecord: ({ app, viewer }, key) => app.creditRecords.get(viewer, key) },
};
