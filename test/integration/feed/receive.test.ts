import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { codeOf } from '../../support/doors.ts';
import { movableClock } from '../../support/upstream.ts';
import {
  agencyViewer,
  bring,
  centre,
  collectionOf,
  csvFile,
  filesUnder,
  range,
  receive,
  rowOf,
} from './feeds.ts';

describe('receiving a file', () => {
  let context: TestContext;
  let app: AppContext;
  let market: Viewer;
  let tax: Viewer;
  let n = 0;
  /** A file nobody brought before. */
  const fresh = (): string => csvFile('LICENSE', [rowOf('LICENSE', (n += 1))]);
  const blobs = async (): Promise<number> => (await filesUnder(join(context.directory, 'files'))).size;
  const batches = (): Promise<number> => collectionOf(app, 'feed_batches').countDocuments({});

  before(async () => {
    context = await testContext({ clock: movableClock() });
    ({ app } = context);
    market = await agencyViewer(app, 'market');
    tax = await agencyViewer(app, 'tax');
  });
  after(() => context.close());

  it('answers a repeat with the batch the file made, and works nothing again', async () => {
    const file = fresh();
    const first = await bring(app, file, { viewer: market });
    const { batch, duplicate } = await receive(app, file, { viewer: market, fileName: '另一个名字.csv' });
    expect({ duplicate, id: batch._id.toHexString(), status: batch.status }).to.deep.equal({
      duplicate: true,
      id: first._id.toHexString(),
      status: 'INGESTED',
    });
  });

  it('replays an older file on purpose as a batch of its own', async () => {
    const file = fresh();
    const first = await bring(app, file, { viewer: market });
    const again = await bring(app, file, { viewer: market, again: true });
    expect(again._id.equals(first._id)).to.equal(false);
    expect(again.rows).to.deep.include({ read: 1, inserted: 0, unchanged: 1 });
    // The plain repeat after it still answers the first.
    expect((await receive(app, file, { viewer: market })).batch._id.equals(first._id)).to.equal(true);
  });

  it('takes the same empty template any number of times, and from two agencies', async () => {
    const empty = csvFile('LICENSE', []);
    const made = [
      await bring(app, empty, { viewer: market }),
      await bring(app, empty, { viewer: market }),
      await bring(app, empty, { viewer: tax, feed: 'tax/license' }),
    ];
    expect(new Set(made.map(({ _id }) => _id.toHexString())).size).to.equal(3);
    expect(made.map(({ status, rows }) => [status, rows.read])).to.deep.equal(Array(3).fill(['INGESTED', 0]));
  });

  it('does not tell one agency that another brought the same file', async () => {
    const file = fresh();
    const first = await bring(app, file, { viewer: market });
    const { batch, duplicate } = await receive(app, file, { viewer: tax, feed: 'tax/license' });
    expect(duplicate).to.equal(false);
    expect(batch.agencyId.equals(first.agencyId)).to.equal(false);
  });

  it('answers NOT_FOUND for another agency’s batch, its rows, problems and workbook', async () => {
    const id = (await bring(app, fresh(), { viewer: market }))._id.toHexString();
    const asks = [
      () => app.feeds.batch(tax, id),
      () => app.feeds.rows(tax, id, undefined, { first: 10 }),
      () => app.feeds.problemRows(tax, id, { first: 10 }),
      () => app.feeds.problemWorkbook(tax, id),
      () => app.feeds.problemTicket(tax, id),
      () => app.feeds.batch(tax, 'f'.repeat(24)),
      () => app.feeds.batch(tax, 'nonsense'),
    ];
    for (const ask of asks) expect(await codeOf(ask())).to.equal('FEED_BATCH_NOT_FOUND');
    expect(
      (await app.feeds.batches(tax, {}, { first: 50 })).nodes.map(({ _id }) => _id.toHexString()),
    ).not.to.include(id);
    expect((await app.feeds.batch(centre, id))._id.toHexString()).to.equal(id);
  });

  it('refuses an agency the feeds and the name of another', async () => {
    const file = fresh();
    const before = await batches();
    expect(await codeOf(receive(app, file, { viewer: market, feed: 'tax/license' }))).to.equal(
      'FEED_UNKNOWN',
    );
    const code = app.sectors.bySlug('tax')?.agencyUscc ?? '';
    expect(await codeOf(receive(app, file, { viewer: market, agency: code }))).to.equal('FEED_UNKNOWN');
    expect(await codeOf(receive(app, file, { feed: 'market/nothing' }))).to.equal('FEED_UNKNOWN');
    expect(await codeOf(receive(app, file, { agency: '11629900000000000X' }))).to.equal(
      'FEED_AGENCY_UNKNOWN',
    );
    const bank = '91629900MADEM0011G';
    expect(await codeOf(receive(app, file, { agency: bank })), 'a bank').to.equal('FEED_AGENCY_UNKNOWN');
    expect(await batches()).to.equal(before);
  });

  it('lets only the centre bring history', async () => {
    const input = { feed: 'market/license', fileName: 'a.csv', source: '/nowhere', receivedAt: new Date(0) };
    expect(await codeOf(app.feeds.receive(market, input))).to.equal('FORBIDDEN');
  });

  it('keeps nothing of a file that is not of this feed', async () => {
    const before = [await batches(), await blobs()];
    for (const content of ['甲,乙\n1,2\n', '', 'MZ\u0000\u0001', csvFile('PENALTY', [rowOf('PENALTY', 1)])]) {
      expect(await codeOf(receive(app, content, { viewer: market }))).to.match(/^FILE_/);
    }
    expect([await batches(), await blobs()]).to.deep.equal(before);
    expect((await filesUnder(join(context.directory, 'work'))).size).to.equal(0);
  });

  it('keeps the file of a batch when the same content is refused for another feed', async () => {
    const file = fresh();
    const { batch } = await receive(app, file, { viewer: market });
    expect(await codeOf(receive(app, file, { feed: 'market/penalty' }))).to.equal('FILE_OTHER_FEED');
    const noRows = (): void => undefined;
    await app.feeds.dryRun(
      systemViewer,
      { feed: 'tax/license', fileName: 'a.csv', source: Readable.from([file]) },
      noRows,
    );
    await app.feeds.ingest.run(batch._id.toHexString());
    expect((await app.feeds.batch(market, batch._id.toHexString())).status).to.equal('INGESTED');
  });

  it('says what an import would do and stores nothing', async () => {
    const rows = [
      ...range(3).map(() => rowOf('LICENSE', (n += 1))),
      rowOf('LICENSE', 1, { decidedOn: '昨天' }),
    ];
    const counted = async () => ({
      records: await app.creditRecords.recount(),
      counts: await app.creditRecords.counts(),
      rows: await app.feeds.counts(),
      subjects: await app.subjects.total(),
      batches: await batches(),
      problems: await app.feeds.problems.recount(),
      public: await collectionOf(app, 'publications').countDocuments({}),
      blobs: await blobs(),
    });
    const before = await counted();
    const outcomes: string[] = [];
    const source = Readable.from([csvFile('LICENSE', rows)]);
    await app.feeds.dryRun(systemViewer, { feed: 'market/license', fileName: 'a.csv', source }, (ends) =>
      outcomes.push(...ends.map(({ outcome }) => outcome)),
    );
    expect(outcomes).to.deep.equal(['INSERTED', 'INSERTED', 'INSERTED', 'REFUSED']);
    expect(await counted()).to.deep.equal(before);
  });

  it('begins a failed batch again, as the repeat asks for it', async () => {
    const csv = fresh().replace('\n', ',接收时间\n').trimEnd() + ',2024-02-03\n';
    const input = (receivedAtColumn: string) => ({
      feed: 'market/license',
      fileName: 'a.csv',
      receivedAtColumn,
    });
    const first = await app.feeds.receive(systemViewer, {
      ...input('没有此列'),
      source: Readable.from([csv]),
    });
    const id = first.batch._id.toHexString();
    await app.feeds.ingest.run(id);
    expect((await app.feeds.batch(centre, id)).failure?.code).to.equal('FEED_RECEIVED_AT_COLUMN');
    const second = await app.feeds.receive(systemViewer, {
      ...input('接收时间'),
      source: Readable.from([csv]),
    });
    expect([second.duplicate, second.batch._id.toHexString()]).to.deep.equal([true, id]);
    await app.feeds.ingest.run(id);
    const { status, failure, migrated } = await app.feeds.batch(centre, id);
    expect({ status, failure, migrated }).to.deep.equal({
      status: 'INGESTED',
      failure: undefined,
      migrated: true,
    });
  });
});
