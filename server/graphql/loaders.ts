import DataLoader from 'dataloader';
import type { AppContext } from '../context.ts';
import type { Organization } from '../modules/organization/index.ts';
import type { PublicationWindow } from '../modules/publication/index.ts';

/** One set per request: what a page names many times is read once. */
export interface Loaders {
  readonly organization: DataLoader<string, Organization | undefined>;
  /** By record id. */
  readonly publicationWindow: DataLoader<string, PublicationWindow | undefined>;
}

export function createLoaders(app: Pick<AppContext, 'organizations' | 'publications'>): Loaders {
  return {
    organization: new DataLoader((ids) => Promise.all(ids.map((id) => app.organizations.byId(id)))),
    publicationWindow: new DataLoader(async (ids) => {
      const windows = await app.publications.windowsOf(ids);
      return ids.map((id) => windows.get(id));
    }),
  };
}
