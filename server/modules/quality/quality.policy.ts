import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import { NotFoundError } from '../../lib/errors.ts';

/** The centre and its supervisors see every agency. */
export function seesAll(viewer: Viewer): boolean {
  return viewer.can('quality:read-all');
}

/**
 * The agency a viewer's figures are narrowed to; undefined for all.
 * @throws ForbiddenError without `quality:read`; NotFoundError for another agency's
 */
export function agencyFor(viewer: Viewer, asked?: string): string | undefined {
  requirePermission(viewer, 'quality:read');
  if (seesAll(viewer)) return asked;
  const own = viewer.organizationId;
  if (own === undefined || (asked !== undefined && asked !== own))
    throw new NotFoundError('QUALITY_NOT_FOUND');
  return own;
}
