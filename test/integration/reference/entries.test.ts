import { expect } from 'chai';
import fc from 'fast-check';
import { canTransition } from '../../../server/lib/state-machine.ts';
import { referenceTransitions, type ReferenceState } from '../../../server/modules/reference/entry.states.ts';
import type { NewEntry } from '../../../server/modules/reference/index.ts';
import { agencyViewer } from '../feed/feeds.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { codeOf, movingClock } from '../../support/doors.ts';
import { approved, checker, itemOf, maker, MARKET_LICENSE, personOf } from './reference.ts';

const POWER_ITEM = {
  kind: '行政许可',
  code: 'SC-001',
  name: '食品经营许可',
  legalBasis: '食品安全法第三十五条',
};

describe('entries of reference data', function () {
  this.timeout(120_000);
  let context: TestContext;
  const clock = movingClock('2026-11-25T04:00:00Z');

  before(async () => {
    context = await testContext({ clock });
  });
  after(() => context.close());

  let serial = 0;
  const draft = (changes: Partial<NewEntry> = {}): NewEntry => {
    serial += 1;
    return {
      kind: 'CODE',
      value: { list: 'license-kinds', text: `许可第${String(serial)}类` },
      effectiveFrom: '2026-12-01',
      ...changes,
    };
  };

  it('take only the steps of the table, and are never decided on by who had a hand in them', async () => {
    const { entries } = context.app.reference;
    const actors = [
      maker,
      personOf('other', 'CENTER_OPERATOR'),
      checker,
      personOf('second', 'CENTER_CHECKER'),
    ];
    // One person with both rights, as no account may have them: the rule does not rest on the roles.
    const both = personOf('both', 'SYSTEM');
    const act = fc.record({
      who: fc.constantFrom(...actors, both),
      what: fc.constantFrom('change', 'submit', 'withdraw', 'approve', 'return'),
    });
    const target = {
      change: 'DRAFT',
      submit: 'SUBMITTED',
      withdraw: 'WITHDRAWN',
      approve: 'APPROVED',
      return: 'RETURNED',
    } as const satisfies Record<string, ReferenceState>;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
        const input = draft();
        const { id } = await entries.propose(maker, input);
        let state: ReferenceState = 'DRAFT';
        let last = 'maker';
        const hands = new Set(['maker']);
        for (const { who, what } of acts) {
          const name = who.username ?? '';
          const to: ReferenceState = target[what];
          const decides = what === 'approve' || what === 'return';
          const allowed = who.can(decides ? 'reference:approve' : 'reference:propose');
          const repeat: boolean = what !== 'change' && state === to && last === name;
          const moves: boolean =
            allowed &&
            !repeat &&
            canTransition(referenceTransitions, state, to) &&
            !(decides && hands.has(name));
          const run = {
            change: () => entries.change(who, id, { ...input, reason: '补充' }),
            submit: () => entries.submit(who, id),
            withdraw: () => entries.withdraw(who, id),
            approve: () => entries.decide(who, id, true),
            return: () => entries.decide(who, id, false, '请核实'),
          }[what];
          const outcome = await run().then(
            () => 'done',
            () => 'refused',
          );
          expect(outcome, `${what} by ${name} in ${state}`).to.equal(
            moves || (allowed && repeat) ? 'done' : 'refused',
          );
          if (moves) {
            state = to;
            last = name;
            if (what !== 'return') hands.add(name);
          }
          const stored = await entries.get(maker, id);
          expect(stored.state).to.equal(state);
        }
        const { steps } = await entries.get(maker, id);
        const approval = steps.find((step) => step.state === 'APPROVED');
        if (approval) {
          expect(steps.at(-1)).to.deep.equal(approval);
          expect(
            steps
              .slice(0, -1)
              .filter((step) => step.state !== 'RETURNED')
              .map(({ by }) => by),
          ).not.to.include(approval.by);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('have one version in hand at a time, also of two that come at once', async () => {
    const { entries } = context.app.reference;
    const input = draft();
    const outcomes = await Promise.all(
      [1, 2, 3].map((n) =>
        entries.propose(maker, { ...input, mutationKey: `race-${String(n)}` }).then(
          ({ version }) => version,
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(outcomes.filter((one) => one === 1)).to.have.length(1);
    expect(outcomes.filter((one) => one === 'REFERENCE_OPEN')).to.have.length(2);
  });

  it('are made once for a key of the caller', async () => {
    const { entries } = context.app.reference;
    const input = { ...draft(), mutationKey: 'the-same' };
    const [one, two] = [await entries.propose(maker, input), await entries.propose(maker, input)];
    expect(two.id).to.equal(one.id);
  });

  it('follow each other with later days and never reach into the past', async () => {
    const { app } = context;
    const { entries } = app.reference;
    const input = draft();
    await approved(app, input);
    expect(await codeOf(entries.propose(maker, input))).to.equal('REFERENCE_DAY_BEFORE');
    expect(await codeOf(entries.propose(maker, draft({ effectiveFrom: '2026-11-24' })))).to.equal(
      'REFERENCE_DAY_PASSED',
    );
    const item = { kind: 'CATALOGUE', key: MARKET_LICENSE, value: itemOf(app, MARKET_LICENSE) } as const;
    // Rows of today were shown by the catalogue of today.
    expect(await codeOf(entries.propose(maker, { ...item, effectiveFrom: '2026-11-25' }))).to.equal(
      'REFERENCE_DAY_PASSED',
    );
    expect(await codeOf(entries.propose(maker, draft({ effectiveFrom: '2026-02-30' })))).to.equal(
      'REFERENCE_DAY_INVALID',
    );
    expect(await codeOf(entries.propose(maker, draft({ endedOn: '2026-11-30' })))).to.equal(
      'REFERENCE_END_INVALID',
    );
    const next = await entries.propose(maker, { ...input, effectiveFrom: '2026-12-02' });
    expect(next.version).to.equal(2);
  });

  it('whose day passed while they waited must be returned', async () => {
    const { entries } = context.app.reference;
    const { id } = await entries.propose(maker, draft({ effectiveFrom: '2026-11-25', submit: true }));
    clock.advance(86_400_000);
    expect(await codeOf(entries.decide(checker, id, true))).to.equal('REFERENCE_DAY_PASSED');
    expect((await entries.decide(checker, id, false, '生效日期已过')).state).to.equal('RETURNED');
    // A repeat of what was decided answers the same.
    expect((await entries.decide(checker, id, false)).state).to.equal('RETURNED');
  });

  for (const [what, input, code] of [
    [
      'a feed that is none',
      { kind: 'CATALOGUE', key: 'market/none', value: 'item' },
      'REFERENCE_FEED_UNKNOWN',
    ],
    [
      'an item without its basis',
      { kind: 'CATALOGUE', key: MARKET_LICENSE, value: { code: 'X1' } },
      'REFERENCE_VALUE_INVALID',
    ],
    [
      'a year that is none',
      { kind: 'HOLIDAY', key: '27', value: { off: [{ from: '2027-01-01', to: '2027-01-03' }], work: [] } },
      'REFERENCE_YEAR_INVALID',
    ],
    [
      'a rest that ends before it begins',
      { kind: 'HOLIDAY', key: '2027', value: { off: [{ from: '2027-01-03', to: '2027-01-01' }], work: [] } },
      'REFERENCE_REST_INVALID',
    ],
    [
      'rests that overlap',
      {
        kind: 'HOLIDAY',
        key: '2027',
        value: {
          off: [
            { from: '2027-01-01', to: '2027-01-03' },
            { from: '2027-01-03', to: '2027-01-05' },
          ],
          work: [],
        },
      },
      'REFERENCE_REST_INVALID',
    ],
    [
      'a working day in the week',
      {
        kind: 'HOLIDAY',
        key: '2027',
        value: { off: [{ from: '2027-01-01', to: '2027-01-03' }], work: ['2027-01-04'] },
      },
      'REFERENCE_WORKDAY_INVALID',
    ],
    [
      'a synonym of nothing',
      { kind: 'CODE', value: { list: 'license-kinds', text: '甲类', means: ['没有'] } },
      'REFERENCE_MEANING_UNKNOWN',
    ],
    [
      'a new state of a decision',
      { kind: 'CODE', value: { list: 'states', text: '新状态' } },
      'REFERENCE_MEANING_MISSING',
    ],
    [
      'an end of a calendar',
      {
        kind: 'HOLIDAY',
        key: '2027',
        value: { off: [{ from: '2027-01-01', to: '2027-01-03' }], work: [] },
        endedOn: '2027-12-31',
      },
      'REFERENCE_ENDLESS',
    ],
    ['a list of no agency', { kind: 'POWER', value: { items: [POWER_ITEM] } }, 'REFERENCE_AGENCY_MISSING'],
  ] as const) {
    it(`refuse ${what}`, async () => {
      const { app } = context;
      const value = input.value === 'item' ? itemOf(app, MARKET_LICENSE) : input.value;
      const entry = { effectiveFrom: '2026-12-20', ...input, value } as NewEntry;
      expect(await codeOf(app.reference.entries.propose(maker, entry))).to.equal(code);
    });
  }

  it('of an agency are its own to propose, the centre to check, and nobody else to see', async () => {
    const { app } = context;
    const { entries } = app.reference;
    const market = await agencyViewer(app, 'market');
    const tax = await agencyViewer(app, 'tax');
    const list = {
      kind: 'POWER',
      value: { items: [POWER_ITEM] },
      effectiveFrom: '2026-12-01',
      submit: true,
    } as const;
    const { id, agencyId } = await entries.propose(market, list);
    expect(agencyId).to.equal(market.organizationId);
    expect(await codeOf(entries.get(tax, id))).to.equal('REFERENCE_NOT_FOUND');
    expect(await codeOf(entries.withdraw(tax, id))).to.equal('REFERENCE_NOT_FOUND');
    expect(await codeOf(entries.propose(tax, { ...list, agencyId: agencyId ?? '' }))).to.equal(
      'REFERENCE_NOT_FOUND',
    );
    const inspection = { ...POWER_ITEM, kind: '行政检查' };
    const directory = { ...list, kind: 'DIRECTORY', value: { items: [POWER_ITEM, inspection] } } as const;
    expect(await codeOf(entries.propose(market, directory))).to.equal('REFERENCE_DIRECTORY_KIND');
    const twice = { ...list, agencyId: tax.organizationId ?? '', value: { items: [POWER_ITEM, POWER_ITEM] } };
    expect(await codeOf(entries.propose(maker, twice))).to.equal('REFERENCE_ITEM_TWICE');
    expect(await codeOf(entries.decide(market, id, true))).to.equal('FORBIDDEN');
    expect(await codeOf(entries.propose(market, draft()))).to.equal('FORBIDDEN');
    expect(await codeOf(entries.get(market, 'f'.repeat(24)))).to.equal('REFERENCE_NOT_FOUND');
    expect((await entries.page(tax, {}, { first: 10 })).nodes).to.deep.equal([]);
    expect(await codeOf(entries.page(tax, { agencyId: agencyId ?? '' }, { first: 10 }))).to.equal(
      'REFERENCE_NOT_FOUND',
    );
    const [mine] = (await entries.page(market, {}, { first: 10 })).nodes;
    expect(mine).to.include({ id, items: 1 }).and.not.to.have.property('value');
    expect((await entries.decide(checker, id, true)).state).to.equal('APPROVED');
    expect((await entries.get(market, id)).value).to.deep.equal(list.value);
    const auditor = personOf('auditor', 'AUDIT_ADMIN');
    const { nodes } = await app.audit.page(auditor, { first: 10 }, { object: `reference-entry:${id}` });
    expect(nodes.map(({ action }) => action)).to.deep.equal(['reference:approved', 'reference:submitted']);
  });
});
