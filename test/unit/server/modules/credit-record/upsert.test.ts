import { expect } from 'chai';
import fc from 'fast-check';
import { Types, type mongo } from 'mongoose';
import { loadCalendar } from '../../../../../server/lib/calendar.ts';
import { civilDate } from '../../../../../server/lib/civil-date.ts';
import { createCipher } from '../../../../../server/lib/field-cipher.ts';
import type { CreditRecordDoc } from '../../../../../server/modules/credit-record/credit-record.model.ts';
import type { RecordDraft } from '../../../../../server/modules/credit-record/index.ts';
import { planUpsert, type UpsertPlan } from '../../../../../server/modules/credit-record/plan-upsert.ts';
import {
  Deadlines,
  personalContext,
  prepareRows,
} from '../../../../../server/modules/credit-record/upsert.ts';

const cipher = createCipher({ fieldKey: 'field-key', hashKey: 'hash-key' });
const now = new Date('2025-01-20T02:00:00Z');
const receivedAt = new Date('2025-01-10T02:00:00Z');
const deps = { cipher, deadlines: new Deadlines(loadCalendar()), now };
const AGENCY = '0123456789abcdef01234567';

function draft(changes: Partial<RecordDraft> = {}): RecordDraft {
  return {
    feed: 'market/penalty',
    kind: 'PENALTY',
    counterpartKind: 'LEGAL_PERSON',
    counterpartName: '示例商贸有限公司',
    uscc: '91620300MA7B2C3D9Y',
    documentNumber: '示字1号',
    authorityName: '示例局',
    authorityCode: '11620300MA7B2C3D97',
    decidedOn: civilDate('2025-01-02'),
    state: 'VALID',
    penaltyKinds: ['罚款'],
    fineFen: 500_000n,
    fields: { content: '罚款' },
    personal: {},
    generation: 'g3',
    ...changes,
  };
}

/** Plans the drafts as one batch over what earlier plans stored. */
function plan(
  drafts: readonly RecordDraft[],
  stored: ReadonlyMap<string, CreditRecordDoc> = new Map(),
  { agencyId = AGENCY, batchId = new Types.ObjectId().toHexString() } = {},
): UpsertPlan {
  const rows = prepareRows(
    drafts.map((each, i) => ({ seq: i + 1, draft: each, receivedAt })),
    cipher,
  );
  return planUpsert({ batchId, agencyId, sector: 'market', rows }, stored, deps);
}

/** The store after a plan. */
function after(
  made: UpsertPlan,
  before: ReadonlyMap<string, CreditRecordDoc> = new Map(),
): Map<string, CreditRecordDoc> {
  const records = new Map(before);
  for (const doc of made.inserts as CreditRecordDoc[]) records.set(doc.naturalKey, doc);
  for (const { id, update } of made.updates) {
    for (const [key, doc] of records) {
      if (!doc._id.equals(id)) continue;
      const gone = Object.keys(update.$unset ?? {});
      const kept = Object.entries({ ...doc, ...(update.$set as object) }).filter(
        ([name]) => !gone.includes(name),
      );
      const next = Object.fromEntries(kept) as unknown as CreditRecordDoc;
      records.set(key, next);
    }
  }
  return records;
}

const outcomes = ({ results }: UpsertPlan): string[] => results.map(({ outcome }) => outcome);
const inserted = (made: UpsertPlan): CreditRecordDoc => made.inserts[0] as CreditRecordDoc;

describe('planUpsert', () => {
  it('inserts what is new, with its deadline and whether it came late', () => {
    const made = plan([draft()]);
    expect(outcomes(made)).to.deep.equal(['INSERTED']);
    const { revision, dueOn, late, fineFen } = inserted(made);
    expect({ revision, dueOn, late }).to.deep.equal({ revision: 1, dueOn: '2025-01-13', late: false });
    expect(String(fineFen)).to.equal('500000');
    expect(made.changes).to.have.length(1);
  });

  it('calls late what was received on a later day in Shanghai than the last one', () => {
    const rows = (at: string) => prepareRows([{ seq: 1, draft: draft(), receivedAt: new Date(at) }], cipher);
    const late = (at: string): boolean =>
      inserted(
        planUpsert({ batchId: AGENCY, agencyId: AGENCY, sector: 'market', rows: rows(at) }, new Map(), deps),
      ).late;
    expect([late('2025-01-13T15:59:59Z'), late('2025-01-13T16:00:00Z')]).to.deep.equal([false, true]);
  });

  it('leaves what is stored as it is', () => {
    const stored = after(plan([draft()]));
    const made = plan([draft()], stored);
    expect(outcomes(made)).to.deep.equal(['UNCHANGED']);
    expect([made.inserts, made.updates, made.replaced, made.changes]).to.deep.equal([[], [], [], []]);
  });

  it('makes a new revision of what changed, keeps the old one and the first receipt', () => {
    const stored = after(plan([draft({ publicUntil: civilDate('2026-01-02') })]));
    const made = plan([draft({ fields: { content: '罚款5000元' } })], stored);
    expect(outcomes(made)).to.deep.equal(['UPDATED']);
    expect(made.results[0]?.revision).to.equal(2);
    expect(made.replaced.map(({ fields, revision }) => [fields['content'], revision])).to.deep.equal([
      ['罚款', 1],
    ]);
    const [record] = [...after(made, stored).values()];
    expect(record?.revision).to.equal(2);
    expect(record?.receivedAt).to.equal(receivedAt);
    expect(record, 'a column that is gone').not.to.have.property('publicUntil');
  });

  it('sees a change of a personal column alone', () => {
    const person = (legalRepresentativeIdNumber: string) =>
      draft({ personal: { legalRepresentativeIdNumber } });
    const stored = after(plan([person('1')]));
    expect(outcomes(plan([person('2')], stored))).to.deep.equal(['UPDATED']);
  });

  it('is a conflict when another agency has the record, whether it says the same or not', () => {
    const stored = after(plan([draft()]));
    const other = { agencyId: 'f'.repeat(24) };
    for (const said of [draft(), draft({ fields: { content: '别的' } })]) {
      const made = plan([said], stored, other);
      expect(outcomes(made)).to.deep.equal(['CONFLICT']);
      expect([made.inserts, made.updates, made.changes]).to.deep.equal([[], [], []]);
    }
  });

  it('takes the same row of a batch twice for one', () => {
    const made = plan([draft(), draft()]);
    expect(outcomes(made)).to.deep.equal(['INSERTED', 'UNCHANGED']);
    expect(made.inserts).to.have.length(1);
  });

  for (const [name, before] of [
    ['a new record', []],
    ['a stored one it repeats', [draft()]],
    ['a stored one it changes', [draft({ fields: { content: '从前' } })]],
  ] as const) {
    it(`refuses the second of two rows that disagree on ${name}, and names the first`, () => {
      const stored = after(plan(before));
      const made = plan([draft(), draft({ fields: { content: '别的' } })], stored);
      expect(outcomes(made)[1]).to.equal('REFUSED');
      expect(made.results[1]?.otherSeq).to.equal(1);
      expect(made.updates.length + made.inserts.length).to.be.at.most(1);
    });
  }

  it('refuses it also in a later chunk of the batch', () => {
    const batchId = new Types.ObjectId().toHexString();
    const stored = after(plan([draft()], new Map(), { batchId }));
    expect(outcomes(plan([draft({ fields: { content: '别的' } })], stored, { batchId }))).to.deep.equal([
      'REFUSED',
    ]);
  });

  it('knows a decision by kind, number, addressee and authority, and by nothing else', () => {
    const one = outcomes(
      plan([draft(), draft({ counterpartName: '改名后的公司', fields: { content: '罚款' } })]),
    );
    expect(one).to.deep.equal(['INSERTED', 'UNCHANGED']);
    const apart = plan([
      draft(),
      draft({ kind: 'LICENSE' }),
      draft({ documentNumber: '示字2号' }),
      draft({ uscc: '92620302MA7B2C3D9Q' }),
      draft({ authorityCode: '11620300MA7B2C3D00' }),
    ]);
    expect(new Set(outcomes(apart))).to.deep.equal(new Set(['INSERTED']));
  });

  it('keeps people of one name apart by their numbers', () => {
    const person = (idNumber: string): RecordDraft => {
      const { uscc: _uscc, ...rest } = draft({
        counterpartKind: 'NATURAL_PERSON',
        counterpartName: '王示例',
      });
      return { ...rest, personal: { idNumber, counterpartName: '王示例' } };
    };
    expect(outcomes(plan([person('1'), person('2')]))).to.deep.equal(['INSERTED', 'INSERTED']);
  });

  it('encrypts personal columns for their record alone', () => {
    const made = plan([draft({ personal: { idNumber: '620302199001010012' } })]);
    const { personal, _id, ...rest } = inserted(made);
    expect(JSON.stringify(rest)).not.to.include('620302199001010012');
    expect(cipher.decryptText(personal as Uint8Array, personalContext(_id))).to.include('620302199001010012');
    expect(() =>
      cipher.decryptText(personal as Uint8Array, personalContext(new Types.ObjectId())),
    ).to.throw();
  });

  it('answers every row once, and working a batch again changes nothing', () => {
    const row = fc.record({
      number: fc.integer({ min: 1, max: 4 }),
      content: fc.constantFrom('甲', '乙', '丙'),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), fc.array(row, { maxLength: 12 }), (first, second) => {
        const draftOf = ({ number, content }: { number: number; content: string }): RecordDraft =>
          draft({ documentNumber: String(number), fields: { content } });
        const stored = after(plan(first.map(draftOf)));
        const drafts = second.map(draftOf);
        const made = plan(drafts, stored);
        expect(made.results.map(({ seq }) => seq)).to.deep.equal(drafts.map((_, i) => i + 1));
        const ids = made.updates.map(
          ({ id }: { id: Types.ObjectId; update: mongo.UpdateFilter<mongo.Document> }) => id.toHexString(),
        );
        expect(new Set(ids).size, 'one update per record').to.equal(ids.length);
        const again = plan(drafts, after(made, stored));
        const settled = outcomes(made).map((outcome) => (outcome === 'REFUSED' ? 'REFUSED' : 'UNCHANGED'));
        expect(outcomes(again)).to.deep.equal(settled);
      }),
    );
  });
});
