import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Clock } from '../lib/clock.ts';
import { UnauthenticatedError } from '../lib/errors.ts';

export const ACCESS_SECONDS = 15 * 60;

const ISSUER = 'credit-exchange';
const AUDIENCE = 'credit-exchange/api';

/** Whom an access token names. Rights are never read from it: they are looked up when it is used. */
export type Bearer =
  | { readonly kind: 'account'; readonly accountId: string; readonly sessionId: string }
  | { readonly kind: 'client'; readonly clientId: string };

export interface AccessTokens {
  sign(bearer: Bearer): string;
  /** @throws UnauthenticatedError TOKEN_INVALID, also for one that is over or was made for something else */
  verify(token: string): Bearer;
}

interface Claims {
  readonly sub?: unknown;
  readonly sid?: unknown;
  readonly kind?: unknown;
}

function bearerOf({ sub, sid, kind }: Claims): Bearer | undefined {
  if (typeof sub !== 'string') return undefined;
  if (kind === 'client') return { kind, clientId: sub };
  return kind === 'account' && typeof sid === 'string' ? { kind, accountId: sub, sessionId: sid } : undefined;
}

/** HS256 with this algorithm alone, issuer and audience checked; 15 minutes. */
export function accessTokens(secret: string, clock: Clock): AccessTokens {
  const seconds = (): number => Math.floor(clock.now().getTime() / 1000);
  return {
    sign(bearer) {
      const claims =
        bearer.kind === 'account'
          ? { kind: bearer.kind, sub: bearer.accountId, sid: bearer.sessionId }
          : { kind: bearer.kind, sub: bearer.clientId };
      return jwt.sign({ ...claims, iat: seconds() }, secret, {
        algorithm: 'HS256',
        expiresIn: ACCESS_SECONDS,
        issuer: ISSUER,
        audience: AUDIENCE,
      });
    },
    verify(token) {
      let bearer: Bearer | undefined;
      try {
        const claims = jwt.verify(token, secret, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          audience: AUDIENCE,
          clockTimestamp: seconds(),
          maxAge: ACCESS_SECONDS,
        });
        bearer = typeof claims === 'string' ? undefined : bearerOf(claims);
      } catch {
        bearer = undefined;
      }
      if (!bearer) throw new UnauthenticatedError('TOKEN_INVALID');
      return bearer;
    },
  };
}

/** A secret of 256 bits; long enough that a plain keyed hash of it may be stored. */
export function newOpaqueSecret(): string {
  return randomBytes(32).toString('base64url');
}
