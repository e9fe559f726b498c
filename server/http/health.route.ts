import { createHash, timingSafeEqual } from 'node:crypto';
import { Router } from 'express';
import { UnauthenticatedError } from '../lib/errors.ts';
import type { Metrics } from './metrics.ts';

function sameText(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/**
 * `/healthz`: the process lives. `/readyz`: it can serve, else 503 with the reasons. `/metrics`: Prometheus text, for
 * the holder of the token where one is given.
 */
export function healthRoutes(deps: {
  readonly readiness: () => Promise<readonly string[]>;
  readonly metrics: Metrics;
  readonly metricsToken?: string;
}): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const reasons = await deps.readiness().catch(() => ['readiness could not be determined']);
    if (reasons.length === 0) res.json({ status: 'ready' });
    else res.status(503).json({ status: 'not ready', reasons });
  });
  router.get('/metrics', async (req, res) => {
    if (deps.metricsToken !== undefined) {
      const given = /^Bearer (.+)$/i.exec(req.get('authorization') ?? '')?.[1] ?? '';
      if (!sameText(given, deps.metricsToken)) throw new UnauthenticatedError('UNAUTHENTICATED');
    }
    res.type('text/plain; version=0.0.4').send(await deps.metrics.text());
  });
  return router;
}
