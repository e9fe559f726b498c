import type { GraphQLResolveInfo } from 'graphql';
import type { GraphqlContext } from './request-context.ts';

// Parents and arguments differ per field and the schema has checked them; the resolvers name what they take.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Resolver = (parent: any, args: any, context: GraphqlContext, info: GraphQLResolveInfo) => unknown;

/** Type → field → resolver; fields without one answer the property of their name. */
export type ResolverMap = Readonly<Record<string, Readonly<Record<string, Resolver>>>>;

/**
 * Finds an object for `node(id)`. Answers undefined, or throws NotFoundError or ForbiddenError, when the viewer may
 * not see it; the caller cannot tell these apart.
 */
export type NodeLoader = (context: GraphqlContext, key: string) => unknown;

/** What one module brings to the schema. */
export interface GraphqlModule {
  readonly resolvers: ResolverMap;
  /** By type name; one for every type that implements Node. */
  readonly nodes?: Readonly<Record<string, NodeLoader>>;
}
