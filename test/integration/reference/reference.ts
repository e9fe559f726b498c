import type { Role } from '../../../server/auth/roles.ts';
import { makeViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import type { NewEntry, ReferenceEntry } from '../../../server/modules/reference/index.ts';

export function personOf(name: string, role: Role, organizationId?: string): Viewer {
  return makeViewer({
    kind: 'account',
    accountId: name,
    username: name,
    roles: [role],
    sectors: [],
    ...(organizationId === undefined ? {} : { organizationId }),
  });
}

export const maker = personOf('maker', 'CENTER_OPERATOR');
export const checker = personOf('checker', 'CENTER_CHECKER');

export const MARKET_LICENSE = 'market/license';

/** The catalogue item of a feed with changes, as it would be entered. */
export function itemOf(app: AppContext, path: string, changes: object = {}): object {
  return { ...app.sectors.feedOf(path)?.catalogue, ...changes };
}

/** Entered, handed over and approved. */
export async function approved(app: AppContext, entry: NewEntry): Promise<ReferenceEntry> {
  const { id } = await app.reference.entries.propose(maker, { ...entry, submit: true });
  return app.reference.entries.decide(checker, id, true);
}
