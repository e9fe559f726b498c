import { expect } from 'chai';
import fc from 'fast-check';
import { RuleError } from '../../../../../server/lib/errors.ts';
import { OUTBOX_STATES, outboxTransitions } from '../../../../../server/modules/outbox/outbox.states.ts';
import { splitLot, type Target } from '../../../../../server/modules/outbox/split.ts';

const AT = new Date('2026-03-02T00:00:00Z');
const to = (state: Target['state']): Target => ({ state, at: AT });

describe('splitLot', () => {
  const members = ['a:1', 'b:1', 'c:1', 'd:1'];

  it('keeps the lot whole when all fare alike', () => {
    const target = to('CONFIRMED');
    const { stay, inPlace, moved } = splitLot({ state: 'SENDING', members }, () => target);
    expect({ stay, inPlace, moved }).to.deep.equal({ stay: [], inPlace: { target, members }, moved: [] });
  });

  it('leaves the lot to the largest part', () => {
    const [good, bad] = [to('CONFIRMED'), to('REFUSED')];
    const { inPlace, moved } = splitLot({ state: 'SENDING', members }, (member) =>
      member === 'a:1' ? bad : good,
    );
    expect(inPlace?.target).to.equal(good);
    expect(moved).to.deep.equal([{ target: bad, members: ['a:1'] }]);
  });

  it('leaves the lot to what stays, however small', () => {
    const good = to('CONFIRMED');
    const { stay, inPlace, moved } = splitLot({ state: 'SENDING', members }, (m) =>
      m === 'a:1' ? undefined : good,
    );
    expect({ stay, inPlace }).to.deep.equal({ stay: ['a:1'], inPlace: undefined });
    expect(moved).to.have.length(1);
  });

  it('refuses what the table does not list', () => {
    const target = to('SENDING');
    expect(() => splitLot({ state: 'CONFIRMED', members }, () => target)).to.throw(
      RuleError,
      'TRANSITION_REFUSED',
    );
  });

  it('loses and doubles no member', () => {
    const state = fc.constantFrom(...OUTBOX_STATES);
    fc.assert(
      fc.property(state, fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }), (from, choices) => {
        const targets = [undefined, ...outboxTransitions[from].map(to)];
        const all = choices.map((_, i) => `m${String(i)}:1`);
        const targetOf = (member: string) => targets[(choices[all.indexOf(member)] ?? 0) % targets.length];
        const { stay, inPlace, moved } = splitLot({ state: from, members: all }, targetOf);
        const parts = [{ target: undefined, members: stay }, ...(inPlace ? [inPlace] : []), ...moved];
        expect(parts.flatMap((part) => part.members).sort()).to.deep.equal([...all].sort());
        for (const part of parts)
          for (const member of part.members) expect(targetOf(member)).to.equal(part.target);
      }),
    );
  });
});
