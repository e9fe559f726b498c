import type { Request, RequestHandler, Response } from 'express';
import { pinoHttp } from 'pino-http';
import { actorOf } from '../auth/viewer.ts';
import type { Logger } from '../lib/logger.ts';
import { localsOf, viewerOf } from './locals.ts';

const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/** A request's path as logs keep it: no query, and no one-time key of a download. */
export function loggedPath(path: string): string {
  return (path.split('?', 1)[0] ?? '').replace(/^\/downloads\/[^/]+/, '/downloads/…').slice(0, 200);
}

/** One line per answer; neither bodies nor headers, which may hold secrets. */
export function requestLog(log: Logger): RequestHandler {
  return pinoHttp<Request, Response>({
    logger: log,
    quietReqLogger: true,
    genReqId: (_req, res) => localsOf(res).requestId,
    customLogLevel(req, res, error) {
      if (error || res.statusCode >= 500) return 'error';
      return QUIET.has(req.path) ? 'debug' : 'info';
    },
    customSuccessMessage: () => 'http.answered',
    customErrorMessage: () => 'http.failed',
    customAttributeKeys: { responseTime: 'tookMs', reqId: 'requestId' },
    serializers: {
      req: () => undefined,
      res: () => undefined,
      err: (error: Error) => ({ name: error.name }),
    },
    // Asked twice, at the start and at the end: a line must not hold everything double.
    customProps: (req, res) =>
      res.writableEnded || res.destroyed
        ? {
            method: req.method,
            path: loggedPath(req.originalUrl),
            status: res.statusCode,
            viewerId: actorOf(viewerOf(res)),
          }
        : {},
  });
}
