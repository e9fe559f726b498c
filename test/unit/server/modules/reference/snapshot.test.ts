import { expect } from 'chai';
import fc from 'fast-check';
import { Types } from 'mongoose';
import { addDays, civilDate } from '../../../../../server/lib/civil-date.ts';
import { WorkingCalendar } from '../../../../../server/lib/working-day.ts';
import { ReferenceSnapshot } from '../../../../../server/modules/reference/snapshot.ts';
import type { CodeValue } from '../../../../../server/modules/reference/reference.types.ts';
import { getFeed, loadValueLists, valueKey } from '../../../../../server/modules/template/index.ts';

const START = civilDate('2027-01-01');
const FEED = 'market/license';
const OWN = getFeed(FEED).catalogue;

interface Span {
  readonly from: number;
  readonly ended?: number | undefined;
}

function catalogueOf(spans: readonly Span[]): ReferenceSnapshot {
  const entries = spans.map(({ from, ended }, index) => ({
    _id: new Types.ObjectId(),
    kind: 'CATALOGUE' as const,
    key: FEED,
    version: index + 1,
    value: { ...OWN, legalBasis: `第${String(index + 1)}版` } as never,
    effectiveFrom: addDays(START, from),
    ...(ended === undefined ? {} : { endedOn: addDays(START, ended) }),
  }));
  return new ReferenceSnapshot(1, entries.reverse());
}

function codesOf(...codes: readonly (CodeValue & { from?: number; ended?: number })[]): ReferenceSnapshot {
  return new ReferenceSnapshot(
    1,
    codes.map(({ from = 0, ended, ...value }) => ({
      _id: new Types.ObjectId(),
      kind: 'CODE' as const,
      key: `${value.list}/${value.text}`,
      version: 1,
      value,
      effectiveFrom: addDays(START, from),
      ...(ended === undefined ? {} : { endedOn: addDays(START, ended) }),
    })),
  );
}

describe('reference data on a day', () => {
  it('is what the last version before says, and the file before the first', () => {
    const gap = fc.integer({ min: 1, max: 9 });
    const spans = fc
      .array(fc.record({ gap, lasts: fc.option(gap, { nil: undefined }) }), { maxLength: 5 })
      .map((parts) => {
        let from = 0;
        return parts.map((part): Span => {
          from += part.gap;
          return { from, ended: part.lasts === undefined ? undefined : from + part.lasts };
        });
      });
    fc.assert(
      fc.property(spans, fc.integer({ min: 0, max: 60 }), (list, day) => {
        const found = catalogueOf(list).catalogueOf(FEED, addDays(START, day));
        const place = list.findLastIndex(({ from }) => from <= day);
        const ended = list[place]?.ended;
        const expected =
          place < 0
            ? OWN?.legalBasis
            : ended !== undefined && ended <= day
              ? undefined
              : `第${String(place + 1)}版`;
        expect(found?.legalBasis).to.equal(expected);
      }),
    );
  });

  it('leaves the lists of the program as they are, the same object, where nothing was entered', () => {
    const own = loadValueLists();
    expect(new ReferenceSnapshot(0, []).listsOf(START)).to.equal(own);
    const later = codesOf({ list: 'license-kinds', text: '备案', from: 5 });
    expect(later.listsOf(START)).to.equal(own);
    expect(later.listsOf(addDays(START, 5))).to.equal(later.listsOf(addDays(START, 9)));
    expect(own.licenseKinds.has('备案')).to.equal(false);
  });

  it('knows new values, words for them, and several values in one word', () => {
    const lists = codesOf(
      { list: 'license-kinds', text: '备案类', means: ['备案'] },
      { list: 'license-kinds', text: '备案', noted: true },
      { list: 'penalty-kinds', text: '罚没', means: ['罚款', '没收'] },
      { list: 'id-types', text: '来华工作证' },
      { list: 'counterpart-kinds', text: '公司', means: ['法人'] },
      { list: 'states', text: '生效中', means: ['有效'] },
    ).listsOf(START);
    expect(lists.licenseKinds.get('备案类')).to.deep.equal({ name: '备案', noted: true });
    expect(lists.penaltyKinds.get('罚没')).to.deep.equal(['罚款', '没收违法所得', '没收非法财物']);
    expect(lists.idTypes.get('来华工作证')?.name).to.equal('来华工作证');
    expect(lists.counterpartKinds.get('公司')).to.equal('LEGAL_PERSON');
    expect(lists.states.names['生效中']).to.equal(loadValueLists().states.names['有效']);
  });

  it('forgets a word whose value has ended, and takes words out of the lists of the program', () => {
    const lists = codesOf(
      { list: 'license-kinds', text: '备案', ended: 3 },
      { list: 'license-kinds', text: '备案类', means: ['备案'] },
      { list: 'license-kinds', text: '普通许可', means: ['普通'], ended: 3 },
    );
    const [before, after] = [lists.listsOf(addDays(START, 2)), lists.listsOf(addDays(START, 3))];
    expect(before.licenseKinds.get('备案类')?.name).to.equal('备案');
    expect(after.licenseKinds.has('备案类')).to.equal(false);
    expect([before, after].map(({ licenseKinds }) => licenseKinds.has(valueKey('普通许可')))).to.deep.equal([
      true,
      false,
    ]);
  });

  it('makes days off of a year that its calendar goes by, until they are taken back', () => {
    const snapshot = new ReferenceSnapshot(1, [
      {
        _id: new Types.ObjectId(),
        kind: 'HOLIDAY',
        key: '2027',
        version: 1,
        value: {
          off: [{ from: civilDate('2027-01-01'), to: civilDate('2027-01-03') }],
          work: [civilDate('2027-01-09')],
        },
        effectiveFrom: START,
      },
    ]);
    const calendar = new WorkingCalendar([{ year: 2026, off: [], work: [] }]);
    const due = () => calendar.addWorkingDays(civilDate('2026-12-31'), 5);
    expect(due()).to.deep.equal({ date: '2027-01-07', provisional: true });
    const { edition } = calendar;
    calendar.announce(snapshot.yearsOf(START));
    expect(calendar.edition).not.to.equal(edition);
    expect(due()).to.deep.equal({ date: '2027-01-08', provisional: false });
    expect(calendar.isWorkingDay(civilDate('2027-01-09'))).to.equal(true);
    expect(snapshot.yearsOf(addDays(START, -1))).to.deep.equal([]);
    calendar.announce([]);
    expect(due()).to.deep.equal({ date: '2027-01-07', provisional: true });
  });
});
