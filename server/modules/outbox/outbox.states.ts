import type { TransitionTable } from '../../lib/state-machine.ts';

export const OUTBOX_STATES = [
  'PENDING',
  'SENDING',
  'SENT',
  'CONFIRMED',
  'REFUSED',
  'RETRY',
  'DEAD',
  'SUPERSEDED',
] as const;

export type OutboxState = (typeof OUTBOX_STATES)[number];

/**
 * Life of an item. SENDING lasts until the platform's word on the item is known, however often it has to be asked;
 * SENT waits for a receipt that was announced. SENDING → SUPERSEDED is an item found out of date before it left;
 * REFUSED → SUPERSEDED only one that was refused by our own check and never left; CONFIRMED → PENDING only by the
 * repair of a reconciliation, when the platform has lost the item.
 */
export const outboxTransitions: TransitionTable<OutboxState> = {
  PENDING: ['SENDING', 'SUPERSEDED'],
  SENDING: ['SENT', 'CONFIRMED', 'REFUSED', 'RETRY', 'DEAD', 'SUPERSEDED'],
  SENT: ['CONFIRMED', 'REFUSED', 'RETRY', 'DEAD'],
  RETRY: ['SENDING', 'SUPERSEDED'],
  DEAD: ['PENDING', 'SUPERSEDED'],
  REFUSED: ['SUPERSEDED'],
  CONFIRMED: ['PENDING'],
  SUPERSEDED: [],
};

/** States in which the platform may be at work on the item: a newer revision has to wait. */
export const IN_FLIGHT: ReadonlySet<OutboxState> = new Set<OutboxState>(['SENDING', 'SENT']);
