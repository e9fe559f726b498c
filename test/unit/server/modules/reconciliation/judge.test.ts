import { expect } from 'chai';
import type { CivilDate } from '../../../../../server/lib/civil-date.ts';
import type { OutboxState } from '../../../../../server/modules/outbox/index.ts';
import { judge, type Verdict } from '../../../../../server/modules/reconciliation/judge.ts';

const ASKED = new Date('2026-03-02T10:00:00Z');
const EARLIER = new Date('2026-03-02T09:00:00Z');
const LATER = new Date('2026-03-02T10:00:01Z');

/** Revision n has the content `c<n>`; states in the order of the revisions. */
function verdict(states: readonly OutboxState[], there?: string, at = EARLIER): Verdict {
  const revisions = states.map((state, i) => ({
    revision: i + 1,
    state,
    at,
    contentHash: `c${String(i + 1)}`,
  }));
  const held = there === undefined ? {} : { there: { contentHash: there, day: '2026-03-01' as CivilDate } };
  return judge({ revisions, currentRevision: states.length, ...held }, ASKED);
}

describe('judge', () => {
  const cases: [string, readonly OutboxState[], string | undefined, Verdict][] = [
    ['held alike', ['CONFIRMED'], 'c1', { kind: 'SAME' }],
    ['on neither side', ['PENDING'], undefined, { kind: 'SAME' }],
    ['lost there', ['CONFIRMED'], undefined, { kind: 'MISSING_THERE', revision: 1, repair: 1 }],
    [
      'lost there, a newer one waits',
      ['CONFIRMED', 'PENDING'],
      undefined,
      { kind: 'MISSING_THERE', revision: 1 },
    ],
    [
      'lost there, the newer one was refused',
      ['CONFIRMED', 'REFUSED'],
      undefined,
      { kind: 'MISSING_THERE', revision: 1 },
    ],
    ['unknown here', [], 'c1', { kind: 'MISSING_HERE' }],
    ['given up here, yet held there', ['DEAD'], 'c1', { kind: 'MISSING_HERE' }],
    ['to be tried again here, yet held there', ['RETRY'], 'c1', { kind: 'IN_FLIGHT' }],
    ['on its way', ['SENDING'], 'c1', { kind: 'IN_FLIGHT' }],
    ['a newer one on its way', ['CONFIRMED', 'SENT'], 'c2', { kind: 'IN_FLIGHT' }],
    ['back at an older one', ['CONFIRMED', 'CONFIRMED'], 'c1', { kind: 'DIFFERENT', revision: 2, repair: 2 }],
    [
      'back at one that a newer one replaced',
      ['SUPERSEDED', 'CONFIRMED'],
      'c1',
      { kind: 'DIFFERENT', revision: 2, repair: 2 },
    ],
    ['a content that is not ours', ['CONFIRMED'], 'forged', { kind: 'DIFFERENT', revision: 1 }],
    ['a refused content in force', ['CONFIRMED', 'REFUSED'], 'c2', { kind: 'DIFFERENT', revision: 1 }],
  ];
  for (const [name, states, there, expected] of cases) {
    it(`${name}: ${expected.kind}`, () => {
      expect(verdict(states, there)).to.deep.equal(expected);
    });
  }

  it('draws nothing from what was accepted after the platform was asked', () => {
    expect(verdict(['CONFIRMED'], undefined, LATER)).to.deep.equal({ kind: 'IN_FLIGHT' });
  });
});
