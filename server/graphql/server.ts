import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { Router, type RequestHandler, type Response } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Viewer } from '../auth/viewer.ts';
import type { AppContext } from '../context.ts';
import type { Logger } from '../lib/logger.ts';
import { loadPersistedDocuments, resolveDocument, type PersistedDocuments } from './documents.ts';
import { explorerRoutes } from './explorer.route.ts';
import { MAX_TOKENS, shapeLimits } from './limits.ts';
import { costLimit, requestLogPlugin } from './plugins.ts';
import { errorPresenter } from './present-error.ts';
import { requestContext, type GraphqlContext } from './request-context.ts';
import { createSchema } from './schema.ts';

export interface GraphqlDoor {
  /** For `/graphql`, behind authentication. */
  readonly router: Router;
  stop(): Promise<void>;
}

export interface GraphqlDoorOptions {
  /** What the HTTP server knows of a request. */
  readonly requestOf: (res: Response) => {
    readonly viewer: Viewer;
    readonly requestId: string;
    readonly log: Logger;
  };
  readonly schema?: GraphQLSchema;
  readonly persisted?: PersistedDocuments;
}

/** A list of 500 submitted rows with long texts fits; the public has nothing of that size to say. */
const BODY_LIMIT = '8mb';
const ANONYMOUS_BODY_LIMIT = '100kb';

function body(viewerOf: (res: Response) => Viewer): RequestHandler {
  const large = express.json({ limit: BODY_LIMIT });
  const small = express.json({ limit: ANONYMOUS_BODY_LIMIT });
  return (req, res, next) => {
    (viewerOf(res).kind === 'anonymous' ? small : large)(req, res, next);
  };
}

/**
 * The GraphQL door.
 * @throws Error when the schema is incomplete: a root field without rule or resolver
 */
export async function createGraphqlDoor(app: AppContext, options: GraphqlDoorOptions): Promise<GraphqlDoor> {
  const production = app.config.nodeEnv === 'production';
  const persisted = options.persisted ?? loadPersistedDocuments();
  const { requestOf } = options;
  const viewerOf = (res: Response): Viewer => requestOf(res).viewer;
  const server = new ApolloServer<GraphqlContext>({
    schema: options.schema ?? createSchema(),
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [shapeLimits],
    formatError: errorPresenter((error, errorId) => {
      app.log.error({ err: error, errorId }, 'graphql.internal');
    }),
    plugins: [ApolloServerPluginLandingPageDisabled(), costLimit, requestLogPlugin(app.clock)],
    stopOnTerminationSignals: false,
    logger: app.log,
  });
  await server.start();

  const router = Router();
  if (!production) router.use(explorerRoutes());
  router.post(
    '/',
    body(viewerOf),
    resolveDocument(viewerOf, { persisted, production }),
    expressMiddleware(server, {
      context: ({ res }) => Promise.resolve(requestContext(app, requestOf(res))),
    }),
  );
  return { router, stop: () => server.stop() };
}
