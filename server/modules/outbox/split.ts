import type { CivilDate } from '../../lib/civil-date.ts';
import { assertTransition } from '../../lib/state-machine.ts';
import type { Lot } from './lot.model.ts';
import { outboxTransitions, type OutboxState } from './outbox.states.ts';

/** Where a member goes. Members with the same object go together. */
export interface Target {
  readonly state: OutboxState;
  readonly at: Date;
  readonly sends?: number;
  readonly tries?: number;
  readonly faults?: number;
  readonly most?: number;
  readonly code?: string;
  readonly message?: string;
  readonly local?: boolean;
  readonly day?: CivilDate;
  /** Token of a batch the members go out in. */
  readonly token?: string;
}

interface Group {
  readonly target: Target;
  readonly members: string[];
}

export interface Split {
  /** Members that stay as they are, in the lot as it is. */
  readonly stay: string[];
  /** What the lot itself becomes; absent when some members stay. */
  readonly inPlace?: Group;
  /** What moves to lots of its own. */
  readonly moved: readonly Group[];
}

/**
 * Parts a lot by where its members go. The largest part keeps the lot, so that the common case, all alike, moves nothing.
 * @param targetOf undefined: stays
 * @throws RuleError TRANSITION_REFUSED; a target of the same state only changes times and counts
 */
export function splitLot(
  lot: Pick<Lot, 'state' | 'members'>,
  targetOf: (member: string) => Target | undefined,
): Split {
  const stay: string[] = [];
  const groups = new Map<Target, string[]>();
  for (const member of lot.members) {
    const target = targetOf(member);
    if (!target) stay.push(member);
    else {
      const group = groups.get(target);
      if (group) group.push(member);
      else groups.set(target, [member]);
    }
  }
  const moved: Group[] = [];
  let inPlace: Group | undefined;
  for (const [target, members] of groups) {
    if (target.state !== lot.state) assertTransition(outboxTransitions, lot.state, target.state);
    const group = { target, members };
    if (stay.length > 0) moved.push(group);
    else if (!inPlace) inPlace = group;
    else if (inPlace.members.length < members.length) {
      moved.push(inPlace);
      inPlace = group;
    } else moved.push(group);
  }
  return { stay, moved, ...(inPlace ? { inPlace } : {}) };
}
