import type { RequestHandler } from 'express';
import { ForbiddenError } from '../lib/errors.ts';

function originHost(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

/**
 * Refuses what another site made a browser send; for the routes that act on the cookie. Browsers tell by
 * `Sec-Fetch-Site`, older ones and plain http by `Origin`; a caller that sends neither is no browser.
 */
export const sameOrigin: RequestHandler = (req, _res, next) => {
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  const same =
    site === undefined ? origin === undefined || originHost(origin) === req.host : site === 'same-origin';
  if (!same) throw new ForbiddenError('CROSS_SITE');
  next();
};
