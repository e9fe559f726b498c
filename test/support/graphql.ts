import { isObjectType, type GraphQLSchema } from 'graphql';
import { buildSchema, loadSdl } from '../../server/graphql/build-schema.ts';
import { nodeModule } from '../../server/graphql/node.ts';
import { permissions } from '../../server/graphql/permissions.ts';
import { modules } from '../../server/graphql/resolvers/index.ts';
import type { Resolver, ResolverMap } from '../../server/graphql/resolver.ts';
import { scalars } from '../../server/graphql/scalars.ts';

/** The contract without code: for reading its types. */
export function bareSchema(): GraphQLSchema {
  const sdl = loadSdl();
  return buildSchema({ sdl, resolvers: [rootsOf(sdl, () => null)], scalars, rules: permissions });
}

function rootsOf(sdl: ReturnType<typeof loadSdl>, resolver: Resolver): ResolverMap {
  const roots: Record<string, Record<string, Resolver>> = {};
  for (const definition of sdl.definitions) {
    if (definition.kind !== 'ObjectTypeDefinition' && definition.kind !== 'ObjectTypeExtension') continue;
    const name = definition.name.value;
    if (name !== 'Query' && name !== 'Mutation') continue;
    for (const field of definition.fields ?? []) {
      roots[name] = { ...roots[name], [field.name.value]: resolver };
    }
  }
  return roots;
}

/**
 * The served schema with some root fields answered by the test instead, for doors of which only some rooms are needed:
 * what the test has no services for answers null.
 */
export function schemaWith(overrides: ResolverMap): GraphQLSchema {
  const sdl = loadSdl();
  const own = modules.map(({ resolvers }) => resolvers);
  const nodes = Object.assign({}, ...modules.map((module) => module.nodes ?? {})) as NonNullable<
    (typeof modules)[number]['nodes']
  >;
  const all: Record<string, Record<string, Resolver>> = {};
  const layers = [rootsOf(sdl, () => null), ...own, nodeModule(nodes).resolvers, overrides];
  for (const [type, fields] of layers.flatMap((layer) => Object.entries(layer))) {
    all[type] = { ...all[type], ...fields };
  }
  return buildSchema({ sdl, resolvers: [all], scalars, rules: permissions });
}

export function rootFields(schema: GraphQLSchema): string[] {
  return ['Query', 'Mutation'].flatMap((name) => {
    const type = schema.getType(name);
    return isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${name}.${field}`) : [];
  });
}
