import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { civilDate } from '../../../../../server/lib/civil-date.ts';
import { DIMENSIONS, Tally } from '../../../../../server/modules/quality-counters/index.ts';
import { figuresOfRow } from '../../../../../server/modules/quality-counters/tally.ts';

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../../../schema/${path}`, import.meta.url), 'utf8')) as never;

describe('dimensions of quality', () => {
  const { faults, wrongCodes } = read('quality/dimensions.json') as {
    faults: Record<string, string[]>;
    wrongCodes: string[];
  };
  const mapped = Object.values(faults).flat();

  it('are seven, each with the figure that counts it', () => {
    expect(DIMENSIONS.map(({ name }) => name)).to.deep.equal([
      '完整性',
      '规范性',
      '冗余性',
      '关联性',
      '准确性',
      '及时性',
      '全面性',
    ]);
    expect(new Set(DIMENSIONS.map(({ figure }) => figure)).size).to.equal(7);
  });

  it('take up every fault a row may have, once', () => {
    const codes = Object.keys(read('messages/zh-CN/feed.json'));
    expect(codes.length).to.be.greaterThan(40);
    expect(mapped).to.include.members(codes);
    expect(new Set(mapped).size).to.equal(mapped.length);
    expect(mapped).to.include.members(wrongCodes);
  });
});

describe('what a row counts in', () => {
  it('is each figure once, however many faults it has', () => {
    const faults = ['FEED_REQUIRED', 'FEED_REQUIRED', 'FEED_USCC_CHECK', 'FEED_DATE_INVALID'];
    expect(figuresOfRow({ outcome: 'REFUSED', faults })).to.have.members([
      'received',
      'refused',
      'incomplete',
      'inaccurate',
      'malformed',
      'wrongCode',
    ]);
  });

  it('is a repeat when it brings what is there, but not when it corrects it', () => {
    const repeats = (outcome: 'UNCHANGED' | 'CONFLICT' | 'UPDATED' | 'REFUSED', faults: string[] = []) =>
      figuresOfRow({ outcome, faults }).includes('duplicate');
    expect([repeats('UNCHANGED'), repeats('CONFLICT'), repeats('UPDATED')]).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect(repeats('REFUSED', ['FEED_DUPLICATE_IN_FILE'])).to.equal(true);
    expect(repeats('REFUSED', ['FEED_REQUIRED'])).to.equal(false);
  });
});

describe('a tally', () => {
  const own = { agencyId: 'a', feed: 'tax/license' };

  it('counts by day and month of receipt, and stored decisions by month of the decision', () => {
    const tally = new Tally();
    const receivedOn = civilDate('2023-06-02');
    tally.row({ ...own, receivedOn, outcome: 'INSERTED', faults: [] });
    tally.decision({ ...own, receivedOn, decidedOn: civilDate('2023-05-10'), late: true, by: 1 });
    const moved = [...tally.sums()].map(([key, figures]) => [
      key,
      Object.fromEntries(Object.entries(figures).filter(([, n]) => n !== 0)),
    ]);
    expect(Object.fromEntries(moved)).to.deep.equal({
      'd|2023-06-02|a|tax/license': { received: 1, inserted: 1, late: 1 },
      'm|2023-06|a|tax/license': { received: 1, inserted: 1, late: 1 },
      'm|2023-05|a|tax/license': { decided: 1, decidedLate: 1 },
    });
  });

  it('takes a decision back that is counted otherwise from now on', () => {
    const tally = new Tally();
    const decision = { ...own, receivedOn: civilDate('2023-06-02'), decidedOn: civilDate('2023-05-31') };
    for (const by of [1, -1] as const) tally.decision({ ...decision, late: false, by });
    expect(
      [...tally.sums().values()].flatMap((figures) => Object.values(figures)).every((n) => n === 0),
    ).to.equal(true);
  });
});
