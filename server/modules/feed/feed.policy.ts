import { requirePermission, type Viewer } from '../../auth/viewer.ts';
import { ForbiddenError, NotFoundError } from '../../lib/errors.ts';

/** The centre and the program itself work for every agency. */
export function worksForAll(viewer: Viewer): boolean {
  return viewer.can('feed:upload-any');
}

/**
 * Whether the viewer may report for this agency and sector.
 * @throws ForbiddenError without `feed:upload`; NotFoundError FEED_UNKNOWN for a sector that is not its agency's
 */
export function requireUpload(viewer: Viewer, feed: { sector: string; agencyId: string }): void {
  requirePermission(viewer, 'feed:upload');
  if (worksForAll(viewer)) return;
  const own = viewer.organizationId === feed.agencyId && viewer.sectors.includes(feed.sector);
  if (!own) throw new NotFoundError('FEED_UNKNOWN');
}

/** @throws ForbiddenError without `feed:import-history` */
export function requireHistory(viewer: Viewer): void {
  if (!viewer.can('feed:import-history'))
    throw new ForbiddenError('FORBIDDEN', { permission: 'feed:import-history' });
}

/** A batch is its agency's and the centre's. */
export function canReadBatch(viewer: Viewer, agencyId: string): boolean {
  return viewer.can('feed:read') && (worksForAll(viewer) || viewer.organizationId === agencyId);
}
