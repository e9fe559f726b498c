import { readFileSync } from 'node:fs';
import type { RequestHandler } from 'express';
import type { Viewer } from '../auth/viewer.ts';
import { InputError, LimitError, UnauthenticatedError } from '../lib/errors.ts';
import { knownError } from './present-error.ts';

/** Text of a document by the SHA-256 (hex) of it. */
export type PersistedDocuments = ReadonlyMap<string, string>;

const CLIENT_DOCUMENTS = new URL('../../client/src/graphql/__generated__/persisted.json', import.meta.url);

/** The documents of our own web client, made by `npm run codegen`. */
export function loadPersistedDocuments(file: URL = CLIENT_DOCUMENTS): PersistedDocuments {
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>));
}

interface Body {
  query?: unknown;
  extensions?: { persistedQuery?: { sha256Hash?: unknown } | null } | null;
}

/**
 * The text to execute. A known digest stands for its text; nobody can register one. Free text is for those who are
 * logged in, and outside production for all.
 * @throws InputError DOCUMENT_UNKNOWN, DOCUMENT_MISSING; LimitError BATCH_FORBIDDEN; UnauthenticatedError
 */
export function documentOf(
  body: unknown,
  viewer: Viewer,
  options: { readonly persisted: PersistedDocuments; readonly production: boolean },
): string {
  if (Array.isArray(body)) throw new LimitError('BATCH_FORBIDDEN');
  const { query, extensions } = (typeof body === 'object' && body !== null ? body : {}) as Body;
  const digest = extensions?.persistedQuery?.sha256Hash;
  const known = typeof digest === 'string' ? options.persisted.get(digest.toLowerCase()) : undefined;
  if (known !== undefined) return known;
  if (typeof query !== 'string' || query.trim() === '') {
    throw digest === undefined
      ? new InputError(['query'], 'DOCUMENT_MISSING')
      : new InputError(['extensions'], 'DOCUMENT_UNKNOWN');
  }
  if (options.production && viewer.kind === 'anonymous') {
    throw new UnauthenticatedError('DOCUMENT_NOT_PERSISTED');
  }
  return query;
}

/** Puts the text in place before the GraphQL server sees the request, and takes the digest away. */
export function resolveDocument(
  viewerOf: (res: Parameters<RequestHandler>[1]) => Viewer,
  options: { readonly persisted: PersistedDocuments; readonly production: boolean },
): RequestHandler {
  return (req, res, next) => {
    try {
      const query = documentOf(req.body, viewerOf(res), options);
      const { operationName, variables } = req.body as Record<string, unknown>;
      req.body = {
        query,
        ...(operationName == null ? {} : { operationName }),
        ...(variables == null ? {} : { variables }),
      };
      next();
    } catch (error) {
      const known = knownError(error);
      if (!known) {
        next(error);
        return;
      }
      const status = error instanceof UnauthenticatedError ? 401 : 400;
      res.status(status).json({ errors: [known] });
    }
  };
}
