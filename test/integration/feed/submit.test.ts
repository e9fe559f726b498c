import { join } from 'node:path';
import { expect } from 'chai';
import { anonymousViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import type { SubmittedRow } from '../../../server/modules/feed/index.ts';
import { templateOf } from '../../../server/modules/template/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { codeOf } from '../../support/doors.ts';
import { movableClock } from '../../support/upstream.ts';
import { agencyViewer, collectionOf, filesUnder, range, rowOf, type Texts } from './feeds.ts';

const FEED = 'market/license';

/** A row as a machine sends it, by Chinese name or code of the column. */
function submitted(row: Texts, by: 'name' | 'code' = 'code'): SubmittedRow {
  return {
    cells: templateOf('market/license').columns.flatMap((column) => {
      const value = row[column.field];
      return value === undefined ? [] : [{ column: column[by], value }];
    }),
  };
}

describe('submitting a list', () => {
  let context: TestContext;
  let app: AppContext;
  let market: Viewer;
  let tax: Viewer;
  let n = 0;
  const license = (changes: Texts = {}): Texts => rowOf('LICENSE', (n += 1), changes);
  const submit = (rows: readonly SubmittedRow[], key: string, viewer = market, feed = FEED) =>
    app.feeds.submit(viewer, feed, rows, key);
  const counted = async () => ({
    blobs: (await filesUnder(join(context.directory, 'files'))).size,
    batches: await collectionOf(app, 'feed_batches').countDocuments({}),
    records: await collectionOf(app, 'credit_records').countDocuments({}),
  });

  before(async () => {
    context = await testContext({ clock: movableClock() });
    ({ app } = context);
    market = await agencyViewer(app, 'market');
    tax = await agencyViewer(app, 'tax');
  });
  after(() => context.close());

  it('answers each row with its own outcome, in order', async () => {
    const known = license();
    const foreign = license();
    await submit([submitted(known)], 'a1');
    await submit([submitted(foreign)], 'a2', tax, 'tax/license');
    const changing = license();
    await submit([submitted(changing)], 'a3');
    const rows = [
      license({ decidedOn: '昨天' }),
      known,
      foreign,
      license(),
      { ...changing, content: '准予变更' },
    ];
    const { batch, ends } = await submit(
      rows.map((row) => submitted(row)),
      'a4',
    );
    expect(ends.map(({ seq, outcome }) => [seq, outcome])).to.deep.equal([
      [1, 'REFUSED'],
      [2, 'UNCHANGED'],
      [3, 'CONFLICT'],
      [4, 'INSERTED'],
      [5, 'UPDATED'],
    ]);
    expect(ends.map(({ faults }) => faults.map(({ code }) => code))).to.deep.equal([
      ['FEED_DATE_INVALID'],
      [],
      ['FEED_CONFLICT'],
      ['FEED_SUBJECT_UNKNOWN'],
      [],
    ]);
    expect(batch.status).to.equal('PARTLY_INGESTED');
  });

  it('takes columns by their Chinese names as well', async () => {
    const { ends } = await submit([submitted(license(), 'name')], 'names');
    expect(ends.map(({ outcome }) => outcome)).to.deep.equal(['INSERTED']);
  });

  it('answers the same key and rows with the same, without any effect', async () => {
    const rows = [submitted(license()), submitted(license({ decidedOn: '昨天' }))];
    const first = await submit(rows, 'b1');
    const before = await counted();
    const second = await submit(rows, 'b1');
    expect(second.batch._id.equals(first.batch._id)).to.equal(true);
    expect(second.ends).to.deep.equal(first.ends);
    expect(await counted()).to.deep.equal(before);
  });

  it('answers the same key twice at once with one batch', async () => {
    const rows = [submitted(license())];
    const both = await Promise.all([submit(rows, 'b2'), submit(rows, 'b2')]);
    expect(both[0].batch._id.equals(both[1].batch._id)).to.equal(true);
    expect(both.map(({ ends }) => ends.map(({ outcome }) => outcome))).to.deep.equal([
      ['INSERTED'],
      ['INSERTED'],
    ]);
  });

  it('refuses a key that came with other rows, and keeps nothing of them', async () => {
    await submit([submitted(license())], 'b3');
    const before = await counted();
    expect(await codeOf(submit([submitted(license())], 'b3'))).to.equal('MUTATION_KEY_REUSED');
    expect(await counted()).to.deep.equal(before);
  });

  it('leaves every caller keys of its own', async () => {
    await submit([submitted(license())], 'b4');
    const { ends } = await submit([submitted(license())], 'b4', tax, 'tax/license');
    expect(ends.map(({ outcome }) => outcome)).to.deep.equal(['INSERTED']);
  });

  it('takes 500 rows and answers each; 501 and none are refused', async function () {
    const rows = range(500).map(() => submitted(license()));
    const { ends } = await submit(rows, 'c1');
    expect(ends).to.have.length(500);
    expect(new Set(ends.map(({ outcome }) => outcome))).to.deep.equal(new Set(['INSERTED']));
    expect(await codeOf(submit([...rows, submitted(license())], 'c2'))).to.equal('FEED_ROWS_EMPTY');
    expect(await codeOf(submit([], 'c3'))).to.equal('FEED_ROWS_EMPTY');
  });

  it('refuses what would not be a row, rather than leave it out', async () => {
    const before = await counted();
    const empty = (value: string): SubmittedRow => ({ cells: [{ column: 'XK_WSH', value }] });
    for (const value of ['', ' \t', '\0', '\0 \0']) {
      expect(
        await codeOf(submit([submitted(license()), empty(value)], 'd1')),
        JSON.stringify(value),
      ).to.equal('FEED_ROW_EMPTY');
    }
    const twice = { cells: [...submitted(license()).cells, { column: 'XK_WSH', value: '二' }] };
    expect(await codeOf(submit([twice], 'd2'))).to.equal('FEED_ROW_COLUMN_TWICE');
    expect(await codeOf(submit([{ cells: [{ column: '甲', value: '乙' }] }], 'd3'))).to.match(/^FILE_/);
    expect(await counted()).to.deep.equal(before);
  });

  it('keeps quotes, separators and line feeds of a value', async () => {
    const content = '准予"经营"，甲,乙;丙\n第二行';
    const row = license({ content });
    const { ends } = await submit([submitted(row)], 'e1');
    const record = await app.creditRecords.get(market, ends[0]?.recordId ?? '');
    expect(record.fields.find(({ field }) => field === 'content')?.value).to.equal(content);
  });

  it('is for the agency of the sector alone', async () => {
    const rows = [submitted(license())];
    expect(await codeOf(submit(rows, 'f1', tax))).to.equal('FEED_UNKNOWN');
    expect(await codeOf(submit(rows, 'f2', anonymousViewer))).to.equal('UNAUTHENTICATED');
    expect(await codeOf(submit(rows, 'f3', market, 'market/__proto__'))).to.equal('FEED_UNKNOWN');
  });
});
