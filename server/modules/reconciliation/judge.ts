import type { CivilDate } from '../../lib/civil-date.ts';
import type { Fate } from '../outbox/index.ts';

export const DIFFERENCE_KINDS = ['MISSING_THERE', 'MISSING_HERE', 'DIFFERENT'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** A record as found by its key on both sides, whatever the day. */
export interface Suspect {
  /** What the platform holds now. */
  readonly there?: { readonly contentHash: string; readonly day: CivilDate };
  /** Its revisions that were put in for the platform, with their content. */
  readonly revisions: readonly (Fate & { readonly contentHash: string })[];
  /** The newest revision stored; 0 for a record that is not. */
  readonly currentRevision: number;
}

/**
 * SAME: no difference after all. IN_FLIGHT: not settled yet, left out on both sides. `repair` is the revision that
 * would mend it when it is sent again.
 */
export type Verdict =
  | { readonly kind: 'SAME' | 'IN_FLIGHT' }
  | { readonly kind: DifferenceKind; readonly revision?: number; readonly repair?: number };

const OPEN = new Set(['SENDING', 'SENT']);
const UNSENT = new Set(['PENDING', 'RETRY']);

/** What we believe the platform holds: the last revision it accepted. */
export function heldRevision<T extends Fate>(revisions: readonly T[]): T | undefined {
  return revisions
    .filter(({ state }) => state === 'CONFIRMED')
    .reduce<T | undefined>((last, fate) => (last && last.revision > fate.revision ? last : fate), undefined);
}

/**
 * Decides on a record that looked different in a comparison. Both sides are looked at anew, the platform first: the
 * difference may have gone while the comparison ran, and the same content under another day is none.
 * @param askedAt when the platform was asked; what was accepted after that says nothing
 */
export function judge({ there, revisions, currentRevision }: Suspect, askedAt: Date): Verdict {
  const here = heldRevision(revisions);
  if (revisions.some(({ state }) => OPEN.has(state)) || (here && here.at > askedAt)) {
    return { kind: 'IN_FLIGHT' };
  }
  if (!here && !there) return { kind: 'SAME' };
  if (there) {
    if (here?.contentHash === there.contentHash) return { kind: 'SAME' };
    const coming = revisions.some((fate) => UNSENT.has(fate.state) && fate.contentHash === there.contentHash);
    if (coming) return { kind: 'IN_FLIGHT' };
  }
  if (!here) return { kind: 'MISSING_HERE' };
  const repair = here.revision === currentRevision ? { repair: here.revision } : {};
  if (!there) return { kind: 'MISSING_THERE', revision: here.revision, ...repair };
  const older = revisions.some(
    ({ revision, contentHash }) => revision < here.revision && contentHash === there.contentHash,
  );
  return { kind: 'DIFFERENT', revision: here.revision, ...(older ? repair : {}) };
}
