import { expect } from 'chai';
import { read, utils, write } from '@e965/xlsx';
import { systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import type { FeedBatchDoc } from '../../../server/modules/feed/index.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { codeOf } from '../../support/doors.ts';
import { connectPlatform, movableClock, startSim } from '../../support/upstream.ts';
import {
  agencyViewer,
  bring,
  centre,
  collectionOf,
  csvFile,
  range,
  reasons,
  receive,
  rowOf,
} from './feeds.ts';

const FEED = 'market/penalty';

describe('problem rows', () => {
  const clock = movableClock();
  let context: TestContext;
  let app: AppContext;
  let market: Viewer;
  let n = 0;
  const penalty = (changes = {}) => rowOf('PENALTY', (n += 1), changes);
  const bringRows = (...rows: Parameters<typeof csvFile>[1]) =>
    bring(app, csvFile('PENALTY', rows), { viewer: market, feed: FEED });
  const open = async (): Promise<number> => {
    const [kept, counted] = [await app.feeds.problems.open(), await app.feeds.problems.recount()];
    expect(kept, 'kept count').to.equal(counted);
    return kept;
  };

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    market = await agencyViewer(app, 'market');
  });
  after(() => context.close());
  beforeEach(async () => {
    await collectionOf(app, 'problem_rows').deleteMany({});
    await collectionOf(app, 'counters').deleteMany({ _id: /^problems:open/ as never });
  });

  /** The workbook as the clerk sees it: a line for each row by the name of its column. */
  async function download(batch: FeedBatchDoc): Promise<Record<string, string>[]> {
    const book = read(await app.feeds.problemWorkbook(market, batch._id.toHexString()));
    const sheet = book.Sheets[book.SheetNames[0] ?? ''];
    return sheet ? utils.sheet_to_json<Record<string, string>>(sheet, { defval: '', raw: false }) : [];
  }

  function upload(lines: readonly Record<string, string>[], viewer = market): Promise<FeedBatchDoc> {
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.json_to_sheet([...lines]), '疑问数据');
    const content = write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer;
    return bring(app, content, { viewer, feed: FEED, fileName: '改正.xlsx' });
  }

  it('go out as a workbook with a reason per column and come back corrected as the same file', async () => {
    const bad = penalty({ decidedOn: '昨天', violationType: '', publicUntil: '' });
    const batch = await bringRows(penalty(), bad, penalty({ uscc: '91620300MA7B2C3D9X' }));
    expect(await open()).to.equal(2);
    const lines = await download(batch);
    expect(lines).to.have.length(2);
    const [first, second] = lines as [Record<string, string>, Record<string, string>];
    expect(first['问题说明']?.split('\n')).to.have.length(2);
    expect(first['问题说明']).to.include('违法行为类型：').and.to.include('处罚决定日期：“昨天”不是有效日期');
    expect(first['原文件行号']).to.equal('3');
    expect(first['行政处罚决定书文号']).to.equal(bad['documentNumber']);
    const right = penalty()['uscc'] ?? '';
    const fixed = await upload([
      { ...first, 处罚决定日期: '2025/01/02', 违法行为类型: '违反食品安全管理规定' },
      { ...second, '行政相对人代码_1（统一社会信用代码）': right },
    ]);
    expect(fixed.rows).to.deep.include({ read: 2, inserted: 2, refused: 0 });
    expect(await open()).to.equal(0);
    const { nodes } = await app.feeds.problemRows(market, batch._id.toHexString(), { first: 10 });
    expect(nodes.map(({ status }) => status)).to.deep.equal(['CORRECTED', 'CORRECTED']);
    expect(await download(batch)).to.deep.equal([]);
  });

  it('are found by their number when the document number itself was wrong', async () => {
    const batch = await bringRows(penalty({ documentNumber: '' }));
    const [line] = await download(batch);
    await upload([{ ...line, 行政处罚决定书文号: `示字〔2025〕补${String(n)}号` }]);
    expect(await open()).to.equal(0);
  });

  it('are put right by a later file that has no number', async () => {
    const row = penalty({ decidedOn: '昨天' });
    await bringRows(row);
    await bringRows({ ...row, decidedOn: '2025/01/02' });
    expect(await open()).to.equal(0);
  });

  it('wait once for a row that comes again and is still wrong, whether by number or as the same file', async () => {
    const row = penalty({ decidedOn: '昨天' });
    const batch = await bringRows(row);
    const [line] = await download(batch);
    const second = await upload([{ ...line, 处罚决定日期: '前天', 行政相对人名称: '改名商贸有限公司' }]);
    expect(await open()).to.equal(1);
    expect(await download(batch)).to.have.length(0);
    expect(await download(second)).to.have.length(1);
    await bring(app, csvFile('PENALTY', [row]), { viewer: market, feed: FEED, again: true });
    await bring(app, csvFile('PENALTY', [row]), { viewer: market, feed: FEED, again: true });
    expect(await open(), 'again').to.equal(2);
  });

  it('of rows without a document number do not stand for each other', async () => {
    await bringRows(penalty({ documentNumber: '' }), penalty({ documentNumber: '', decidedOn: '昨天' }));
    await bringRows(penalty({ documentNumber: '', uscc: '' }));
    expect(await open()).to.equal(3);
  });

  it('pass with the same value once 确认 says so', async () => {
    const batch = await bringRows(penalty({ fine: '999999', content: '罚款' }));
    const shown = (await reasons(app, batch))[0]?.codes;
    expect(shown).to.deep.equal(['CONFIRM_FINE_LARGE']);
    const [line] = await download(batch);
    expect(line?.['确认']).to.equal('');
    const still = await upload([{ ...line }]);
    expect(still.rows.refused).to.equal(1);
    const passed = await upload([{ ...line, 确认: '是' }]);
    expect(passed.rows).to.deep.include({ inserted: 1, refused: 0 });
    expect(await open()).to.equal(0);
  });

  it('are refused where two rows of a file disagree, and wait for the clerk', async () => {
    const row = penalty();
    const batch = await bringRows(row, { ...row, content: '罚款5000元，另行公告' });
    expect(batch.rows).to.deep.include({ inserted: 1, refused: 1 });
    expect(await open()).to.equal(1);
    expect((await download(batch)).map((line) => line['问题说明'])[0]).to.include('行政处罚决定书文号');
  });

  it('of one agency are not closed by the row of another', async () => {
    const row = penalty({ decidedOn: '昨天' });
    const batch = await bringRows(row);
    const [line] = await download(batch);
    const tax = await agencyViewer(app, 'tax');
    const { batch: foreign } = await receive(app, csvFile('PENALTY', [{ ...row, decidedOn: '2025/01/02' }]), {
      viewer: tax,
      feed: 'tax/penalty',
    });
    await app.feeds.ingest.run(foreign._id.toHexString());
    expect(await open()).to.equal(1);
    const id = line?.['问题编号'] ?? '';
    expect(await codeOf(app.feeds.problemRow(tax, id))).to.equal('FEED_BATCH_NOT_FOUND');
    expect((await app.feeds.problemRow(centre, id)).status).to.equal('OPEN');
  });

  it('keep a formula as text', async () => {
    const batch = await bringRows(penalty({ decidedOn: '=1+1', violationType: '' }));
    const book = read(await app.feeds.problemWorkbook(market, batch._id.toHexString()));
    const cells = Object.values(book.Sheets[book.SheetNames[0] ?? ''] ?? {}) as { f?: string; v?: string }[];
    expect(cells.filter(({ f }) => f !== undefined)).to.deep.equal([]);
    expect(cells.some(({ v }) => v === '=1+1')).to.equal(true);
  });

  it('open a link once, for five minutes, for whoever has it', async () => {
    const batch = await bringRows(penalty({ decidedOn: '昨天' }));
    const id = batch._id.toHexString();
    const { token } = await app.feeds.problemTicket(market, id);
    const takes = await Promise.all(
      range(3).map(() => app.feeds.takeTicket(token).catch((error: unknown) => error)),
    );
    expect(takes.filter((taken) => !(taken instanceof Error))).to.have.length(1);
    const late = await app.feeds.problemTicket(market, id);
    clock.forward(5 * 60_000 + 1);
    expect(await codeOf(app.feeds.takeTicket(late.token))).to.equal('DOWNLOAD_NOT_FOUND');
    expect(await codeOf(app.feeds.takeTicket(''))).to.equal('DOWNLOAD_NOT_FOUND');
    const kept = await collectionOf(app, 'download_tickets').find({}).toArray();
    expect(JSON.stringify(kept)).not.to.include(late.token);
  });

  describe('that a platform found', () => {
    let sim: Simulator;

    before(async () => {
      sim = await startSim('refuse=1');
      await connectPlatform(app.outbox, sim.url);
      // What was stored before goes first.
      await app.outbox.deliverDue('province', { drain: true });
    });
    after(async () => {
      await app.outbox.setPlatform(systemViewer, { code: 'province', enabled: false });
      await sim.close();
    });

    it('go back to the agency, are not answered by the same row, and come back as a new revision', async () => {
      const row = penalty();
      const batch = await bringRows(row);
      await app.outbox.deliverDue('province', { drain: true });
      expect(await open()).to.equal(1);
      const [line] = await download(batch);
      expect(line?.['问题说明']).to.match(/province|上级/);
      await bringRows(row, penalty());
      expect(await open(), 'the same row again').to.equal(1);
      const same = await upload([{ ...line }]);
      expect([same.rows.unchanged, await open()]).to.deep.equal([1, 1]);
      const fixed = await upload([{ ...line, 违法事实: '经营超过保质期的食品三批' }]);
      expect(fixed.rows).to.deep.include({ read: 1, updated: 1 });
      expect(await open()).to.equal(0);
      const [record] = (
        await app.creditRecords.page(market, { documentNumber: row['documentNumber'] ?? '' }, { first: 1 })
      ).nodes;
      expect(record?.revision).to.equal(2);
      const items = await app.outbox.page(centre, { recordId: record?.id ?? '' }, { first: 5 });
      expect(items.nodes.map(({ revision, state }) => [revision, state]).sort()).to.deep.equal([
        [1, 'REFUSED'],
        [2, 'PENDING'],
      ]);
    });
  });
});
