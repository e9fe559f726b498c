import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { actorOf } from '../auth/viewer.ts';
import { LimitError } from '../lib/errors.ts';
import { viewerOf } from './locals.ts';

/** Requests a minute; 0 is without limit. Counted per process. */
export interface RateLimits {
  /** Logins and client tokens of one name from one address. */
  readonly login: number;
  /** Logins and client tokens from one address, whatever the names. */
  readonly loginAddress: number;
  /** Calls of the public from one address. */
  readonly anonymous: number;
  /** Calls of one account or client. */
  readonly viewer: number;
}

export const PRODUCTION_LIMITS: RateLimits = { login: 20, loginAddress: 120, anonymous: 600, viewer: 6_000 };
/** A trial is measured and played with from one machine; only guessing stays limited. */
export const TRIAL_LIMITS: RateLimits = { login: 60, loginAddress: 600, anonymous: 0, viewer: 0 };

const MINUTE_MS = 60_000;

function addressOf(req: Request): string {
  return ipKeyGenerator(req.ip ?? '');
}

function perMinute(limit: number, keyOf: (req: Request, res: Parameters<RequestHandler>[1]) => string) {
  if (limit === 0) return ((_req, _res, next) => next()) as RequestHandler;
  return rateLimit({
    windowMs: MINUTE_MS,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    handler: (_req, _res, next) => {
      next(new LimitError('TOO_MANY_REQUESTS'));
    },
  });
}

/** After `authenticate`. */
export function generalLimit(limits: RateLimits): RequestHandler {
  const anonymous = perMinute(limits.anonymous, addressOf);
  const viewer = perMinute(limits.viewer, (_req, res) => actorOf(viewerOf(res)));
  return (req, res, next) => (viewerOf(res).kind === 'anonymous' ? anonymous : viewer)(req, res, next);
}

/** Before the body is looked at further; `nameOf` finds the login name or client id in it. */
export function loginLimits(limits: RateLimits, nameOf: (req: Request) => string): RequestHandler[] {
  return [
    perMinute(limits.loginAddress, addressOf),
    perMinute(limits.login, (req) => `${addressOf(req)} ${nameOf(req).toLowerCase().slice(0, 100)}`),
  ];
}
