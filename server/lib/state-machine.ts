import { RuleError } from './errors.ts';

/** For every state the states it may go to; what is not listed is refused. */
export type TransitionTable<S extends string> = Readonly<Record<S, readonly S[]>>;

export function canTransition<S extends string>(table: TransitionTable<S>, from: S, to: S): boolean {
  return table[from].includes(to);
}

/** @throws RuleError TRANSITION_REFUSED with both states */
export function assertTransition<S extends string>(table: TransitionTable<S>, from: S, to: S): void {
  if (!canTransition(table, from, to)) throw new RuleError('TRANSITION_REFUSED', { from, to });
}
