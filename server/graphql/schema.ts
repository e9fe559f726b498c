import type { GraphQLSchema } from 'graphql';
import { buildSchema, loadSdl } from './build-schema.ts';
import { nodeModule } from './node.ts';
import { permissions } from './permissions.ts';
import { modules } from './resolvers/index.ts';
import type { GraphqlModule } from './resolver.ts';
import { scalars } from './scalars.ts';

/**
 * The schema of the contract with everything attached.
 * @throws Error naming what is missing
 */
export function createSchema(parts: readonly GraphqlModule[] = modules): GraphQLSchema {
  const loaders = Object.assign({}, ...parts.map(({ nodes }) => nodes ?? {})) as NonNullable<
    GraphqlModule['nodes']
  >;
  return buildSchema({
    sdl: loadSdl(),
    resolvers: [...parts, nodeModule(loaders)].map(({ resolvers }) => resolvers),
    scalars,
    rules: permissions,
  });
}
