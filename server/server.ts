import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { Router } from 'express';
import { JOBS, startJobs, type RunningJobs } from '../jobs/schedule.ts';
import type { AppContext } from './context.ts';
import { pendingMigrations } from './db/migrate.ts';
import { createGraphqlDoor } from './graphql/index.ts';
import { createApp, Drain, exchangeMetrics, localsOf, viewerOf } from './http/index.ts';
import { downloadRoutes, feedRoutes } from './http/feed.route.ts';
import { powerListRoutes } from './http/power-list.route.ts';
import { reconciliationRoutes } from './http/reconciliation.route.ts';
import { qualityRoutes } from './http/quality.route.ts';
import { receiptRoute } from './http/receipt.route.ts';
import { subjectRoutes } from './http/subject.route.ts';
import { civilDateOf, yearOf } from './lib/civil-date.ts';

export interface RunningServer {
  readonly url: string;
  /**
   * Lets nothing in any more; requests and jobs under way end, for some seconds at the most. Then nothing of this
   * process uses the store, and what it held leases on is free.
   */
  stop(): Promise<void>;
}

/** A whole upload may take its time on a slow line. */
const UPLOAD_MS = 3_600_000;
const HEADERS_MS = 20_000;
/** Longer than a caller may wait for a batch. */
const SILENT_MS = 120_000;
/** How long a stop waits for requests under way. */
const STOP_MS = 20_000;

export interface ServerOptions {
  /** With everything that goes on by itself. */
  readonly jobs: boolean;
  /** A connection on which nothing moved for so long is closed. */
  readonly silentMs?: number;
  readonly stopMs?: number;
}

async function readiness({ db, calendar, clock }: AppContext, drain: Drain): Promise<string[]> {
  if (drain.signal.aborted) return ['the server is stopping'];
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
export async function startServer(app: AppContext, options: ServerOptions): Promise<RunningServer> {
  const { config, log, accounts, feeds, outbox } = app;
  const graphql = await createGraphqlDoor(app, {
    requestOf: (res) => ({
      viewer: viewerOf(res),
      requestId: localsOf(res).requestId,
      log: localsOf(res).log,
    }),
  });
  const drain = new Drain();
  const handler = createApp({
    drain,
    exchangeMetrics: exchangeMetrics(
      app,
      JOBS.map(({ name }) => name),
    ),
    config,
    log,
    accounts,
    readiness: () => readiness(app, drain),
    signedRouters: [
      { path: '/', router: receiptRoute(outbox) },
      { path: '/client-config.json', router: clientConfig(app) },
    ],
    routers: [
      { path: '/graphql', router: graphql.router },
      { path: '/feeds', router: feedRoutes(feeds, drain.signal) },
      { path: '/downloads', router: reconciliationRoutes(app.reconciliation) },
      { path: '/downloads', router: downloadRoutes(feeds) },
      { path: '/power-lists', router: powerListRoutes(app.reference) },
      { path: '/statistics', router: qualityRoutes(app.quality) },
      { path: '/subjects', router: subjectRoutes(app.subjects) },
    ],
  });
  const server = express().use(handler).listen(config.port, config.host);
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = UPLOAD_MS;
  server.timeout = options.silentMs ?? SILENT_MS;
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
      drain.begin();
      const stopMs = options.stopMs ?? STOP_MS;
      // At the same time: what the jobs hold is waited for by other processes.
      await Promise.all([jobs?.stop(), closeGently(server, drain, stopMs)]);
      await graphql.stop();
    },
  };
}

/** Goes on listening while requests are under way, so that a balancer can be told that this process is not ready. */
async function closeGently(server: Server, drain: Drain, ms: number): Promise<void> {
  server.closeIdleConnections();
  const ended = await drain.idle(ms);
  const closed = once(server, 'close');
  server.close();
  if (ended) server.closeIdleConnections();
  else server.closeAllConnections();
  await Promise.race([closed, sleep(1000, undefined, { ref: false })]);
  server.closeAllConnections();
}
