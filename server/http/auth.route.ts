import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { DomainError, InputError, UnauthenticatedError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { AccountService, Session } from '../modules/account/index.ts';
import { loginLimits, type RateLimits } from './rate-limit.ts';
import type { RefreshCookie } from './refresh-cookie.ts';
import { sameOrigin } from './same-origin.ts';

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(req: Request): Fields {
  const body: unknown = req.body;
  return typeof body === 'object' && body !== null ? (body as Fields) : {};
}

function textOf(req: Request, name: string): string {
  const value = fieldsOf(req)[name];
  return typeof value === 'string' ? value : '';
}

/** @throws InputError FIELD_REQUIRED, FIELD_TOO_LONG */
function required(req: Request, name: string): string {
  const value = textOf(req, name);
  if (value === '') throw new InputError([name], 'FIELD_REQUIRED', { field: name });
  if (value.length > 500) throw new InputError([name], 'FIELD_TOO_LONG', { field: name, max: 500 });
  return value;
}

/** Client id and secret from the body, or from HTTP Basic as RFC 6749 2.3.1 has it. */
function clientOf(req: Request): { id: string; secret: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(req.get('authorization') ?? '')?.[1];
  if (basic === undefined) return { id: textOf(req, 'client_id'), secret: textOf(req, 'client_secret') };
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':', 2);
  return { id, secret };
}

/** Tokens are in these answers: no cache may keep them. */
const noStore: RequestHandler = (_req, res, next) => {
  res.set('cache-control', 'no-store');
  next();
};

/** Login, refresh and logout of people; tokens of machines. */
export function authRoutes(deps: {
  readonly accounts: AccountService;
  readonly cookie: RefreshCookie;
  readonly limits: RateLimits;
}): Router {
  const { accounts, cookie, limits } = deps;
  const router = Router();
  const bodies = [express.json({ limit: '10kb' }), express.urlencoded({ extended: false, limit: '10kb' })];

  const answer = (res: Response, session: Session): void => {
    cookie.set(res, session);
    res.json({ accessToken: session.accessToken, expiresIn: session.expiresIn });
  };

  router.use(noStore);

  router.post(
    '/login',
    sameOrigin,
    bodies[0] as RequestHandler,
    loginLimits(limits, (req) => textOf(req, 'username').trim()),
    async (req: Request, res: Response) => {
      const otp = textOf(req, 'otp').trim();
      const session = await accounts.login.login({
        username: required(req, 'username'),
        password: required(req, 'password'),
        ...(otp === '' ? {} : { otp }),
        ...(req.ip === undefined ? {} : { address: req.ip }),
      });
      answer(res, session);
    },
  );

  router.post('/refresh', sameOrigin, async (req, res) => {
    const token = cookie.read(req);
    if (token === undefined) throw new UnauthenticatedError('SESSION_OVER');
    try {
      answer(res, await accounts.sessions.refresh(token));
    } catch (error) {
      if (error instanceof UnauthenticatedError) cookie.clear(res);
      throw error;
    }
  });

  router.post('/logout', sameOrigin, async (req, res) => {
    const token = cookie.read(req);
    if (token !== undefined) await accounts.sessions.logout(token);
    cookie.clear(res);
    res.status(204).end();
  });

  // The errors of this route have the shape of OAuth 2 (RFC 6749 5.2), which client libraries read.
  const refuse = (res: Response, status: number, error: string, code: string): void => {
    res.status(status).json({ error, error_description: messageOf(code) });
  };
  router.post(
    '/token',
    bodies,
    loginLimits(limits, (req) => clientOf(req).id),
    async (req: Request, res: Response) => {
      if (textOf(req, 'grant_type') !== 'client_credentials') {
        refuse(res, 400, 'unsupported_grant_type', 'GRANT_TYPE_UNSUPPORTED');
        return;
      }
      const { id, secret } = clientOf(req);
      try {
        const { accessToken, expiresIn } = await accounts.clients.token(id, secret);
        res.json({ access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn });
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        if (/^basic /i.test(req.get('authorization') ?? '')) res.set('www-authenticate', 'Basic');
        refuse(res, 401, 'invalid_client', error.code);
      }
    },
  );
  return router;
}
