import { messageOf } from '../../lib/messages.ts';
import type { RowOutcome } from '../../modules/credit-record/index.ts';
import type {
  BatchStatus,
  CellFault,
  FeedBatchDoc,
  FeedRow,
  ProblemRowDoc,
  SubmittedRow,
} from '../../modules/feed/index.ts';
import { connectionOf, pageArgs } from '../connection.ts';
import { keyOfArgument, toGlobalId } from '../global-id.ts';
import { asPayload } from '../present-error.ts';
import type { GraphqlModule } from '../resolver.ts';

interface PageOfBatch {
  readonly batchId: string;
  readonly outcome?: RowOutcome | null;
  readonly first: number;
  readonly after?: string | null;
}

interface BatchArgs {
  readonly feed?: string | null;
  readonly status?: BatchStatus | null;
  readonly first: number;
  readonly after?: string | null;
}

interface SubmitInput {
  readonly feed: string;
  readonly rows: readonly SubmittedRow[];
  readonly clientMutationId: string;
}

/** The id of an upload's answer is taken as well as the opaque one. */
export function batchKey(id: string): string {
  return /^[0-9a-f]{24}$/.test(id) ? id : keyOfArgument('FeedBatch', id);
}

function presentFault({ column, code, params }: Pick<CellFault, 'column' | 'code' | 'params'>) {
  return { column, code, message: messageOf(code, params) };
}

const recordIdOf = ({ recordId }: { recordId?: string }) =>
  recordId === undefined ? null : toGlobalId('CreditRecord', recordId);

export const feedModule: GraphqlModule = {
  resolvers: {
    Query: {
      feedBatch: (_root, { id }: { id: string }, { app, viewer }) => app.feeds.batch(viewer, batchKey(id)),
      feedBatches: async (_root, { feed, status, ...args }: BatchArgs, { app, viewer }) =>
        connectionOf(
          await app.feeds.batches(
            viewer,
            { ...(feed == null ? {} : { feed }), ...(status == null ? {} : { status }) },
            pageArgs(args),
          ),
        ),
      feedRows: async (_root, args: PageOfBatch, { app, viewer }) =>
        connectionOf(
          await app.feeds.rows(viewer, batchKey(args.batchId), args.outcome ?? undefined, pageArgs(args)),
        ),
      problemRows: async (_root, args: PageOfBatch, { app, viewer }) =>
        connectionOf(await app.feeds.problemRows(viewer, batchKey(args.batchId), pageArgs(args))),
    },
    Mutation: {
      submitCreditRecords: (_root, { input }: { input: SubmitInput }, { app, viewer }) =>
        asPayload(
          async () => {
            const { batch, ends } = await app.feeds.submit(
              viewer,
              input.feed,
              input.rows,
              input.clientMutationId,
            );
            return { batch, rows: ends };
          },
          { batch: null, rows: [] },
        ),
      requestProblemWorkbook: (_root, { input }: { input: { batchId: string } }, { app, viewer }) =>
        asPayload(
          async () => {
            const { token, expiresAt } = await app.feeds.problemTicket(viewer, batchKey(input.batchId));
            return { url: `/downloads/${token}`, expiresAt };
          },
          { url: null, expiresAt: null },
        ),
    },
    FeedBatch: {
      id: (batch: FeedBatchDoc) => toGlobalId('FeedBatch', batch._id.toHexString()),
      agency: (batch: FeedBatchDoc, _args, { loaders }) =>
        loaders.organization.load(batch.agencyId.toHexString()),
      hasProblems: async (batch: FeedBatchDoc, _args, { app, viewer }) =>
        (await app.feeds.problemRows(viewer, batch._id.toHexString(), { first: 1 })).nodes.length > 0,
      failure: ({ failure }: FeedBatchDoc) => (failure ? messageOf(failure.code, failure.params) : null),
    },
    FeedRow: {
      recordId: recordIdOf,
      warnings: ({ warnings }: FeedRow) =>
        warnings.map(({ column, code, params }) => `${column}：${messageOf(code, params)}`),
    },
    ProblemRow: {
      id: (row: ProblemRowDoc) => toGlobalId('ProblemRow', row._id),
      faults: ({ faults }: ProblemRowDoc) =>
        faults.filter(({ severity }) => severity !== 'WARNING').map(presentFault),
      recordId: ({ _id, seq }: ProblemRowDoc) =>
        seq > 0 ? null : toGlobalId('CreditRecord', _id.split(':')[1] ?? ''),
      corrected: ({ status }: ProblemRowDoc) => status === 'CORRECTED',
    },
    SubmittedRow: {
      recordId: recordIdOf,
      faults: ({ faults }: { faults: readonly CellFault[] }) => faults.map(presentFault),
    },
  },
  nodes: {
    FeedBatch: ({ app, viewer }, key) => app.feeds.batch(viewer, key),
    ProblemRow: ({ app, viewer }, key) => app.feeds.problemRow(viewer, key),
  },
};
