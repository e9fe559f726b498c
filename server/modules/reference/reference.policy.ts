import { actorOf, requirePermission, type Viewer } from '../../auth/viewer.ts';
import { ForbiddenError, NotFoundError, RuleError } from '../../lib/errors.ts';
import type { ReferenceEntryDoc } from './entry.model.ts';
import { AGENCY_KINDS, type ReferenceKind } from './reference.types.ts';

/** The centre sees all of it; an agency its own lists. */
export function seesAll(viewer: Viewer): boolean {
  return viewer.can('reference:propose') || viewer.can('reference:approve');
}

/** @throws NotFoundError for what a viewer may not know of; ForbiddenError without `reference:read` */
export function requireSight(viewer: Viewer, entry: Pick<ReferenceEntryDoc, 'agencyId'>): void {
  requirePermission(viewer, 'reference:read');
  if (seesAll(viewer)) return;
  if (viewer.organizationId === undefined || entry.agencyId?.toHexString() !== viewer.organizationId)
    throw new NotFoundError('REFERENCE_NOT_FOUND');
}

/**
 * Who may enter and change an entry: the centre any, an agency its own lists.
 * @throws ForbiddenError; NotFoundError for another agency's
 */
export function requirePropose(viewer: Viewer, kind: ReferenceKind, agencyId: string | undefined): void {
  if (viewer.can('reference:propose')) return;
  requirePermission(viewer, 'reference:propose-own');
  if (!AGENCY_KINDS.includes(kind))
    throw new ForbiddenError('FORBIDDEN', { permission: 'reference:propose' });
  if (agencyId === undefined || agencyId !== viewer.organizationId)
    throw new NotFoundError('REFERENCE_NOT_FOUND');
}

/** Nobody decides on what they had a hand in. @throws RuleError REFERENCE_OWN; ForbiddenError */
export function requireDecide(viewer: Viewer, entry: Pick<ReferenceEntryDoc, 'steps'>): void {
  requirePermission(viewer, 'reference:approve');
  const actor = actorOf(viewer);
  if (entry.steps.some(({ by, state }) => by === actor && state !== 'RETURNED'))
    throw new RuleError('REFERENCE_OWN');
}
