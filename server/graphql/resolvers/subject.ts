import type { Subject } from '../../modules/subject/index.ts';
import { connectionOf, pageArgs } from '../connection.ts';
import { toGlobalId } from '../global-id.ts';
import type { GraphqlModule } from '../resolver.ts';

interface ListArgs {
  readonly first: number;
  readonly after?: string | null;
}

interface SearchArgs extends ListArgs {
  readonly text: string;
}

export const subjectModule: GraphqlModule = {
  resolvers: {
    Query: {
      subject: (_root, { uscc }: { uscc: string }, { app, viewer }) => app.subjects.get(viewer, uscc),
      searchSubjects: async (_root, { text, ...args }: SearchArgs, { app, viewer }) =>
        connectionOf(await app.subjects.search(viewer, text, pageArgs(args))),
    },
    Subject: {
      id: ({ uscc }: Subject) => toGlobalId('Subject', uscc),
      registeredCapital: ({ capital }: Subject) => capital?.text ?? null,
      businessScope: ({ scope }: Subject) => scope ?? null,
      changes: async ({ uscc }: Subject, args: ListArgs, { app, viewer }) =>
        connectionOf(await app.subjects.changes(viewer, uscc, pageArgs(args))),
      provisional: ({ origin }: Subject) => origin === 'PROVISIONAL',
    },
  },
  nodes: { Subject: ({ app, viewer }, key) => app.subjects.get(viewer, key) },
};
