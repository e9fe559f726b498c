import type { Viewer } from '../auth/viewer.ts';
import type { AppContext } from '../context.ts';
import type { Logger } from '../lib/logger.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What every resolver gets. */
export interface GraphqlContext {
  readonly app: AppContext;
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly log: Logger;
  readonly loaders: Loaders;
}

export function requestContext(
  app: AppContext,
  request: { readonly viewer: Viewer; readonly requestId: string; readonly log: Logger },
): GraphqlContext {
  return { app, ...request, loaders: createLoaders(app) };
}
