import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from '../lib/logger.ts';
import { localsOf } from './locals.ts';

/** Takes over a sane id of the proxy before us, so that both logs can be joined; else makes one. */
export function requestId(log: Logger): RequestHandler {
  return (req, res, next) => {
    const given = req.get('x-request-id');
    const id = given !== undefined && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    res.set('x-request-id', id);
    const locals = localsOf(res);
    locals.requestId = id;
    locals.log = log.child({ requestId: id });
    next();
  };
}
