import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import type { Session } from '../modules/account/index.ts';

const NAME = 'credit_refresh';

/** The refresh token in a cookie that scripts cannot read and other sites cannot send; signed with COOKIE_SECRET. */
export class RefreshCookie {
  readonly #secret: string;
  readonly #options: CookieOptions;

  constructor(secret: string, secure: boolean) {
    this.#secret = secret;
    this.#options = { httpOnly: true, sameSite: 'strict', secure, path: '/auth' };
  }

  set(res: Response, session: Session): void {
    const value = `${session.refreshToken}.${this.#sign(session.refreshToken)}`;
    res.cookie(NAME, value, { ...this.#options, expires: session.refreshUntil });
  }

  clear(res: Response): void {
    res.clearCookie(NAME, this.#options);
  }

  /** @returns undefined when there is no cookie, or one we did not make */
  read(req: Request): string | undefined {
    for (const part of (req.get('cookie') ?? '').split(';')) {
      const [, token, signature] = /^\s*credit_refresh=([\w-]+)\.([\w-]+)\s*$/.exec(part) ?? [];
      if (token === undefined || signature === undefined) continue;
      const given = Buffer.from(signature);
      const wanted = Buffer.from(this.#sign(token));
      if (given.length === wanted.length && timingSafeEqual(given, wanted)) return token;
    }
    return undefined;
  }

  #sign(token: string): string {
    return createHmac('sha256', this.#secret).update(token).digest('base64url');
  }
}
