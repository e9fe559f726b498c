import { expect } from 'chai';
import { civilDate } from '../../../../../server/lib/civil-date.ts';
import {
  displayOf,
  loadDisplayRules,
  type Display,
  type Displayable,
  type DisplayRules,
} from '../../../../../server/modules/publication/display-rules.ts';

const rules = loadDisplayRules();
const decidedOn = civilDate('2025-01-02');
const penalty: Displayable = {
  feed: 'market/penalty',
  kind: 'PENALTY',
  counterpartKind: 'LEGAL_PERSON',
  penaltyKinds: ['罚款'],
  decidedOn,
  state: 'VALID',
  fields: {},
};
const license: Displayable = {
  ...penalty,
  feed: 'market/license',
  kind: 'LICENSE',
  penaltyKinds: [],
};

const until = (text: string, from = decidedOn): Display => ({ shown: true, from, until: civilDate(text) });
const never = (reason: Extract<Display, { shown: false }>['reason']): Display => ({ shown: false, reason });

const CASES: readonly (readonly [name: string, record: Displayable, display: Display])[] = [
  ['a firm’s penalty for three years', penalty, until('2028-01-02')],
  ['a firm’s licence for three years', license, until('2028-01-02')],
  [
    'an individual business like a firm',
    { ...penalty, counterpartKind: 'INDIVIDUAL_BUSINESS' },
    until('2028-01-02'),
  ],
  [
    'until 公示截止期 where there is one',
    { ...penalty, publicUntil: civilDate('2025-04-02') },
    until('2025-04-02'),
  ],
  [
    'until 公示截止期 also beyond three years',
    { ...license, publicUntil: civilDate('2099-12-31') },
    until('2099-12-31'),
  ],
  ['no natural person’s penalty', { ...penalty, counterpartKind: 'NATURAL_PERSON' }, never('NATURAL_PERSON')],
  [
    'no natural person’s penalty even with 公示截止期',
    { ...penalty, counterpartKind: 'NATURAL_PERSON', publicUntil: civilDate('2030-01-01') },
    never('NATURAL_PERSON'),
  ],
  ['a natural person’s licence', { ...license, counterpartKind: 'NATURAL_PERSON' }, until('2028-01-02')],
  ['no warning', { ...penalty, penaltyKinds: ['警告'] }, never('WARNING_ONLY')],
  ['no 通报批评', { ...penalty, penaltyKinds: ['通报批评'] }, never('WARNING_ONLY')],
  ['neither of both', { ...penalty, penaltyKinds: ['通报批评', '警告'] }, never('WARNING_ONLY')],
  ['a warning with a fine', { ...penalty, penaltyKinds: ['警告', '罚款'] }, until('2028-01-02')],
  ['a penalty of another kind', { ...penalty, penaltyKinds: ['其他-责令改正'] }, until('2028-01-02')],
  ['no revoked decision', { ...license, state: 'REVOKED' }, never('REVOKED')],
  ['what may be used in public', { ...license, fields: { useScope: '0' } }, until('2028-01-02')],
  ['nothing of a narrower use', { ...license, fields: { useScope: '1' } }, never('NOT_FOR_PUBLIC')],
  [
    'a decision of 29 February to the end of February',
    { ...license, decidedOn: civilDate('2024-02-29') },
    until('2027-02-28', civilDate('2024-02-29')),
  ],
];

describe('display rules', () => {
  for (const [name, record, display] of CASES) {
    it(`show ${name}`, () => {
      expect(displayOf(record, rules)).to.deep.equal(display);
    });
  }

  it('take of several periods the latest that had begun on the day of the decision', () => {
    const periods: DisplayRules['periods'] = [
      { kind: 'PENALTY', decidedFrom: civilDate('2025-01-02'), years: 1 },
      { kind: 'PENALTY', decidedFrom: civilDate('1949-10-01'), years: 3 },
      { kind: 'PENALTY', decidedFrom: civilDate('2026-01-01'), years: 5 },
    ];
    const of = (day: string): Display =>
      displayOf({ ...penalty, decidedOn: civilDate(day) }, { ...rules, periods });
    expect(of('2025-01-01')).to.deep.equal(until('2028-01-01', civilDate('2025-01-01')));
    expect(of('2025-01-02')).to.deep.equal(until('2026-01-02'));
    expect(of('2026-01-01')).to.deep.equal(until('2031-01-01', civilDate('2026-01-01')));
  });
});
