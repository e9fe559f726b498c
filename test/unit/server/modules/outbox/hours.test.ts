import { expect } from 'chai';
import fc from 'fast-check';
import { loadCalendar } from '../../../../../server/lib/calendar.ts';
import { civilDateOf } from '../../../../../server/lib/civil-date.ts';
import { isOpen, isWindow, opensAt, type Hours } from '../../../../../server/modules/outbox/hours.ts';

const calendar = loadCalendar();
const at = (text: string): Date => new Date(`${text}+08:00`);
const night: Hours = { windows: ['01:00-05:00'], days: 'ALL' };
const late: Hours = { windows: ['22:00-02:00'], days: 'WORKING' };

describe('hours of a platform', () => {
  for (const [hours, instant, open, opening] of [
    [{ windows: [], days: 'ALL' }, '2026-03-02T03:00:00', true, undefined],
    [night, '2026-03-02T00:59:59', false, '2026-03-02T01:00:00'],
    [night, '2026-03-02T01:00:00', true, undefined],
    [night, '2026-03-02T04:59:59', true, undefined],
    [night, '2026-03-02T05:00:00', false, '2026-03-03T01:00:00'],
    // A daily cut-off.
    [{ windows: ['00:00-17:00'], days: 'ALL' }, '2026-03-02T17:00:00', false, '2026-03-03T00:00:00'],
    [{ windows: ['08:00-24:00'], days: 'ALL' }, '2026-03-02T23:59:59', true, undefined],
    [
      { windows: ['09:00-10:00', '14:00-15:00'], days: 'ALL' },
      '2026-03-02T11:00:00',
      false,
      '2026-03-02T14:00:00',
    ],
    // Over midnight the day is that of the beginning: Friday night is open until Saturday, Saturday night is not.
    [late, '2026-03-07T01:00:00', true, undefined],
    [late, '2026-03-07T22:30:00', false, '2026-03-09T22:00:00'],
    [late, '2026-03-02T12:00:00', false, '2026-03-02T22:00:00'],
    // National Day 2026: the first working day after it.
    [{ windows: [], days: 'WORKING' }, '2026-10-01T10:00:00', false, undefined],
  ] as const) {
    it(`${JSON.stringify(hours)} at ${instant}: ${open ? 'open' : 'closed'}`, () => {
      expect(isOpen(hours, at(instant), calendar)).to.equal(open);
      const found = opensAt(hours, at(instant), calendar);
      if (opening !== undefined) expect(found).to.deep.equal(at(opening));
      else expect(found === undefined).to.equal(open);
    });
  }

  it('of working days open on the first one after a holiday', () => {
    const found = opensAt({ windows: [], days: 'WORKING' }, at('2026-10-01T10:00:00'), calendar);
    expect(calendar.isWorkingDay(civilDateOf(found ?? new Date(0)))).to.equal(true);
  });

  const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
  const text = (minutes: number): string =>
    [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0')).join(':');
  const window = fc
    .tuple(minute, minute)
    .filter(([from, until]) => from !== until)
    .map(([from, until]) => `${text(from)}-${text(until)}`);
  const hours = fc.record({
    windows: fc.array(window, { maxLength: 3 }),
    days: fc.constantFrom('ALL' as const, 'WORKING' as const),
  });
  const instant = fc.date({
    min: new Date('2024-01-01T00:00:00Z'),
    max: new Date('2026-11-01T00:00:00Z'),
    noInvalidDate: true,
  });

  it('are open at the instant they are said to open, and closed right before it', () => {
    fc.assert(
      fc.property(hours, instant, (of, now) => {
        const opening = opensAt(of, now, calendar);
        if (isOpen(of, now, calendar)) return opening === undefined;
        if (!opening || opening <= now) return false;
        const before = new Date(Math.max(now.getTime(), opening.getTime() - 1));
        return isOpen(of, opening, calendar) && !isOpen(of, before, calendar);
      }),
    );
  });

  it('read what they should and nothing else', () => {
    fc.assert(fc.property(window, (one) => isWindow(one)));
    for (const bad of ['', '1:00-2:00', '24:00-25:00', '01:00', '01:00-01:00', '01:00-05:60', ' 01:00-05:00'])
      expect(isWindow(bad), bad).to.equal(false);
  });
});
