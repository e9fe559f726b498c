import { join } from 'node:path';
import { expect } from 'chai';
import { systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import { createContext, type AppContext } from '../../../server/context.ts';
import type { FeedBatchDoc } from '../../../server/modules/feed/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import {
  agencyViewer,
  bring,
  centre,
  collectionOf,
  csvFile,
  filesUnder,
  range,
  reasons,
  receive,
  rowOf,
  type Texts,
} from './feeds.ts';

/** Two chunks and a bit. */
const ROWS = 2_010;

describe('ingesting a batch', () => {
  const clock = movableClock();
  let context: TestContext;
  let app: AppContext;
  let market: Viewer;
  let n = 0;
  const fresh = (rows = 1): ReturnType<typeof rowOf>[] => range(rows).map(() => rowOf('LICENSE', (n += 1)));

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    market = await agencyViewer(app, 'market');
  });
  after(() => context.close());

  const batchOf = ({ _id }: FeedBatchDoc): Promise<FeedBatchDoc> =>
    app.feeds.batch(centre, _id.toHexString());
  const stored = (batch: FeedBatchDoc): Promise<number> =>
    collectionOf(app, 'credit_records').countDocuments({ batchId: batch._id });

  /** Ordinals of the inserted rows, page by page. */
  async function paged({ _id }: FeedBatchDoc, first: number): Promise<number[]> {
    const seqs: number[] = [];
    for (let after: string | undefined; ;) {
      const page = await app.feeds.rows(market, _id.toHexString(), 'INSERTED', {
        first,
        ...(after === undefined ? {} : { after }),
      });
      seqs.push(...page.nodes.map(({ seq }) => seq));
      if (!page.hasNext) return seqs;
      after = page.cursors.at(-1);
    }
  }

  it('ends every row as inserted, updated, unchanged, conflict or problem', async () => {
    const [known, changing, foreign, first] = fresh(4) as [Texts, Texts, Texts, Texts];
    await bring(app, csvFile('LICENSE', [known, changing]), { viewer: market });
    await bring(app, csvFile('LICENSE', [foreign]), { feed: 'tax/license' });
    const bad = { ...first, documentNumber: '示字〔2025〕坏号', decidedOn: '昨天', licenseKind: '不存在' };
    const file = [
      first,
      { ...changing, content: '准予变更' },
      known,
      foreign,
      bad,
      { ...first, content: '另一种说法' },
    ];
    const batch = await bring(app, csvFile('LICENSE', file), { viewer: market });
    expect(batch.status).to.equal('PARTLY_INGESTED');
    expect(batch.rows).to.deep.equal({
      read: 6,
      inserted: 1,
      updated: 1,
      unchanged: 1,
      conflict: 1,
      refused: 2,
    });
    const rows = await app.feeds.rows(market, batch._id.toHexString(), undefined, { first: 50 });
    expect(rows.nodes.map(({ seq, row, outcome }) => [seq, row, outcome])).to.deep.equal([
      [1, 2, 'INSERTED'],
      [2, 3, 'UPDATED'],
      [3, 4, 'UNCHANGED'],
      [4, 5, 'CONFLICT'],
      [5, 6, 'REFUSED'],
      [6, 7, 'REFUSED'],
    ]);
    // A reason for each column that is wrong, and no conflict among the clerk's rows.
    expect(await reasons(app, batch)).to.deep.equal([
      { row: 6, codes: ['FEED_LICENSE_KIND_UNKNOWN', 'FEED_DATE_INVALID'] },
      { row: 7, codes: ['FEED_DUPLICATE_IN_FILE'] },
    ]);
    expect(await app.feeds.problems.recount()).to.equal(2);
    expect(await app.feeds.problems.open()).to.equal(2);
  });

  it('keeps its word on two rows of a file that disagree when the file comes again', async () => {
    const [row] = fresh() as [Texts];
    const file = csvFile('LICENSE', [row, { ...row, content: '另一种说法' }]);
    const first = await bring(app, file, { viewer: market });
    const again = await bring(app, file, { viewer: market, again: true });
    expect(first.rows).to.deep.include({ inserted: 1, refused: 1 });
    expect(again.rows).to.deep.include({ unchanged: 1, updated: 0, refused: 1 });
  });

  it('makes a second revision of a changed row and moves the public copy and the outbox with it', async () => {
    await app.outbox.setPlatform(systemViewer, {
      code: 'province',
      url: 'http://127.0.0.1:9',
      token: 't',
      enabled: true,
    });
    try {
      const [row] = fresh() as [Texts];
      await bring(app, csvFile('LICENSE', [row]), { viewer: market });
      const documentNumber = row['documentNumber'] ?? '';
      const [record] = (await app.creditRecords.page(market, { documentNumber }, { first: 5 })).nodes;
      clock.forward(60_000);
      await bring(app, csvFile('LICENSE', [{ ...row, content: '准予变更许可' }]), { viewer: market });
      const { nodes } = await app.creditRecords.page(market, { documentNumber }, { first: 5 });
      expect(nodes.map(({ id, revision, receivedAt }) => [id, revision, receivedAt])).to.deep.equal([
        [record?.id, 2, record?.receivedAt],
      ]);
      const contentOf = (fields: readonly { field: string; value: string }[]): string | undefined =>
        fields.find(({ field }) => field === 'content')?.value;
      const [shown] = (await app.publications.page(market, { documentNumber }, { first: 5 })).nodes;
      expect([shown?.revision, contentOf(shown?.fields ?? [])]).to.deep.equal([2, '准予变更许可']);
      const [old] = await app.creditRecords.revisions(market, record?.id ?? '');
      expect([old?.revision, contentOf(old?.fields ?? [])]).to.deep.equal([1, '准予设立登记']);
      const items = await app.outbox.page(centre, { recordId: record?.id ?? '' }, { first: 5 });
      expect(items.nodes.map(({ revision, state }) => [revision, state]).sort()).to.deep.equal([
        [1, 'SUPERSEDED'],
        [2, 'PENDING'],
      ]);
    } finally {
      await app.outbox.setPlatform(systemViewer, { code: 'province', enabled: false });
    }
  });

  it('goes on where it was stopped: nothing is doubled and the counts add up', async () => {
    const before = await app.feeds.counts();
    const { batch } = await receive(app, csvFile('LICENSE', fresh(ROWS)), { viewer: market });
    const id = batch._id.toHexString();
    const stop = new AbortController();
    const reason = new Error('stopped');
    const error = await app.feeds.ingest
      .run(id, { signal: stop.signal, onRows: () => stop.abort(reason) })
      .catch((thrown: unknown) => thrown);
    expect(error).to.equal(reason);
    const half = await batchOf(batch);
    expect(half.status).to.equal('INGESTING');
    expect(half.cursor).to.be.within(1_000, ROWS - 1);
    expect([half.rows.read, await stored(batch)]).to.deep.equal([half.cursor, half.cursor]);
    expect(await app.feeds.ingest.run(id)).to.equal(true);
    const whole = await batchOf(batch);
    expect([whole.status, whole.rows.read, whole.rows.inserted]).to.deep.equal(['INGESTED', ROWS, ROWS]);
    expect(await stored(batch)).to.equal(ROWS);
    expect((await app.feeds.counts()).inserted - before.inserted).to.equal(ROWS);
    expect(await app.creditRecords.counts()).to.deep.equal(await app.creditRecords.recount());
    expect((await filesUnder(join(context.directory, 'work'))).size, 'plain files left').to.equal(0);
    // Paging loses and repeats no row.
    expect(await paged(batch, 100)).to.deep.equal(range(ROWS));
    // An ended batch is left alone.
    await app.feeds.ingest.run(id);
    expect((await batchOf(batch)).rows).to.deep.equal(whole.rows);
  });

  describe('in two processes at once', () => {
    let second: AppContext;

    before(async () => {
      // The files are found where the first keeps them; the store is the one it has open.
      second = await createContext(app.config, { clock });
    });
    after(() => second.close());

    it('stores each row once', async () => {
      const { batch } = await receive(app, csvFile('LICENSE', fresh(ROWS)), { viewer: market });
      const id = batch._id.toHexString();
      const ran = await Promise.all([app.feeds.ingest.run(id), second.feeds.ingest.run(id)]);
      expect(ran.filter(Boolean)).to.have.length(1);
      expect((await batchOf(batch)).rows).to.deep.include({ read: ROWS, inserted: ROWS });
      expect(await stored(batch)).to.equal(ROWS);
    });

    it('stores each row once even when the first loses its lease', async () => {
      const rows = fresh(ROWS).map((row, i) => (i % 100 === 0 ? { ...row, decidedOn: '昨天' } : row));
      const { batch } = await receive(app, csvFile('LICENSE', rows), { viewer: market });
      const id = batch._id.toHexString();
      const other: Promise<boolean>[] = [];
      const takeOver = async (): Promise<boolean> => {
        await collectionOf(app, 'leases').deleteOne({ _id: `feed-batch:${id}` as never });
        return second.feeds.ingest.run(id);
      };
      const ran = await app.feeds.ingest.run(id, {
        onRows: () => {
          if (other.length === 0) other.push(takeOver());
        },
      });
      const both = [ran, ...(await Promise.all(other))];
      expect(both).to.include(true);
      const ended = await batchOf(batch);
      expect(ended.status).to.equal('PARTLY_INGESTED');
      expect(ended.rows).to.deep.include({ read: ROWS, inserted: ROWS - 21, refused: 21 });
      expect(await stored(batch)).to.equal(ROWS - 21);
      expect(await app.feeds.problems.open()).to.equal(await app.feeds.problems.recount());
    });

    it('leaves the plain files of the other one alone', async () => {
      const { batch } = await receive(app, csvFile('LICENSE', fresh()), { viewer: market });
      const file = await app.feeds.ingest.open(batch.blobKey, batch.fileName, 'market/license');
      const third = await createContext(app.config, { clock });
      await third.close();
      let rows = 0;
      for await (const _row of file.rows()) rows += 1;
      await file.close();
      expect(rows).to.equal(1);
    });
  });

  describe('of the longest rows there may be', function () {
    this.timeout(180_000);
    const LONG = { facts: 5000, content: 5000, remark: 4000, violationType: 1500 } as const;
    const PENALTIES = 360;
    const long = (i: number): Texts => {
      const texts = Object.entries(LONG).map(([field, length]) => [field, '罚款'.repeat(length / 2)]);
      return rowOf('PENALTY', i, {
        ...Object.fromEntries(texts),
        documentNumber: `示罚〔2025〕长${String(i)}号`,
      });
    };
    const upload = { feed: 'market/penalty' } as const;

    it('takes fewer of them at once, and shows each', async () => {
      const batch = await bring(app, csvFile('PENALTY', range(PENALTIES).map(long)), {
        ...upload,
        viewer: market,
      });
      expect([batch.status, batch.rows.inserted], JSON.stringify(batch.failure)).to.deep.equal([
        'INGESTED',
        PENALTIES,
      ]);
      const chunks = await collectionOf(app, 'feed_chunks').countDocuments({ batchId: batch._id });
      expect(chunks).to.be.greaterThan(4);
      expect(await paged(batch, 7)).to.deep.equal(range(PENALTIES));
    });

    it('replaces them by short ones, in smaller chunks where a transaction does not take as much', async () => {
      const short = range(PENALTIES).map((i) => ({ ...long(i), facts: '短', content: '罚款', remark: '' }));
      const { batch } = await receive(app, csvFile('PENALTY', short), { ...upload, viewer: market });
      const id = batch._id.toHexString();
      for (let i = 0; i < 3 && (await batchOf(batch)).status !== 'INGESTED'; i += 1)
        await app.feeds.ingest.run(id).catch(() => undefined);
      const { status, rows } = await batchOf(batch);
      expect([status, rows.updated]).to.deep.equal(['INGESTED', PENALTIES]);
    });
  });

  it('holds no identity number in the clear, neither in files nor in the store', async () => {
    const id = '620302199001010012';
    const natural = (document: string, changes = {}) =>
      rowOf('PENALTY', (n += 1), { documentNumber: document, idNumber: id, ...changes }, 'NATURAL_PERSON');
    const file = csvFile('PENALTY', [
      natural('示字〔2025〕人1号', { penaltyKinds: '罚款', confiscated: '', content: '罚款5000元' }),
      natural('示字〔2025〕人2号', { decidedOn: '昨天' }),
      natural(id, { uscc: id, facts: `当事人身份证${id}` }),
    ]);
    const batch = await bring(app, file, { viewer: market, feed: 'market/penalty' });
    expect(batch.rows).to.deep.include({ read: 3, inserted: 1, refused: 2 });
    // The problem workbook is the agency's own, with what it has to correct.
    expect((await app.feeds.problemWorkbook(market, batch._id.toHexString())).length).to.be.greaterThan(0);
    for (const { name } of await app.db.conn.getClient().db(app.db.conn.name).listCollections().toArray()) {
      for (const doc of await collectionOf(app, name).find({}).toArray()) {
        expect(JSON.stringify(doc), name).not.to.include(id);
      }
    }
    const needle = Buffer.from(id);
    for (const [path, bytes] of await filesUnder(context.directory)) {
      expect(bytes.includes(needle), path).to.equal(false);
    }
  });
});
