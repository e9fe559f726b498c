import { expect } from 'chai';
import { civilDate } from '../../../../server/lib/civil-date.ts';
import { loadCalendar } from '../../../../server/lib/calendar.ts';
import { checkPersonId } from '../../../../server/lib/person-id.ts';
import { checkUscc } from '../../../../server/lib/uscc.ts';
import { decisionDays, yearDays } from '../../../../server/generate/days.ts';
import { feedRows, sharesOf, type RowOptions } from '../../../../server/generate/feed-rows.ts';
import { PROFILES } from '../../../../server/generate/profiles.ts';
import { apportion, Random, shuffle } from '../../../../server/generate/random.ts';
import { FirmSource } from '../../../../server/generate/subjects.ts';
import { SectorService, type SectorFeed } from '../../../../server/modules/sector/index.ts';

const calendar = loadCalendar();
const until = civilDate('2025-12-31');
const firms = new FirmSource({
  seed: 'test',
  count: 3000,
  cityName: '示例市',
  foundedBefore: civilDate('2025-01-01'),
});
const sectors = new SectorService();
const feeds = sectors.feeds();
const options: RowOptions = {
  seed: 'test',
  cityName: '示例市',
  firms,
  calendar,
  days: yearDays(calendar, 2025, until),
  until,
  errorShare: 0,
};
const feedOf = (path: string) => sectors.feedOf(path) as SectorFeed;

describe('chance', () => {
  it('is the same for the same seed and label, and another for another', () => {
    const first = (random: Random) => Array.from({ length: 5 }, () => random.below(1_000_000));
    expect(first(Random.of('a', 'x'))).to.deep.equal(first(Random.of('a', 'x')));
    expect(first(Random.of('a', 'x'))).to.not.deep.equal(first(Random.of('a', 'y')));
    const numbered = Random.numbered('a', 'x');
    expect(first(numbered(1))).to.not.deep.equal(first(numbered(2)));
  });

  it('shuffles one to one', () => {
    const place = shuffle(Random.of('a', 'x'), 1000);
    expect(new Set(Array.from({ length: 1000 }, (_, i) => place(i))).size).to.equal(1000);
  });

  it('shares whole numbers out that add up', () => {
    expect(apportion(10, [1, 1, 1])).to.deep.equal([4, 3, 3]);
    expect(sharesOf(feeds, 12_345).reduce((a, b) => a + b)).to.equal(12_345);
  });
});

describe('invented firms', () => {
  it('have names and codes of their own, of regions that are not assigned', () => {
    const names = new Set<string>();
    const codes = new Set<string>();
    for (let i = 0; i < firms.count; i += 1) {
      const { name, uscc, kind, representative } = firms.at(i);
      names.add(name);
      codes.add(uscc);
      const check = checkUscc(uscc);
      expect(check.ok && check.warnings, uscc).to.deep.equal([]);
      expect(uscc).to.match({ COMPANY: /^916299/, INDIVIDUAL: /^926299/, COOPERATIVE: /^936299/ }[kind]);
      expect(firms.identityAt(i)).to.deep.equal({ name, uscc, kind, representative });
    }
    expect(names.size).to.equal(firms.count);
    expect(codes.size).to.equal(firms.count);
  });
});

describe('generated rows', () => {
  it('know every sector, with a mark of its own', () => {
    for (const { licences } of Object.values(PROFILES)) expect(licences).to.not.be.empty;
    const own = sectors.list().filter(({ supplier }) => !supplier);
    expect(Object.keys(PROFILES)).to.have.members(own.map(({ slug }) => slug));
    expect(new Set(Object.values(PROFILES).map(({ mark }) => mark)).size).to.equal(29);
  });

  it('are the same for the same seed, with and without mistakes beside them', () => {
    const made = (more: Partial<RowOptions>) =>
      [...feedRows(feedOf('food/penalty'), 200, { ...options, ...more })].map(({ row, refusal }) =>
        refusal === undefined ? row : undefined,
      );
    const plain = made({});
    expect(made({ lateShare: 0.5 })).to.deep.equal(plain);
    expect(made({ seed: 'other' })).to.not.deep.equal(plain);
    const spoiled = made({ errorShare: 0.3 });
    expect(spoiled.filter((row) => row === undefined)).to.not.be.empty;
    spoiled.forEach((row, i) => row && expect(row).to.deep.equal(plain[i]));
  });

  it('never share a document number between feeds, and fall on working days', () => {
    const numbers = new Set<string>();
    const national = feeds.filter(({ kind }) => kind === 'LICENSE' || kind === 'PENALTY');
    for (const feed of national) {
      for (const { row } of feedRows(feed, 30, options)) {
        numbers.add(row['documentNumber'] ?? '');
        expect(calendar.isWorkingDay(civilDate((row['decidedOn'] ?? '').replaceAll('/', '-')))).to.equal(
          true,
        );
      }
    }
    expect(numbers.size).to.equal(30 * national.length);
  });

  it('are mostly of firms, a quarter individual businesses, a few natural persons with numbers of nobody', () => {
    const rows = [...feedRows(feedOf('market/license'), 4000, options)].map(({ row }) => row);
    const share = (kind: string) =>
      rows.filter((row) => row['counterpartKind'] === kind).length / rows.length;
    expect(share('个体工商户')).to.be.within(0.2, 0.3);
    expect(share('自然人')).to.be.within(0.02, 0.04);
    for (const row of rows.filter((one) => one['counterpartKind'] === '自然人')) {
      expect(row).to.include({ uscc: '', legalRepresentative: '' });
      expect(checkPersonId(row['idNumber'] ?? '', '2025-12-31').ok).to.equal(true);
      expect(row['idNumber']).to.match(/^6299/);
    }
  });

  it('carry amounts where a fine or a confiscation was imposed, and only there', () => {
    for (const { row } of feedRows(feedOf('transport/penalty'), 800, options)) {
      const kinds = (row['penaltyKinds'] ?? '').split('；');
      expect(row['fine'] !== '', row['penaltyKinds']).to.equal(kinds.includes('罚款'));
      expect(row['confiscated'] !== '').to.equal(kinds.some((kind) => kind.startsWith('没收')));
      expect(row['revokedCertificate'] !== '').to.equal(kinds.some((kind) => /暂扣|吊销/.test(kind)));
      if (row['fine']) expect(row['fine']).to.match(/^\d{1,3}(\.\d{1,4})?$/);
    }
  });

  it('are decided more often after a long holiday', () => {
    const days = decisionDays(calendar, civilDate('2025-09-22'), civilDate('2025-10-17'));
    expect(days.has(civilDate('2025-10-01'))).to.equal(false);
    expect(days.get(civilDate('2025-10-09'))).to.be.greaterThan(days.get(civilDate('2025-09-25')) ?? 0);
  });

  it('come late by the share that is asked for, in office hours of working days', () => {
    const made = [...feedRows(feedOf('food/license'), 3000, { ...options, lateShare: 0.05 })];
    const late = made.filter(({ row, received }) => {
      const [day = '', time = ''] = received?.at.split(' ') ?? [];
      expect(calendar.isWorkingDay(civilDate(day))).to.equal(true);
      expect(time >= '09:00:00' && time < '17:00:00').to.equal(true);
      const decided = civilDate((row['decidedOn'] ?? '').replaceAll('/', '-'));
      const isLate = calendar.workingDaysBetween(decided, civilDate(day)) > 7;
      expect(received?.late).to.equal(isLate);
      return isLate;
    });
    expect(late.length / made.length).to.be.within(0.03, 0.06);
  });
});
