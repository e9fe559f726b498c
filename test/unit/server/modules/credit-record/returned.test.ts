import { expect } from 'chai';
import fc from 'fast-check';
import { Types } from 'mongoose';
import { loadCalendar } from '../../../../../server/lib/calendar.ts';
import { civilDate } from '../../../../../server/lib/civil-date.ts';
import { createCipher } from '../../../../../server/lib/field-cipher.ts';
import type { CreditRecordDoc } from '../../../../../server/modules/credit-record/credit-record.model.ts';
import type { RecordDraft } from '../../../../../server/modules/credit-record/index.ts';
import { planUpsert, type UpsertPlan } from '../../../../../server/modules/credit-record/plan-upsert.ts';
import { standingRepair } from '../../../../../server/modules/credit-record/repairs.ts';
import { Deadlines, prepareRows } from '../../../../../server/modules/credit-record/upsert.ts';
import { getFeed } from '../../../../../server/modules/template/index.ts';

const cipher = createCipher({ fieldKey: 'field-key', hashKey: 'hash-key' });
const deps = { cipher, deadlines: new Deadlines(loadCalendar()), now: new Date('2025-01-20T02:00:00Z') };
const receivedAt = new Date('2025-01-20T01:00:00Z');
const COMMERCE = getFeed('commerce/honor').sector.agencyUscc;
const ELSEWHERE = '12629900MB0X091011';
const AGENCY = '0123456789abcdef01234567';
const PROVINCE = 'f'.repeat(24);
const NATION = 'e'.repeat(24);

type Store = ReadonlyMap<string, CreditRecordDoc>;

function penalty(changes: Partial<RecordDraft> = {}): RecordDraft {
  return {
    feed: 'market/penalty',
    kind: 'PENALTY',
    counterpartKind: 'LEGAL_PERSON',
    counterpartName: '示例商贸有限公司',
    uscc: '91620300MA7B2C3D9Y',
    documentNumber: '示字1号',
    authorityName: '示例局',
    authorityCode: '11620300MA7B2C3D97',
    // The last working day for it is 2025-01-13: received on the 20th it is late.
    decidedOn: civilDate('2025-01-02'),
    state: 'VALID',
    penaltyKinds: ['罚款'],
    fields: { content: '罚款', sourceName: '示例局' },
    personal: {},
    generation: 'g3',
    ...changes,
  };
}

function honor(feed: string, fields: Record<string, string> = {}, authorityCode = COMMERCE): RecordDraft {
  return penalty({
    feed,
    kind: 'HONOR',
    penaltyKinds: [],
    authorityCode,
    fields: { title: '诚信示范企业', decidedOn: '2025-01-02', authorityCode, ...fields },
  });
}

function plan(drafts: readonly RecordDraft[], stored: Store, agencyId: string): UpsertPlan {
  const rows = prepareRows(
    drafts.map((draft, i) => ({ seq: i + 1, draft, receivedAt })),
    cipher,
  );
  const [sector = ''] = (drafts[0]?.feed ?? '').split('/');
  return planUpsert({ batchId: new Types.ObjectId().toHexString(), agencyId, sector, rows }, stored, deps);
}

function after({ inserts, updates }: UpsertPlan, before: Store = new Map()): Map<string, CreditRecordDoc> {
  const records = new Map([...before.values()].map((doc) => [doc._id.toHexString(), doc]));
  for (const doc of inserts as CreditRecordDoc[]) records.set(doc._id.toHexString(), doc);
  for (const { id, update } of updates) {
    const gone = Object.keys(update.$unset ?? {});
    const whole = { ...records.get(id.toHexString()), ...(update.$set as object) };
    const kept = Object.entries(whole).filter(([name]) => !gone.includes(name));
    records.set(id.toHexString(), Object.fromEntries(kept) as unknown as CreditRecordDoc);
  }
  return new Map([...records.values()].map((doc) => [doc.naturalKey, doc]));
}

const outcomes = ({ results }: UpsertPlan): string[] => results.map(({ outcome }) => outcome);
const only = (store: Store): CreditRecordDoc => {
  expect([...store.values()]).to.have.length(1);
  return [...store.values()][0] as CreditRecordDoc;
};

describe('rows from above', () => {
  it('are kept with their origin, never late, and counted for no agency', () => {
    const made = plan([penalty({ feed: 'upstream/penalty' })], new Map(), PROVINCE);
    expect(outcomes(made)).to.deep.equal(['INSERTED']);
    expect(made.counted).to.deep.equal([]);
    expect(made.changes[0]).to.deep.include({ origin: 'PROVINCE', sector: 'upstream' });
    expect(only(after(made))).to.deep.include({ origin: 'PROVINCE', late: false });
    const again = after(made);
    expect(outcomes(plan([penalty({ feed: 'upstream/penalty' })], again, PROVINCE))).to.deep.equal([
      'UNCHANGED',
    ]);
    const changed = plan(
      [penalty({ feed: 'upstream/penalty', fields: { content: '减轻' } })],
      again,
      PROVINCE,
    );
    expect(outcomes(changed)).to.deep.equal(['UPDATED']);
    expect(changed.counted).to.deep.equal([]);
    expect(only(after(changed, again))).to.deep.include({ origin: 'PROVINCE', late: false, revision: 2 });
  });

  it('are recognised as ours, and what they say otherwise is told', () => {
    const stored = after(plan([penalty()], new Map(), AGENCY));
    const same = plan(
      [penalty({ feed: 'upstream/penalty', fields: { content: '罚款', sourceName: '省中心' } })],
      stored,
      PROVINCE,
    );
    expect(same.results[0]).to.deep.include({
      outcome: 'UNCHANGED',
      recordId: only(stored)._id.toHexString(),
      returned: [],
    });
    expect([same.inserts, same.updates, same.changes, same.counted]).to.deep.equal([[], [], [], []]);
    const other = plan(
      [penalty({ feed: 'upstream/penalty', fields: { content: '罚款5000元', facts: '' } })],
      stored,
      PROVINCE,
    );
    expect(other.results[0]).to.deep.include({ outcome: 'UNCHANGED', returned: ['content'] });
    expect(other.findings[0]?.there).to.deep.equal({ content: '罚款5000元' });
    expect([other.inserts, other.updates, other.changes]).to.deep.equal([[], [], []]);
  });

  it('of a kind without a national template are recognised under the feed of the agency that decided', () => {
    const stored = after(plan([honor('commerce/honor')], new Map(), AGENCY));
    expect(outcomes(plan([honor('upstream/honor')], stored, PROVINCE))).to.deep.equal(['UNCHANGED']);
    const bySource = after(plan([honor('commerce/honor', {}, ELSEWHERE)], new Map(), AGENCY));
    const returned = honor('upstream/honor', { sourceCode: COMMERCE }, ELSEWHERE);
    expect(outcomes(plan([returned], bySource, PROVINCE))).to.deep.equal(['UNCHANGED']);
    const foreign = plan([honor('upstream/honor', {}, ELSEWHERE)], stored, PROVINCE);
    expect(outcomes(foreign), 'of another authority').to.deep.equal(['INSERTED']);
    const other = plan([honor('upstream/honor', { title: '别的荣誉' })], stored, PROVINCE);
    expect(outcomes(other), 'another honour').to.deep.equal(['INSERTED']);
  });

  for (const [name, returned, own] of [
    ['of the national template', penalty({ feed: 'upstream/penalty' }), penalty()],
    ['kept under the key of our feed', honor('upstream/honor'), honor('commerce/honor')],
    [
      'kept under a key of its own',
      honor('upstream/honor', {}, ELSEWHERE),
      honor('commerce/honor', { sourceCode: COMMERCE }, ELSEWHERE),
    ],
  ] as const) {
    it(`become the agency's that reports them later: ${name}`, () => {
      const stored = after(plan([returned], new Map(), PROVINCE));
      const made = plan([own], stored, AGENCY);
      expect(made.results[0]).to.deep.include({ outcome: 'UPDATED', revision: 2 });
      expect(made.changes[0]).to.deep.include({ agencyId: AGENCY, revision: 2 });
      expect(made.changes[0]).to.not.have.property('origin');
      expect(made.counted).to.have.length(1);
      const store = after(made, stored);
      const record = only(store);
      expect(record).to.deep.include({ sector: own.feed.split('/')[0], revision: 2 });
      expect(record.agencyId.toHexString()).to.equal(AGENCY);
      expect(record).to.not.have.property('origin');
      expect(record.late).to.equal(made.counted[0]?.late);
      expect(outcomes(plan([own], store, AGENCY))).to.deep.equal(['UNCHANGED']);
      expect(outcomes(plan([returned], store, PROVINCE))).to.deep.equal(['UNCHANGED']);
    });
  }

  it('of two levels are one record', () => {
    const stored = after(plan([penalty({ feed: 'upstream/penalty' })], new Map(), PROVINCE));
    const made = plan([penalty({ feed: 'upstream/penalty' })], stored, NATION);
    expect(outcomes(made)).to.deep.equal(['UNCHANGED']);
    expect(made.results[0]?.returned).to.deep.equal([]);
  });

  it('end in one record per decision, ours where we reported it, whatever came first', () => {
    const step = fc.record({
      n: fc.integer({ min: 1, max: 3 }),
      own: fc.boolean(),
      text: fc.constantFrom('甲', '乙'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, national) => {
        let store: Map<string, CreditRecordDoc> = new Map();
        for (const { n, own, text } of steps) {
          const number = { documentNumber: String(n) };
          const draft = national
            ? penalty({
                ...number,
                feed: own ? 'market/penalty' : 'upstream/penalty',
                fields: { content: text },
              })
            : honor(own ? 'commerce/honor' : 'upstream/honor', { title: String(n), content: text });
          const made = plan([draft], store, own ? AGENCY : PROVINCE);
          expect(outcomes(made)).to.not.include.members(['CONFLICT', 'REFUSED']);
          store = after(made, store);
        }
        const seen = new Set(steps.map(({ n }) => n));
        expect(store.size).to.equal(seen.size);
        const reported = new Set(steps.filter(({ own }) => own).map(({ n }) => n));
        const ours = [...store.values()].filter(({ origin }) => origin === undefined);
        expect(ours).to.have.length(reported.size);
        for (const { agencyId } of ours) expect(agencyId.toHexString()).to.equal(AGENCY);
      }),
    );
  });
});

describe('repairs', () => {
  const repair = (decidedOn: string, fields: Record<string, string> = {}, state = 'VALID') =>
    ({
      _id: new Types.ObjectId(),
      kind: 'REPAIR',
      decidedOn,
      state,
      fields: { authorityName: '省中心', ...fields },
    }) as unknown as CreditRecordDoc;

  it('stand until they are taken back, the earliest first', () => {
    const first = repair('2025-02-01');
    const second = repair('2025-03-01');
    expect(standingRepair([second, first])?.recordId).to.equal(first._id);
    const revoked = repair('2025-01-01', { revokedOn: '2025-01-15' });
    const void_ = repair('2025-01-01', {}, 'REVOKED');
    expect(standingRepair([revoked, void_, second])?.on).to.equal('2025-03-01');
    expect(standingRepair([revoked, void_])).to.equal(undefined);
    expect(standingRepair([])).to.equal(undefined);
  });
});
