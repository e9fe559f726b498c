import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Response } from 'express';
import {
  ConflictError,
  DomainError,
  ForbiddenError,
  InputError,
  LimitError,
  NotFoundError,
  RuleError,
  UnauthenticatedError,
  UpstreamError,
} from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import { localsOf } from './locals.ts';

function statusOf(error: DomainError): number {
  if (error instanceof InputError) return 400;
  if (error instanceof UnauthenticatedError) return 401;
  if (error instanceof ForbiddenError) return 403;
  if (error instanceof NotFoundError) return 404;
  if (error instanceof ConflictError) return 409;
  if (error instanceof RuleError) return 422;
  if (error instanceof LimitError) return error.code.endsWith('_TOO_LARGE') ? 413 : 429;
  return 500;
}

/** What express and its body parsers throw for a caller's fault carries a status below 500. */
function ofExpress(error: unknown): DomainError | undefined {
  const { status, type } = (typeof error === 'object' && error !== null ? error : {}) as {
    status?: unknown;
    type?: unknown;
  };
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  return type === 'entity.too.large' ? new LimitError('BODY_TOO_LARGE') : new InputError([], 'BODY_INVALID');
}

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly path?: readonly string[];
  readonly errorId?: string;
}

/** Callers of /graphql read `errors`, whatever went wrong before their document was looked at. */
function bodyOf(path: string, fault: Fault, topLevel: string) {
  const { message, code: reason, ...rest } = fault;
  if (!path.startsWith('/graphql')) return { error: fault };
  return { error: fault, errors: [{ message, extensions: { code: topLevel, reason, ...rest } }] };
}

function topLevelCode(status: number): string {
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 413:
    case 429:
      return 'TOO_MANY';
    case 500:
      return 'INTERNAL';
    default:
      return 'BAD_INPUT';
  }
}

function send(res: Response, status: number, fault: Fault): void {
  res.status(status).json(bodyOf(res.req.originalUrl, fault, topLevelCode(status)));
}

/** `{"error":{"code","message"}}`, with `path` for a wrong field and `errorId` for what only the log explains. */
export const errorHandler: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  const known = error instanceof DomainError ? error : ofExpress(error);
  if (known && !(known instanceof UpstreamError)) {
    const path = known instanceof InputError && known.path.length > 0 ? { path: known.path } : {};
    send(res, statusOf(known), { code: known.code, message: messageOf(known.code, known.params), ...path });
    return;
  }
  const errorId = randomUUID();
  localsOf(res).log.error({ err: error, errorId }, 'http.internal');
  send(res, 500, { code: 'INTERNAL', message: messageOf('INTERNAL', { errorId }), errorId });
};
