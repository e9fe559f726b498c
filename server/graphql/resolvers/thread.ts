import { NotFoundError } from '../../lib/errors.ts';
import type { ThreadEvent } from '../../modules/thread/index.ts';
import { parseGlobalId, toGlobalId } from '../global-id.ts';
import type { GraphqlModule } from '../resolver.ts';

/** A public copy is kept under the id of its record. */
const TYPES = new Set(['CreditRecord', 'PublicRecord']);

function recordKey(id: string): string {
  const parsed = parseGlobalId(id);
  if (!parsed || !TYPES.has(parsed.type)) throw new NotFoundError('NODE_NOT_FOUND');
  return parsed.key;
}

export const threadModule: GraphqlModule = {
  resolvers: {
    Query: {
      recordThread: (_root, { recordId }: { recordId: string }, { app, viewer }) =>
        app.threads.of(viewer, recordKey(recordId)),
    },
    RecordThreadEvent: {
      platformName: ({ platform }: ThreadEvent, _args, { app }) =>
        platform === undefined ? null : app.outbox.nameOf(platform),
      batchId: ({ batchId }: ThreadEvent) =>
        batchId === undefined ? null : toGlobalId('FeedBatch', batchId),
      problemId: ({ problemId }: ThreadEvent) =>
        problemId === undefined ? null : toGlobalId('ProblemRow', problemId),
    },
  },
};
