import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Types } from 'mongoose';
import { loadCalendar } from '../../../../../server/lib/calendar.ts';
import { civilDate } from '../../../../../server/lib/civil-date.ts';
import { createCipher } from '../../../../../server/lib/field-cipher.ts';
import type { CreditRecordDoc } from '../../../../../server/modules/credit-record/credit-record.model.ts';
import type { RecordDraft } from '../../../../../server/modules/credit-record/index.ts';
import { planUpsert } from '../../../../../server/modules/credit-record/plan-upsert.ts';
import { Deadlines, prepareRows } from '../../../../../server/modules/credit-record/upsert.ts';

interface CalendarFile {
  readonly year: number;
  readonly off: readonly string[];
  readonly work: readonly string[];
}

const FOLDER = new URL('../../../../../schema/calendar/', import.meta.url);
const files = readdirSync(FOLDER).map(
  (name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as CalendarFile,
);
const YEARS = [2023, 2024, 2025, 2026];

/** The day so many days on, by the calendar of the machine and nothing of the product. */
function shifted(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function worked(day: string): boolean {
  if (files.some(({ work }) => work.includes(day))) return true;
  if (files.some(({ off }) => off.includes(day))) return false;
  return !['Sat', 'Sun'].includes(new Date(`${day}T12:00:00Z`).toUTCString().slice(0, 3));
}

/** Slow on purpose: crosses off the days one by one. */
function dueByHand(decidedOn: string): string {
  const days: string[] = [];
  for (let day = decidedOn; days.length < 7;) {
    day = shifted(day, 1);
    if (worked(day)) days.push(day);
  }
  return days[6] as string;
}

/** Runs of days off that follow each other, and single make-up days. */
function rangesOf(days: readonly string[]): { first: string; last: string }[] {
  const ranges: { first: string; last: string }[] = [];
  for (const day of [...days].sort()) {
    const before = ranges.at(-1);
    if (before && shifted(before.last, 1) === day) before.last = day;
    else ranges.push({ first: day, last: day });
  }
  return ranges;
}

const cipher = createCipher({ fieldKey: 'field-key', hashKey: 'hash-key' });
const deadlines = new Deadlines(loadCalendar());

function stored(decidedOn: string, receivedAt: string): Pick<CreditRecordDoc, 'dueOn' | 'late'> {
  const draft: RecordDraft = {
    kind: 'PENALTY',
    feed: 'market/penalty',
    counterpartKind: 'LEGAL_PERSON',
    counterpartName: '示例商贸有限公司',
    uscc: '91620300MA7B2C3D9Y',
    documentNumber: '示字1号',
    authorityName: '示例局',
    authorityCode: '11620300MA7B2C3D97',
    decidedOn: civilDate(decidedOn),
    state: 'VALID',
    penaltyKinds: ['罚款'],
    fields: {},
    personal: {},
    generation: 'g3',
  };
  const rows = prepareRows([{ seq: 1, draft, receivedAt: new Date(receivedAt) }], cipher);
  const id = new Types.ObjectId().toHexString();
  const plan = planUpsert({ batchId: id, agencyId: id, sector: 'market', rows }, new Map(), {
    cipher,
    deadlines,
    now: new Date(receivedAt),
  });
  return plan.inserts[0] as CreditRecordDoc;
}

/** Received in the last second of the due day, and in the first one behind it, in Shanghai. */
function expectDue(decidedOn: string, due: string): void {
  const inTime = stored(decidedOn, `${due}T23:59:59+08:00`);
  expect([inTime.dueOn, inTime.late], `decided ${decidedOn}`).to.deep.equal([due, false]);
  const late = stored(decidedOn, `${shifted(due, 1)}T00:00:00+08:00`);
  expect([late.dueOn, late.late], `decided ${decidedOn}`).to.deep.equal([due, true]);
}

// Decision date and last day of the seven working days, worked out by hand from the notices.
const VECTORS = `
2023-01-18 2023-02-01   2025-09-26 2025-10-13
2023-04-21 2023-05-04   2025-12-30 2026-01-09
2023-09-27 2023-10-12   2026-02-11 2026-02-27
2024-02-02 2024-02-18   2026-02-13 2026-03-02
2024-02-08 2024-02-23   2026-04-29 2026-05-12
2024-09-12 2024-09-24   2026-09-18 2026-09-29
2024-09-14 2024-09-26   2026-09-24 2026-10-12
2024-09-27 2024-10-12   2026-09-30 2026-10-15
2025-01-24 2025-02-10   2026-11-20 2026-12-01
2025-04-25 2025-05-08   2026-11-21 2026-12-01`.match(/\d{4}-\d{2}-\d{2}/g) as string[];

describe('timeliness over the holidays of 2023 to 2026', () => {
  for (let i = 0; i < VECTORS.length; i += 2) {
    const [decided, due] = [VECTORS[i] as string, VECTORS[i + 1] as string];
    it(`by hand: decided ${decided}, in time until ${due}`, () => {
      expect(dueByHand(decided)).to.equal(due);
      expectDue(decided, due);
    });
  }

  for (const { year, off, work } of files.filter((file) => YEARS.includes(file.year))) {
    for (const [what, days] of [
      ['off', off],
      ['made up', work],
    ] as const) {
      for (const { first, last } of rangesOf(days)) {
        it(`${String(year)}, ${what} ${first} to ${last}: decided before, inside and after`, () => {
          for (let day = shifted(first, -12); day <= shifted(last, 2); day = shifted(day, 1))
            expectDue(day, dueByHand(day));
        });
      }
    }
  }

  it('looks at every exception of the four years', () => {
    const own = files.filter(({ year }) => YEARS.includes(year));
    expect(own.map(({ year }) => year).sort()).to.deep.equal(YEARS);
    const ranges = own.flatMap(({ off, work }) => [...rangesOf(off), ...rangesOf(work)]);
    expect(ranges.length).to.equal(50);
  });
});
