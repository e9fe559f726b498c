import type { TransitionTable } from '../../lib/state-machine.ts';

export const ORDER_STATES = ['ISSUED', 'REPLIED', 'RETURNED', 'CLOSED'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** Life of a supervision order 督办单. Overdue is no state: it is told from the due day while a reply is awaited. */
export const orderTransitions: TransitionTable<OrderState> = {
  ISSUED: ['REPLIED'],
  REPLIED: ['CLOSED', 'RETURNED'],
  RETURNED: ['REPLIED'],
  CLOSED: [],
};

/** The agency has to reply. */
export const AWAITING: readonly OrderState[] = ['ISSUED', 'RETURNED'];
