import type { TransitionTable } from '../../lib/state-machine.ts';

export const REFERENCE_STATES = ['DRAFT', 'SUBMITTED', 'RETURNED', 'APPROVED', 'WITHDRAWN'] as const;
export type ReferenceState = (typeof REFERENCE_STATES)[number];

/**
 * Life of one version of an entry; a change of what it says brings it back to DRAFT. An approved one is never changed: a
 * later version takes its place.
 */
export const referenceTransitions: TransitionTable<ReferenceState> = {
  DRAFT: ['DRAFT', 'SUBMITTED', 'WITHDRAWN'],
  SUBMITTED: ['APPROVED', 'RETURNED', 'WITHDRAWN'],
  RETURNED: ['DRAFT', 'SUBMITTED', 'WITHDRAWN'],
  APPROVED: [],
  WITHDRAWN: [],
};

/** A version that is still in somebody's hands; there is one of a key at a time. */
export const OPEN: readonly ReferenceState[] = ['DRAFT', 'SUBMITTED', 'RETURNED'];
