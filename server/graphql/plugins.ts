import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { Kind, type FragmentDefinitionNode } from 'graphql';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { checkCost } from './limits.ts';
import { graphqlError } from './present-error.ts';
import type { GraphqlContext } from './request-context.ts';

const SLOW_MS = 1_000;

function fragmentsOf({ document }: GraphQLRequestContext<GraphqlContext>) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document?.definitions ?? []) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return (name: string) => fragments.get(name);
}

/** The cost depends on the variables, so it is counted for each request, when the operation is known. */
export const costLimit: ApolloServerPlugin<GraphqlContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation(request) {
        const { schema, operation } = request;
        try {
          if (operation) checkCost(schema, operation, fragmentsOf(request), request.request.variables ?? {});
        } catch (error) {
          // An argument that cannot be read is left to execution, which says so with its place.
          if (error instanceof DomainError) throw graphqlError(error);
        }
        return Promise.resolve();
      },
    }),
};

/** One line per operation with the codes of its errors, not their texts, which may repeat what the caller sent. */
export function requestLogPlugin(clock: Clock): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart() {
      const start = clock.now().getTime();
      return Promise.resolve({
        willSendResponse({ contextValue, operationName, operation, response }) {
          const tookMs = clock.now().getTime() - start;
          const errors = response.body.kind === 'single' ? (response.body.singleResult.errors ?? []) : [];
          const codes = errors.map(({ extensions }) => extensions?.['reason'] ?? extensions?.['code']);
          const entry = {
            operation: operationName ?? operation?.name?.value,
            kind: operation?.operation,
            tookMs,
            ...(codes.length > 0 ? { codes } : {}),
          };
          if (tookMs >= SLOW_MS) contextValue.log.warn(entry, 'graphql.slow');
          else contextValue.log.debug(entry, 'graphql.answered');
          return Promise.resolve();
        },
      });
    },
  };
}
