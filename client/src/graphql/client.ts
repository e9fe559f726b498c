import { Client, fetchExchange, mapExchange } from 'urql';
import { authorizedFetch } from '../shared/session.ts';

/**
 * Sends documents by their digest: the server knows the text of every document of this client (and, in production,
 * takes no other text). Digests are made at build time, since `crypto.subtle` is missing on plain-http networks.
 */
const persisted = mapExchange({
  onOperation(operation) {
    const { sha256Hash } = operation.query as { sha256Hash?: string };
    if (sha256Hash === undefined) return operation;
    return {
      ...operation,
      extensions: { ...operation.extensions, persistedQuery: { version: 1, sha256Hash } },
    };
  },
});

export const client = new Client({
  url: '/graphql',
  exchanges: [persisted, fetchExchange],
  preferGetMethod: false,
  requestPolicy: 'network-only',
  fetch: (input, init) => authorizedFetch(input as string, init),
});
