import type { GraphqlModule } from '../resolver.ts';

export const baseModule: GraphqlModule = {
  resolvers: { Mutation: { ping: () => true } },
};
