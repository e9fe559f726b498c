import { expect } from 'chai';
import { RuleError } from '../../../../server/lib/errors.ts';
import { assertTransition, type TransitionTable } from '../../../../server/lib/state-machine.ts';

describe('assertTransition', () => {
  const table: TransitionTable<'DRAFT' | 'SENT' | 'DONE'> = {
    DRAFT: ['SENT'],
    SENT: ['DONE', 'DRAFT'],
    DONE: [],
  };
  const states = ['DRAFT', 'SENT', 'DONE'] as const;
  const allowed = new Set(['DRAFT SENT', 'SENT DONE', 'SENT DRAFT']);

  for (const from of states) {
    for (const to of states) {
      const pass = allowed.has(`${from} ${to}`);
      it(`${pass ? 'allows' : 'refuses'} ${from} to ${to}`, () => {
        const move = () => assertTransition(table, from, to);
        if (pass) expect(move).not.to.throw();
        else expect(move).to.throw(RuleError).with.deep.property('params', { from, to });
      });
    }
  }
});
