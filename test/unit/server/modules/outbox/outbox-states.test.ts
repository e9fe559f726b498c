import { expect } from 'chai';
import { canTransition } from '../../../../../server/lib/state-machine.ts';
import { OUTBOX_STATES, outboxTransitions } from '../../../../../server/modules/outbox/outbox.states.ts';

const ALLOWED = new Set([
  'PENDING SENDING',
  'PENDING SUPERSEDED',
  'SENDING SENT',
  'SENDING CONFIRMED',
  'SENDING REFUSED',
  'SENDING RETRY',
  'SENDING DEAD',
  'SENDING SUPERSEDED',
  'SENT CONFIRMED',
  'SENT REFUSED',
  'SENT RETRY',
  'SENT DEAD',
  'RETRY SENDING',
  'RETRY SUPERSEDED',
  'CONFIRMED PENDING',
  'DEAD PENDING',
  'DEAD SUPERSEDED',
  'REFUSED SUPERSEDED',
]);

describe('outboxTransitions', () => {
  for (const from of OUTBOX_STATES) {
    for (const to of OUTBOX_STATES) {
      const allowed = ALLOWED.has(`${from} ${to}`);
      it(`${allowed ? 'lets' : 'does not let'} ${from} become ${to}`, () => {
        expect(canTransition(outboxTransitions, from, to)).to.equal(allowed);
      });
    }
  }
});
