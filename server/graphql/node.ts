import { ForbiddenError, InputError, NotFoundError, UnauthenticatedError } from '../lib/errors.ts';
import { parseGlobalId } from './global-id.ts';
import type { GraphqlContext } from './request-context.ts';
import type { GraphqlModule, NodeLoader } from './resolver.ts';

const MAX_NODES = 100;

function hidden(error: unknown): boolean {
  return (
    error instanceof NotFoundError || error instanceof ForbiddenError || error instanceof UnauthenticatedError
  );
}

/** `node` and `nodes`: null for what is not there, not the viewer's, or no id at all; nobody can tell which. */
export function nodeModule(loaders: Readonly<Record<string, NodeLoader>>): GraphqlModule {
  const load = async (context: GraphqlContext, id: string): Promise<object | null> => {
    const parsed = parseGlobalId(id);
    const loader = parsed && Object.hasOwn(loaders, parsed.type) ? loaders[parsed.type] : undefined;
    if (!parsed || !loader) return null;
    try {
      const found = await loader(context, parsed.key);
      return found ? { ...(found as object), __typename: parsed.type } : null;
    } catch (error) {
      if (hidden(error)) return null;
      throw error;
    }
  };
  return {
    resolvers: {
      Query: {
        node: (_root, { id }: { id: string }, context) => load(context, id),
        nodes(_root, { ids }: { ids: string[] }, context) {
          if (ids.length > MAX_NODES) throw new InputError(['ids'], 'TOO_MANY_NODES', { max: MAX_NODES });
          return Promise.all(ids.map((id) => load(context, id)));
        },
      },
    },
  };
}
