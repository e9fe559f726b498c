import { expect } from 'chai';
import { civilDate } from '../../../../server/lib/civil-date.ts';
import { loadCalendar } from '../../../../server/lib/calendar.ts';
import { cellsOf } from '../../../../server/generate/csv.ts';
import { fieldsOf, headerOf } from '../../../../server/generate/columns.ts';
import { yearDays } from '../../../../server/generate/days.ts';
import { feedRows, type RowOptions } from '../../../../server/generate/feed-rows.ts';
import { FirmSource } from '../../../../server/generate/subjects.ts';
import type { RowResult } from '../../../../server/modules/feed/feed.types.ts';
import { validateRow } from '../../../../server/modules/feed/validate/index.ts';
import { SectorService, type SectorFeed } from '../../../../server/modules/sector/index.ts';
import { matchHeaderOf } from '../../../../server/modules/template/index.ts';

const calendar = loadCalendar();
const until = civilDate('2025-12-31');
const today = civilDate('2026-01-05');
const options: RowOptions = {
  seed: 'valid',
  cityName: '示例市',
  firms: new FirmSource({
    seed: 'valid',
    count: 500,
    cityName: '示例市',
    foundedBefore: civilDate('2025-01-01'),
  }),
  calendar,
  days: yearDays(calendar, 2025, until),
  until,
  errorShare: 0,
};

function* results(feed: SectorFeed, count: number, errorShare: number) {
  const header = headerOf(feed.path);
  const match = matchHeaderOf(feed.path)(header);
  if (!match) throw new Error(`${feed.path} does not know its own header`);
  const fields = fieldsOf(feed.path);
  let seq = 0;
  for (const { row, refusal } of feedRows(feed, count, { ...options, errorShare })) {
    seq += 1;
    const cells = cellsOf(fields, row);
    const raw = { seq, row: seq + 1, header, match, cells };
    yield { refusal, result: validateRow(raw, { feed: feed.path, today }) };
  }
}

const codesOf = ({ faults }: RowResult, ...severities: string[]): string[] =>
  faults.filter(({ severity }) => severities.includes(severity)).map(({ code }) => code);

describe('generated rows under the rules of the feeds', () => {
  it('are all accepted, without a warning, in every feed', () => {
    for (const feed of new SectorService().feeds()) {
      for (const { result } of results(feed, 60, 0)) {
        expect(result.faults, feed.path).to.deep.equal([]);
        expect(result.draft).to.not.equal(undefined);
      }
    }
  });

  it('are refused with the code that was provoked and no other', () => {
    const met = new Set<string>();
    for (const path of ['food/license', 'food/penalty', 'safety/penalty']) {
      const feed = new SectorService().feedOf(path) as SectorFeed;
      for (const { refusal, result } of results(feed, 400, 0.5)) {
        expect(codesOf(result, 'ERROR', 'CONFIRM')).to.deep.equal(refusal === undefined ? [] : [refusal]);
        expect(result.draft === undefined).to.equal(refusal !== undefined);
        if (refusal !== undefined) met.add(refusal);
      }
    }
    expect(met.size).to.equal(6);
  });
});
