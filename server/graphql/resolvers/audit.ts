import type { AuditEvent } from '../../modules/audit/index.ts';
import { connectionOf, givenOf, pageArgs } from '../connection.ts';
import type { GraphqlModule } from '../resolver.ts';

interface AuditArgs {
  readonly action?: string | null;
  readonly first: number;
  readonly after?: string | null;
}

export const auditModule: GraphqlModule = {
  resolvers: {
    Query: {
      auditEvents: async (_root, args: AuditArgs, { app, viewer }) =>
        connectionOf(await app.audit.page(viewer, pageArgs(args), givenOf({ action: args.action }))),
    },
    AuditEvent: { detail: (event: AuditEvent) => JSON.stringify(event.detail) },
  },
};
