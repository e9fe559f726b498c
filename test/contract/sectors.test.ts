import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { civilDate } from '../../server/lib/civil-date.ts';
import { checkUscc } from '../../server/lib/uscc.ts';
import type { RawRow, RowResult } from '../../server/modules/feed/feed.types.ts';
import { openFeedFile } from '../../server/modules/feed/parse/index.ts';
import { validateRow } from '../../server/modules/feed/validate/index.ts';
import {
  allKinds,
  COUNTERPART_KINDS,
  findFeed,
  keyFieldsOf,
  kindOf,
  listFeeds,
  listSectors,
  matchHeaderOf,
  RECORD_KINDS,
  sampleRow,
  templateOf,
  type FeedDefinition,
} from '../../server/modules/template/index.ts';
import { checkFeedFile, checkSectorFile } from '../../server/modules/template/sector-schema.ts';

const FOLDER = fileURLToPath(new URL('../../schema/sectors/', import.meta.url));
const TODAY = civilDate('2025-01-15');
const EXPECTED = '期望';
/** SECTOR=tax,food looks at those only. */
const chosen = process.env['SECTOR']?.split(',');
const sectors = listSectors().filter(({ slug }) => chosen?.includes(slug) ?? true);
const feeds = listFeeds().filter(({ sector }) => sectors.includes(sector));

const agencyOf = ({ sector }: FeedDefinition) => ({ name: sector.agencyName, uscc: sector.agencyUscc });

function refusals({ faults }: RowResult): string[] {
  return faults
    .filter(({ severity }) => severity !== 'WARNING')
    .map(({ column, code }) => `${column}=${code}`)
    .sort();
}

async function rowsOf(feed: FeedDefinition, fixture: 'ok' | 'broken'): Promise<RawRow[]> {
  const [, name] = feed.path.split('/');
  const path = join(FOLDER, feed.sector.slug, 'fixtures', `${String(name)}.${fixture}.csv`);
  const file = await openFeedFile(path, path, matchHeaderOf(feed.path));
  try {
    const rows: RawRow[] = [];
    for await (const row of file.rows()) rows.push(row);
    return rows;
  } finally {
    await file.close();
  }
}

const check = (feed: FeedDefinition, row: RawRow): RowResult =>
  validateRow(row, { feed: feed.path, agency: agencyOf(feed), today: TODAY });

describe('kinds of records', () => {
  it('have a file each, and name fields that they have', () => {
    const files = readdirSync(new URL('../../schema/kinds/', import.meta.url));
    expect(files.sort()).to.deep.equal(
      ['envelope.json', ...RECORD_KINDS.map((kind) => `${kind.toLowerCase()}.json`)].sort(),
    );
    for (const [i, kind] of allKinds().entries()) {
      expect(kind.kind).to.equal(RECORD_KINDS[i]);
      // What is recomputed for a changed calendar reaches back for deadlines of at most twenty working days.
      expect(kind.workingDays).to.be.within(1, 20);
    }
  });
});

describe('sectors as data', () => {
  it('are the twenty-nine and their suppliers, each with 行政许可 and 行政处罚 where it is a sector', () => {
    const numbered = listSectors().filter(({ number }) => number !== undefined);
    expect(numbered.map(({ number }) => number)).to.deep.equal(Array.from({ length: 29 }, (_, i) => i + 1));
    for (const { slug } of numbered)
      for (const feed of ['license', 'penalty']) expect(findFeed(`${slug}/${feed}`)?.catalogue).to.exist;
    expect(new Set(listSectors().map(({ name }) => name)).size).to.equal(listSectors().length);
    const codes = listFeeds().map(({ catalogue }) => catalogue?.code);
    expect(new Set(codes).size, 'codes of the catalogue').to.equal(codes.length);
  });

  for (const sector of sectors) {
    it(`${sector.slug}: the files keep to their schemas`, () => {
      checkSectorFile(sector.slug, sector);
      expect(checkUscc(sector.agencyUscc)).to.deep.include({ ok: true, warnings: [] });
      for (const { path, sector: _of, ...file } of feeds.filter((feed) => feed.sector === sector))
        checkFeedFile(path, file);
    });
  }

  for (const feed of feeds) {
    describe(`${feed.path} ${feed.name}`, () => {
      const { columns } = templateOf(feed.path);
      const fields = columns.map(({ field }) => field);

      it('has a complete template, the rules of which name columns it has', () => {
        expect(new Set(fields).size).to.equal(fields.length);
        expect(new Set(columns.map(({ code }) => code)).size, 'codes').to.equal(fields.length);
        expect(new Set(columns.map(({ name }) => name)).size, 'names').to.equal(fields.length);
        for (const { field, require, notBefore, requiredWhen = {}, idTypeField, options } of columns) {
          expect(require, field).to.have.all.keys(COUNTERPART_KINDS);
          if (notBefore) expect(fields, field).to.include(notBefore.field);
          if (idTypeField) expect(fields.indexOf(idTypeField), field).to.be.lessThan(fields.indexOf(field));
          for (const [other, values] of Object.entries(requiredWhen)) {
            expect(fields, field).to.include(other);
            const allowed = columns.find((column) => column.field === other)?.options;
            if (allowed) expect(allowed, field).to.include.members([...values]);
          }
          if (options) expect(options, field).to.not.include('');
        }
        const { display, marks = [] } = kindOf(feed.kind);
        const named = [...keyFieldsOf(feed.path), ...marks, ...(feed.marks ?? [])];
        for (const field of [...named, display.endedBy, ...Object.keys(display.when ?? {})])
          if (field !== undefined) expect(fields).to.include(field);
        expect(fields).to.include.members(Object.keys(feed.examples ?? {}));
      });

      it('accepts its own sample row', () => {
        const header = columns.map(({ name }) => name);
        const match = matchHeaderOf(feed.path)(header);
        expect(match?.fields).to.deep.equal(fields);
        for (const who of feed.catalogue?.subjects ?? []) {
          const sample = sampleRow(feed.path, who);
          const cells = fields.map((field) => sample[field] ?? '');
          expect(
            refusals(check(feed, { seq: 1, row: 2, header, match: match as never, cells })),
            who,
          ).to.deep.equal([]);
        }
      });

      it('accepts the good fixture and refuses the broken one for the reasons given', async () => {
        const good = await rowsOf(feed, 'ok');
        expect(good.length).to.be.greaterThan(0);
        for (const row of good)
          expect(refusals(check(feed, row)), `row ${String(row.row)}`).to.deep.equal([]);
        const broken = await rowsOf(feed, 'broken');
        expect(broken.length).to.be.greaterThan(0);
        for (const row of broken) {
          const said = String(row.cells[row.header.indexOf(EXPECTED)] ?? '');
          const expected = said.split(/[；;]/).filter((text) => text !== '');
          expect(expected.length, `row ${String(row.row)}`).to.be.greaterThan(0);
          expect(refusals(check(feed, row)), `row ${String(row.row)}`).to.deep.equal(expected.sort());
        }
      });
    });
  }
});
