import { expect } from 'chai';
import fc from 'fast-check';
import { civilDate, type CivilDate } from '../../../../../server/lib/civil-date.ts';
import { contentHash } from '../../../../../server/lib/content-hash.ts';
import { ChangeReader } from '../../../../../server/modules/subject/registration-changes.ts';
import { needsHistory, planRegistrations } from '../../../../../server/modules/subject/registration-plan.ts';
import type { RegisterEntry } from '../../../../../server/modules/subject/register-row.ts';
import type { RegistrationDoc } from '../../../../../server/modules/subject/registration.model.ts';
import { planChunk } from '../../../../../server/modules/subject/subject-plan.ts';
import type { SubjectDoc } from '../../../../../server/modules/subject/subject.model.ts';

const USCC = '91620300MA7B2C3D9Y';
const now = new Date('2026-11-25T02:00:00Z');
type Facts = Partial<Omit<RegisterEntry, 'uscc' | 'day' | 'contentHash'>> & { readonly name: string };

function entryOf(day: string | undefined, facts: Facts): RegisterEntry {
  return {
    uscc: USCC,
    ...facts,
    ...(day && { day: civilDate(day) }),
    contentHash: contentHash(facts),
  };
}

/** A store of one subject. */
class Store {
  doc: SubjectDoc | undefined;
  readonly registrations = new Map<string, RegistrationDoc>();

  /** An export, as the base library takes it before anything is registered day by day. */
  export(facts: Facts): void {
    const plan = planChunk([entryOf(undefined, facts)], this.doc ? [this.doc] : [], now);
    this.doc = (plan.after[0] as SubjectDoc | undefined) ?? this.doc;
  }

  import(...entries: [RegisterEntry, ...RegisterEntry[]]) {
    const stored = this.inOrder();
    const plan = planRegistrations(
      entries,
      {
        ...(this.doc && { doc: this.doc }),
        ...(needsHistory(this.doc, entries) && { registrations: stored }),
      },
      { source: 'day.csv', now },
    );
    for (const registration of plan.registrations) this.registrations.set(registration._id, registration);
    this.doc = plan.doc ?? this.doc;
    return { ...plan.outcomes, late: plan.late };
  }

  inOrder(): RegistrationDoc[] {
    return [...this.registrations.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
  }

  changes(): string[] {
    const reader = new ChangeReader();
    return this.inOrder()
      .flatMap((registration) => reader.next(registration))
      .map(({ day, kind, before, after }) => `${day} ${kind} ${before}→${after}`);
  }
}

describe('registrations of a subject', () => {
  it('rename, change the representative and end a firm, with the days', () => {
    const store = new Store();
    store.export({ name: '甲公司', type: '有限责任公司', province: '示例' });
    store.import(entryOf('2026-03-01', { name: '乙公司', status: '存续', legalRepresentative: '王一' }));
    store.import(entryOf('2026-04-01', { name: '丙公司', status: '存续', legalRepresentative: '李二' }));
    store.import(entryOf('2026-05-01', { name: '丙公司', status: '注销' }));
    expect(store.doc).to.include({
      name: '丙公司',
      status: '注销',
      statusSince: '2026-05-01',
      legalRepresentative: '李二',
      province: '示例',
      registeredOn: '2026-05-01',
    });
    expect(store.doc?.formerNames).to.deep.equal([
      { name: '乙公司', until: '2026-04-01' },
      { name: '甲公司', until: '2026-03-01' },
    ]);
    expect(store.doc?.grams).to.include.members(['甲公', '乙公', '丙公']);
    expect(store.changes()).to.deep.equal([
      '2026-03-01 NAME 甲公司→乙公司',
      '2026-04-01 NAME 乙公司→丙公司',
      '2026-04-01 REPRESENTATIVE 王一→李二',
      '2026-05-01 STATUS 存续→注销',
    ]);
  });

  it('of an earlier day come late: history, not what holds', () => {
    const store = new Store();
    store.export({ name: '甲公司' });
    store.import(entryOf('2026-04-01', { name: '丙公司', status: '存续', address: '新路1号' }));
    const late = store.import(entryOf('2026-03-01', { name: '乙公司', status: '迁出', address: '旧路1号' }));
    expect(late).to.deep.equal({ inserted: 0, updated: 1, unchanged: 0, late: 1 });
    expect(store.doc).to.include({ name: '丙公司', status: '存续', address: '新路1号' });
    expect(store.doc?.formerNames).to.deep.equal([
      { name: '乙公司', until: '2026-04-01' },
      { name: '甲公司', until: '2026-03-01' },
    ]);
    expect(
      store.import(entryOf('2026-03-01', { name: '乙公司', status: '迁出', address: '旧路1号' })),
    ).to.include({ updated: 0, unchanged: 1 });
  });

  it('of one day: what came last holds, and the first one again changes nothing', () => {
    const store = new Store();
    const first = entryOf('2026-04-01', { name: '甲公司', status: '存续' });
    const second = entryOf('2026-04-01', { name: '甲公司', status: '注销' });
    expect(store.import(first, second)).to.include({ inserted: 1, updated: 1 });
    expect(store.import(first)).to.include({ updated: 0, unchanged: 1 });
    expect(store.doc?.status).to.equal('注销');
  });

  it('outdo an export without a day, which still fills what they leave empty', () => {
    const store = new Store();
    store.import(entryOf('2026-04-01', { name: '丙公司', status: '注销' }));
    const base = entryOf(undefined, { name: '甲公司', province: '示例' });
    expect(store.import(base)).to.deep.equal({ inserted: 0, updated: 1, unchanged: 0, late: 1 });
    expect(store.doc).to.include({
      name: '丙公司',
      status: '注销',
      province: '示例',
      contentHash: base.contentHash,
    });
    expect(store.doc?.formerNames).to.deep.equal([{ name: '甲公司', until: '2026-04-01' }]);
    expect(store.import(base)).to.include({ unchanged: 1 });
  });

  it('keep a bounded number of former names, and none twice', () => {
    const store = new Store();
    const day = (n: number): string => `2026-01-${String(n).padStart(2, '0')}`;
    for (let n = 1; n <= 28; n += 1)
      store.import(entryOf(day(n), { name: `第${String(n)}公司`, status: '存续' }));
    expect(store.doc?.formerNames).to.have.lengthOf(20);
    expect(store.doc?.formerNames[0]).to.deep.equal({ name: '第27公司', until: '2026-01-28' });
    store.import(entryOf('2026-02-01', { name: '第27公司', status: '存续' }));
    expect(store.doc?.formerNames.map(({ name }) => name).slice(0, 2)).to.deep.equal([
      '第28公司',
      '第26公司',
    ]);
    // Written otherwise it is the same name.
    store.import(entryOf('2026-02-02', { name: ' 第２７公司', status: '存续' }));
    expect(store.doc?.formerNames[0]?.name).to.equal('第28公司');
  });

  it('give the same subject and history in whatever order and however often the days come', () => {
    const facts = fc.record(
      {
        name: fc.constantFrom('甲公司', '乙公司', '丙公司'),
        status: fc.constantFrom('存续', '吊销未注销', '注销', '迁出'),
        legalRepresentative: fc.constantFrom('王一', '李二'),
        address: fc.constantFrom('一路', '二路'),
      },
      { requiredKeys: ['name'] },
    );
    const days = fc.uniqueArray(fc.record({ day: fc.integer({ min: 1, max: 28 }), facts }), {
      selector: ({ day }) => day,
      minLength: 1,
      maxLength: 8,
    });
    const orders = days.chain((list) =>
      fc.record({
        list: fc.constant(list),
        shuffled: fc.shuffledSubarray([...list, ...list, ...list], { minLength: list.length * 3 }),
        base: fc.boolean(),
        chunk: fc.integer({ min: 1, max: 4 }),
      }),
    );
    fc.assert(
      fc.property(orders, ({ list, shuffled, base, chunk }) => {
        const entry = ({ day, facts: said }: (typeof list)[number]): RegisterEntry =>
          entryOf(`2026-05-${String(day).padStart(2, '0')}` as CivilDate, said);
        const inOrder = new Store();
        const mixed = new Store();
        if (base) for (const store of [inOrder, mixed]) store.export({ name: '甲公司', province: '示例' });
        for (const each of [...list].sort((a, b) => a.day - b.day)) inOrder.import(entry(each));
        for (let i = 0; i < shuffled.length; i += chunk) {
          const [first, ...rest] = shuffled.slice(i, i + chunk).map(entry);
          if (first) mixed.import(first, ...rest);
        }
        expect(mixed.doc).to.deep.equal(inOrder.doc);
        expect(mixed.changes()).to.deep.equal(inOrder.changes());
        expect(mixed.inOrder()).to.deep.equal(inOrder.inOrder());
      }),
    );
  });
});
