import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import {
  ConflictError,
  DomainError,
  ForbiddenError,
  InputError,
  LimitError,
  NotFoundError,
  RuleError,
  UnauthenticatedError,
} from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';

export interface UserError {
  readonly code: string;
  readonly path: readonly string[];
  readonly message: string;
}

/** Top-level codes, few and stable; `reason` beside them is the domain's own code. */
export type TopLevelCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'TOO_COSTLY'
  | 'TOO_MANY'
  | 'BAD_INPUT'
  | 'BAD_DOCUMENT'
  | 'INTERNAL';

function topLevelCode(error: DomainError): TopLevelCode {
  if (error instanceof UnauthenticatedError) return 'UNAUTHENTICATED';
  if (error instanceof ForbiddenError) return 'FORBIDDEN';
  if (error instanceof NotFoundError) return 'NOT_FOUND';
  if (error instanceof LimitError) return error.code.startsWith('DOCUMENT_') ? 'TOO_COSTLY' : 'TOO_MANY';
  if (error instanceof InputError || error instanceof RuleError || error instanceof ConflictError) {
    return 'BAD_INPUT';
  }
  return 'INTERNAL';
}

/** A fault of the caller as an entry of `errors`; undefined for what is none and must not be shown. */
export function knownError(
  error: unknown,
): { message: string; extensions: Record<string, unknown> } | undefined {
  if (!(error instanceof DomainError)) return undefined;
  const code = topLevelCode(error);
  if (code === 'INTERNAL') return undefined;
  const field = error instanceof InputError && error.path.length > 0 ? { field: error.path } : {};
  return {
    message: messageOf(error.code, error.params),
    extensions: { code, reason: error.code, ...field },
  };
}

/** The same as an error that may be thrown before or while a document is executed. */
export function graphqlError(error: DomainError): GraphQLError {
  const known = knownError(error);
  return new GraphQLError(known?.message ?? messageOf('INTERNAL', { errorId: '-' }), {
    extensions: known?.extensions ?? { code: 'INTERNAL' },
    originalError: error,
  });
}

const OF_DOCUMENT = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
]);

/**
 * Makes `formatError` of the server: an expected fault with its text, a fault of the document as the library words it,
 * anything else as INTERNAL with the id under which `report` logged it. No stack leaves the server.
 */
export function errorPresenter(report: (error: unknown, errorId: string) => void) {
  return (formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
    const { message: _message, extensions: _extensions, ...place } = formatted;
    const cause = unwrapResolverError(thrown);
    const known = knownError(cause) ?? knownError((cause as { originalError?: unknown }).originalError);
    if (known) return { ...place, ...known };
    const reason = formatted.extensions?.['code'];
    if (typeof reason === 'string' && OF_DOCUMENT.has(reason)) {
      return { ...place, message: formatted.message, extensions: { code: 'BAD_DOCUMENT', reason } };
    }
    const errorId = randomUUID();
    report(cause, errorId);
    return {
      ...place,
      message: messageOf('INTERNAL', { errorId }),
      extensions: { code: 'INTERNAL', errorId },
    };
  };
}

function userErrorOf(error: DomainError): UserError {
  return {
    code: error.code,
    path: error instanceof InputError ? error.path : [],
    message: messageOf(error.code, error.params),
  };
}

/**
 * Runs a mutation: what its caller can mend (input, rule, conflict) becomes `errors` of the payload, with all other
 * fields of it null or as `empty` says; the rest goes to the top level.
 */
export async function asPayload<T extends object, E extends object>(
  run: () => Promise<T>,
  empty: E,
): Promise<(T | E) & { errors: UserError[] }> {
  try {
    return { ...(await run()), errors: [] };
  } catch (error) {
    if (error instanceof InputError || error instanceof RuleError || error instanceof ConflictError) {
      return { ...empty, errors: [userErrorOf(error)] };
    }
    throw error;
  }
}
