import { fileURLToPath } from 'node:url';
import compression from 'compression';
import express, { type Express, type RequestHandler, type Router } from 'express';
import type { Config } from '../config/config.ts';
import { NotFoundError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import { loadMessages } from '../lib/messages.ts';
import type { AccountService } from '../modules/account/index.ts';
import { authRoutes } from './auth.route.ts';
import { authenticate } from './authenticate.ts';
import { clientRoutes } from './client.route.ts';
import { Drain } from './drain.ts';
import { errorHandler } from './error-handler.ts';
import type { Family } from './exposition.ts';
import { healthRoutes } from './health.route.ts';
import { Metrics } from './metrics.ts';
import { generalLimit, PRODUCTION_LIMITS, TRIAL_LIMITS, type RateLimits } from './rate-limit.ts';
import { RefreshCookie } from './refresh-cookie.ts';
import { requestId } from './request-id.ts';
import { requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';

/** Where programs call: an unknown path below these is answered with JSON, not with the web page. */
const API_PATHS = [
  '/auth',
  '/graphql',
  '/feeds',
  '/upstream',
  '/downloads',
  '/statistics',
  '/power-lists',
  '/subjects',
];

const CLIENT_DIRECTORY = fileURLToPath(new URL('../../client/dist', import.meta.url));

export interface AppDeps {
  readonly config: Pick<Config, 'nodeEnv' | 'trustProxy' | 'secrets'>;
  readonly log: Logger;
  readonly accounts: AccountService;
  /** Reasons why this process should not get requests; empty when it should. */
  readonly readiness: () => Promise<readonly string[]>;
  /** Routers behind authentication and the general limit, `viewerOf(res)` tells who asks. */
  readonly routers: readonly { readonly path: string; readonly router: Router }[];
  /** Routers whose callers sign each request instead; they read the body themselves. */
  readonly signedRouters?: readonly { readonly path: string; readonly router: Router }[];
  /** What `/metrics` tells beside this process; must not throw. */
  readonly exchangeMetrics?: () => Promise<readonly Family[]>;
  /** Closes the doors when the server is to stop. */
  readonly drain?: Drain;
  readonly limits?: RateLimits;
  readonly clientDirectory?: string;
}

const notFound: RequestHandler = () => {
  throw new NotFoundError('ROUTE_NOT_FOUND');
};

/**
 * The HTTP server's one list of what a request passes, in order.
 * @throws Error when the message files cannot be used: better now than in the middle of an error answer
 */
export function createApp(deps: AppDeps): Express {
  const { config, log, accounts } = deps;
  loadMessages();
  const production = config.nodeEnv === 'production';
  const limits = deps.limits ?? (production ? PRODUCTION_LIMITS : TRIAL_LIMITS);
  const cookie = new RefreshCookie(config.secrets.cookie, production);
  const metrics = new Metrics(deps.exchangeMetrics);
  const metricsToken = production ? { metricsToken: config.secrets.metrics } : {};

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  const drain = deps.drain ?? new Drain();
  app.use(drain.guard);
  app.use(requestId(log));
  app.use(requestLog(log));
  app.use(metrics.count);
  app.use(securityHeaders(production));
  app.use(compression());
  app.use(healthRoutes({ readiness: deps.readiness, metrics, ...metricsToken }));
  app.use('/auth', authRoutes({ accounts, cookie, limits }));
  for (const { path, router } of deps.signedRouters ?? []) app.use(path, router);
  app.use(API_PATHS, authenticate(accounts.sessions), generalLimit(limits));
  for (const { path, router } of deps.routers) app.use(path, router);
  app.use(API_PATHS, notFound);
  app.use(clientRoutes(deps.clientDirectory ?? CLIENT_DIRECTORY));
  app.use(notFound);
  app.use(errorHandler);
  return app;
}
