import type { RequestHandler } from 'express';
import { anonymousViewer } from '../auth/viewer.ts';
import { UnauthenticatedError } from '../lib/errors.ts';
import type { SessionService } from '../modules/account/index.ts';
import { localsOf } from './locals.ts';

/**
 * Finds out who is asking. Without a bearer token that is the public; a token that is not valid is refused at once
 * (401), so that a client notices that it has to refresh.
 */
export function authenticate(sessions: SessionService): RequestHandler {
  return async (req, res, next) => {
    const header = req.get('authorization');
    if (header === undefined) {
      localsOf(res).viewer = anonymousViewer;
    } else {
      const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(header)?.[1];
      if (token === undefined) throw new UnauthenticatedError('TOKEN_INVALID');
      localsOf(res).viewer = await sessions.viewerOf(token);
    }
    next();
  };
}
