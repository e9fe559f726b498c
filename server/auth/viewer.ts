import { ForbiddenError, UnauthenticatedError } from '../lib/errors.ts';
import { ANONYMOUS_PERMISSIONS, permissionsOf, type Permission, type Role } from './roles.ts';

export interface Viewer {
  readonly kind: 'account' | 'client' | 'system' | 'anonymous';
  readonly accountId?: string;
  readonly username?: string;
  readonly organizationId?: string;
  readonly organizationUscc?: string;
  readonly roles: readonly Role[];
  /** Slugs of the sectors of the viewer's agency. */
  readonly sectors: readonly string[];
  /** The login session the request belongs to; accounts only. */
  readonly sessionId?: string;
  /** A member of staff who must set up the second factor first: logged in, and nothing more. */
  readonly needsSecondFactor?: boolean;
  can(permission: Permission): boolean;
}

export type ViewerFields = Omit<Viewer, 'can'>;

export function makeViewer(fields: ViewerFields): Viewer {
  const granted = fields.kind === 'anonymous' ? ANONYMOUS_PERMISSIONS : permissionsOf(fields.roles);
  return Object.freeze({ ...fields, can: (permission: Permission) => granted.has(permission) });
}

export const anonymousViewer: Viewer = makeViewer({ kind: 'anonymous', roles: [], sectors: [] });

/** Jobs and the command line of the machine's owner. */
export const systemViewer: Viewer = makeViewer({
  kind: 'system',
  username: 'system',
  roles: ['SYSTEM'],
  sectors: [],
});

/** How the audit trail names a viewer. */
export function actorOf(viewer: Viewer): string {
  switch (viewer.kind) {
    case 'account':
      return `account:${viewer.accountId ?? ''}`;
    case 'client':
      return `client:${viewer.accountId ?? ''}`;
    default:
      return viewer.kind;
  }
}

/**
 * The first gate of every use case.
 * @throws UnauthenticatedError for nobody in particular, ForbiddenError for somebody without the right
 */
export function requirePermission(viewer: Viewer, permission: Permission): void {
  if (viewer.can(permission)) return;
  if (viewer.kind === 'anonymous') throw new UnauthenticatedError('UNAUTHENTICATED');
  throw new ForbiddenError('FORBIDDEN', { permission });
}
