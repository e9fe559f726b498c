import { readdirSync, readFileSync } from 'node:fs';
import {
  buildASTSchema,
  concatAST,
  defaultFieldResolver,
  GraphQLObjectType,
  GraphQLScalarType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  Source,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { Rule } from '../auth/rules.ts';
import type { GraphqlContext } from './request-context.ts';
import type { ResolverMap } from './resolver.ts';

const SDL_FOLDER = new URL('../../schema/graphql/', import.meta.url);

/** All SDL files of the contract, one per module. */
export function loadSdl(): DocumentNode {
  return concatAST(
    readdirSync(SDL_FOLDER)
      .filter((name) => name.endsWith('.graphql'))
      .sort()
      .map((name) => parse(new Source(readFileSync(new URL(name, SDL_FOLDER), 'utf8'), name))),
  );
}

export interface SchemaParts {
  readonly sdl: DocumentNode;
  readonly resolvers: readonly ResolverMap[];
  readonly scalars: readonly GraphQLScalarType[];
  readonly rules: Readonly<Record<string, Rule>>;
}

function rootTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(
    (type) => type != null,
  );
}

function attachResolvers(schema: GraphQLSchema, maps: readonly ResolverMap[]): string[] {
  const faults: string[] = [];
  for (const [typeName, fields] of maps.flatMap((map) => Object.entries(map))) {
    const type = schema.getType(typeName);
    for (const [name, resolve] of Object.entries(fields)) {
      const field = isObjectType(type) ? type.getFields()[name] : undefined;
      if (!field) faults.push(`a resolver without field: ${typeName}.${name}`);
      else if (field.resolve) faults.push(`two resolvers for ${typeName}.${name}`);
      else field.resolve = resolve;
    }
  }
  return faults;
}

function attachScalars(schema: GraphQLSchema, scalars: readonly GraphQLScalarType[]): string[] {
  const faults: string[] = [];
  for (const scalar of scalars) {
    const type = schema.getType(scalar.name);
    if (!(type instanceof GraphQLScalarType)) faults.push(`a scalar the SDL does not have: ${scalar.name}`);
    else Object.assign(type, pickScalar(scalar));
  }
  const known = new Set(scalars.map(({ name }) => name));
  for (const type of Object.values(schema.getTypeMap())) {
    if (type instanceof GraphQLScalarType && !isSpecifiedScalarType(type) && !known.has(type.name)) {
      faults.push(`a scalar without code: ${type.name}`);
    }
  }
  return faults;
}

function pickScalar({ serialize, parseValue, parseLiteral }: GraphQLScalarType) {
  return { serialize, parseValue, parseLiteral };
}

/** Puts each root field behind its rule; one without rule or without resolver is a fault of the program. */
function guardRoots(schema: GraphQLSchema, rules: Readonly<Record<string, Rule>>): string[] {
  const faults: string[] = [];
  const unused = new Set(Object.keys(rules));
  for (const type of rootTypes(schema)) {
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
      const resolve = field.resolve;
      unused.delete(name);
      if (!rule) faults.push(`a root field without rule: ${name}`);
      if (!resolve) faults.push(`a root field without resolver: ${name}`);
      field.resolve = (parent, args, context: GraphqlContext, info) => {
        rule?.(context.viewer);
        return (resolve ?? defaultFieldResolver)(parent, args, context, info) as unknown;
      };
    }
  }
  return [...faults, ...[...unused].map((name) => `a rule without root field: ${name}`)];
}

/**
 * Makes the schema that is served.
 * @throws Error naming every gap between SDL, resolvers, scalars and rules: the server must not start with one
 */
export function buildSchema({ sdl, resolvers, scalars, rules }: SchemaParts): GraphQLSchema {
  const schema = buildASTSchema(sdl);
  const faults = [
    ...attachScalars(schema, scalars),
    ...attachResolvers(schema, resolvers),
    ...guardRoots(schema, rules),
  ];
  if (faults.length > 0) throw new Error(`the GraphQL schema is incomplete: ${faults.join('; ')}`);
  return schema;
}
