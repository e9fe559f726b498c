import type { JobRun, JobRunFilter } from '../../modules/job/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import { toGlobalId } from '../global-id.ts';
import type { GraphqlModule } from '../resolver.ts';

interface JobRunArgs {
  readonly filter?: JobRunFilter | null;
  readonly first: number;
  readonly after?: string | null;
}

export const jobModule: GraphqlModule = {
  resolvers: {
    Query: {
      jobRuns: async (_root, args: JobRunArgs, { app, viewer }) =>
        connectionOf(await app.jobs.runs(viewer, givenOf(args.filter), pageArgs(args))),
    },
    JobRun: { id: (run: JobRun) => toGlobalId('JobRun', run.id) },
  },
  nodes: { JobRun: ({ app, viewer }, key) => app.jobs.get(viewer, key) },
};
