import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { Router } from 'express';
import { startJobs, type RunningJobs } from '../jobs/schedule.ts';
import type { AppContext } from './context.ts';
import { pendingMigrations } from './db/migrate.ts';
import { createGraphqlDoor } from './graphql/index.ts';
import { createApp, localsOf, viewerOf } from './http/index.ts';
import { downloadRoutes, feedRoutes } from './http/feed.route.ts';
import { receiptRoute } from './http/receipt.route.ts';
import { civilDateOf, yearOf } from './lib/civil-date.ts';

export interface RunningServer {
  readonly url: string;
  /** Lets requests under way end, then jobs, then nothing of this process uses the store. */
  stop(): Promise<void>;
}

async function readiness({ db, calendar, clock }: AppContext): Promise<string[]> {
  const reasons: string[] = [];
  const pending = await pendingMigrations(db).catch(() => undefined);
  if (pending === undefined) reasons.push('the store does not answer');
  else if (pending.length > 0) reasons.push(`migrations pending: ${pending.join(', ')}`);
  const year = yearOf(civilDateOf(clock.now()));
  if (!calendar.hasYear(year)) reasons.push(`no working calendar for ${String(year)}`);
  return reasons;
}

function clientConfig({ config }: AppContext): Router {
  const router = Router();
  const demo = config.nodeEnv !== 'production';
  router.get('/', (_req, res) => {
    res.set('cache-control', 'no-cache').json({ cityName: config.cityName, demo });
  });
  return router;
}

/** Starts the HTTP server, and with `jobs` everything that goes on by itself. */
export async function startServer(app: AppContext, options: { jobs: boolean }): Promise<RunningServer> {
  const { config, log, accounts, feeds, outbox } = app;
  const graphql = await createGraphqlDoor(app, {
    requestOf: (res) => ({
      viewer: viewerOf(res),
      requestId: localsOf(res).requestId,
      log: localsOf(res).log,
    }),
  });
  const handler = createApp({
    config,
    log,
    accounts,
    readiness: () => readiness(app),
    signedRouters: [
      { path: '/', router: receiptRoute(outbox) },
      { path: '/client-config.json', router: clientConfig(app) },
    ],
    routers: [
      { path: '/graphql', router: graphql.router },
      { path: '/feeds', router: feedRoutes(feeds) },
      { path: '/downloads', router: downloadRoutes(feeds) },
    ],
  });
  const server = express().use(handler).listen(config.port, config.host);
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => {
      throw error as Error;
    }),
  ]);
  const jobs: RunningJobs | undefined = options.jobs ? startJobs(app) : undefined;
  const { address, port } = server.address() as AddressInfo;
  const host = address === '127.0.0.1' || address === '::' || address === '0.0.0.0' ? 'localhost' : address;
  return {
    url: `http://${host}:${String(port)}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
      await graphql.stop();
      await jobs?.stop();
    },
  };
}
