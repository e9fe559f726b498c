import { read, utils, write } from '@e965/xlsx';
import { expect } from 'chai';
import { graphql } from 'graphql';
import { join } from 'node:path';
import { makeViewer, systemViewer, type Viewer } from '../../../server/auth/viewer.ts';
import type { AppContext } from '../../../server/context.ts';
import { toGlobalId } from '../../../server/graphql/global-id.ts';
import { requestContext } from '../../../server/graphql/request-context.ts';
import { createSchema } from '../../../server/graphql/schema.ts';
import { civilDateOf } from '../../../server/lib/civil-date.ts';
import { NotFoundError } from '../../../server/lib/errors.ts';
import type { FeedBatchDoc } from '../../../server/modules/feed/index.ts';
import type { Simulator } from '../../../server/upstream-sim/index.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { editJournal } from '../../support/reconciliation.ts';
import { connectPlatform, movableClock, startSim } from '../../support/upstream.ts';
import { agencyViewer, bring, centre, collectionOf, csvFile, rowOf } from '../feed/feeds.ts';

const FEED = 'market/license';
const THREAD = `query ($id: ID!) {
  recordThread(recordId: $id) { at step revision platform platformName attempt code message batchId row problemId }
}`;

interface Event {
  readonly at: string;
  readonly step: string;
  readonly revision: number | null;
  readonly platform: string | null;
  readonly platformName: string | null;
  readonly attempt: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly batchId: string | null;
  readonly row: number | null;
  readonly problemId: string | null;
}

describe('the thread of a record', () => {
  const clock = movableClock('2026-03-02T02:00:00Z');
  const schema = createSchema();
  let context: TestContext;
  let app: AppContext;
  let market: Viewer;
  let sim: Simulator;
  const journal = (): string => join(context.directory, 'journal.jsonl');

  before(async () => {
    context = await testContext({ clock });
    ({ app } = context);
    market = await agencyViewer(app, 'market');
    sim = await startSim('refuse=1', { journal: journal(), clock });
    await connectPlatform(app.outbox, sim.url);
  });
  after(async () => {
    await context.close();
    await sim.close();
  });

  const restart = async (faults: string): Promise<void> => {
    const port = Number(new URL(sim.url).port);
    await sim.close();
    sim = await startSim(faults, { journal: journal(), clock, port });
  };
  const later = (): void => clock.forward(60_000);
  const bringRow = async (row: Record<string, string>): Promise<FeedBatchDoc> => {
    later();
    return bring(app, csvFile('LICENSE', [row]), { viewer: market, feed: FEED });
  };
  const drain = async (): Promise<void> => {
    later();
    await app.outbox.deliverDue('province', { drain: true });
  };
  const ask = async (viewer: Viewer, id: string) => {
    const contextValue = requestContext(app, { viewer, requestId: 'r', log: app.log });
    return graphql({ schema, source: THREAD, variableValues: { id }, contextValue });
  };
  const threadOf = async (viewer: Viewer, recordId: string): Promise<Event[]> => {
    const { data, errors } = await ask(viewer, toGlobalId('CreditRecord', recordId));
    expect(errors).to.equal(undefined);
    return (data as unknown as { recordThread: Event[] }).recordThread;
  };
  const recordOf = async (documentNumber: string): Promise<string> => {
    const { nodes } = await app.creditRecords.page(systemViewer, { documentNumber }, { first: 1 });
    return nodes[0]?.id ?? '';
  };
  /** The workbook of a batch with one cell put right. */
  const corrected = async (batch: FeedBatchDoc, cells: Record<string, string>): Promise<Buffer> => {
    const book = read(await app.feeds.problemWorkbook(market, batch._id.toHexString()));
    const sheet = book.Sheets[book.SheetNames[0] ?? ''];
    const lines = sheet ? utils.sheet_to_json<Record<string, string>>(sheet, { defval: '', raw: false }) : [];
    const fixed = utils.book_new();
    utils.book_append_sheet(
      fixed,
      utils.json_to_sheet(lines.map((line) => ({ ...line, ...cells }))),
      '疑问数据',
    );
    return write(fixed, { type: 'buffer', bookType: 'xlsx' }) as Buffer;
  };

  it('tells the whole road: refused at the door, refused upstream, corrected, confirmed, lost and mended', async () => {
    const row = rowOf('LICENSE', 1);
    const number = row['documentNumber'] ?? '';
    const first = await bringRow({ ...row, decidedOn: '昨天' });
    const second = await bringRow({ ...row });
    const id = await recordOf(number);
    await drain();
    later();
    const workbook = await corrected(second, { 许可内容: '食品销售经营者（更正）' });
    const third = await bring(app, workbook, { viewer: market, feed: FEED, fileName: '改正.xlsx' });
    await restart('');
    await drain();
    await sim.close();
    await editJournal(journal(), (line) => (line.result === 'accepted' ? undefined : line));
    sim = await startSim('', { journal: journal(), clock, port: Number(new URL(sim.url).port) });
    later();
    const day = civilDateOf(clock.now());
    await app.reconciliation.run(systemViewer, { platform: 'province', day, repair: true });
    await drain();

    const events = await threadOf(market, id);
    expect(events.map(({ step, revision }) => [step, revision])).to.deep.equal([
      ['PROBLEM', null],
      ['ACCEPTED', 1],
      ['ENQUEUED', 1],
      ['CORRECTED', null],
      ['SENT', 1],
      ['REFUSED', 1],
      ['PROBLEM', 1],
      ['ACCEPTED', 2],
      ['ENQUEUED', 2],
      ['CORRECTED', null],
      ['SENT', 2],
      ['CONFIRMED', 2],
      ['DIFFERENCE', 2],
      ['REPAIRED', 2],
      ['SENT', 2],
      ['CONFIRMED', 2],
    ]);
    const [door, , , closed, , refused, upstream, again, , mended, , , lost] = events as [Event, ...Event[]];
    const batchId = ({ _id }: FeedBatchDoc): string => toGlobalId('FeedBatch', _id.toHexString());
    expect(door).to.include({ batchId: batchId(first), row: 2, platform: null });
    expect(door.message).to.include('不是有效日期');
    expect(closed).to.include({ batchId: batchId(second), problemId: door.problemId });
    expect(refused).to.include({
      platform: 'province',
      platformName: '省信用信息共享平台',
      code: 'SIM_REFUSED',
      message: '模拟平台退回：数据不符合要求',
    });
    expect(upstream).to.include({ platform: 'province', batchId: batchId(second), row: null });
    expect(again).to.include({ batchId: batchId(third), row: 1 });
    expect(mended).to.include({ batchId: batchId(third), problemId: upstream?.problemId });
    expect(lost).to.include({ code: 'MISSING_THERE' });
    expect(events.at(-2)?.attempt).to.equal(2);
    expect(await threadOf(centre, id)).to.deep.equal(events);
    expect(await ask(centre, toGlobalId('PublicRecord', id)))
      .to.have.nested.property('data.recordThread')
      .with.length(16);
    const problem = await app.feeds.problemRow(market, `province:${id}:1`);
    expect(problem).to.include({ status: 'CORRECTED' });
  });

  it('is nobody else’s: another agency, the firm itself, a record that is not there', async () => {
    const id = toGlobalId('CreditRecord', await recordOf(rowOf('LICENSE', 1)['documentNumber'] ?? ''));
    const uscc = rowOf('LICENSE', 1)['uscc'] ?? '';
    const strangers = [
      await agencyViewer(app, 'tax'),
      makeViewer({
        kind: 'account',
        accountId: 'f',
        roles: ['ENTERPRISE_USER'],
        sectors: [],
        organizationUscc: uscc,
      }),
    ];
    for (const viewer of strangers) {
      const { data, errors } = await ask(viewer, id);
      expect(data ?? null).to.equal(null);
      expect(errors?.[0]?.originalError).to.be.instanceOf(NotFoundError);
    }
    for (const unknown of [
      toGlobalId('CreditRecord', '0'.repeat(24)),
      toGlobalId('FeedBatch', 'x'),
      'nothing',
    ]) {
      const { errors } = await ask(centre, unknown);
      expect(errors?.[0]?.originalError).to.be.instanceOf(NotFoundError);
    }
    const bank = makeViewer({ kind: 'account', accountId: 'b', roles: ['BANK_MAKER'], sectors: [] });
    expect((await ask(bank, id)).errors).to.have.length(1);
  });

  it('keeps numbers of natural persons out of the platform’s words', async () => {
    await restart('lose-receipt=1');
    const row = rowOf('LICENSE', 2, {}, 'NATURAL_PERSON');
    await bringRow({ ...row });
    later();
    await app.outbox.deliverDue('province');
    const id = await recordOf(row['documentNumber'] ?? '');
    const lot = await collectionOf(app, 'outbox_lots').findOne({ state: 'SENT' });
    const number = row['idNumber'] ?? '';
    const said = { itemId: `${id}:1`, result: 'refused', code: 'E7', message: `证件号码 ${number} 校验不符` };
    const batch = String((lot?.['tokens'] as string[]).at(-1));
    await app.outbox.applyReceipt('province', Buffer.from(JSON.stringify({ batch, results: [said] })));
    const events = await threadOf(market, id);
    expect(number).to.have.length(18);
    expect(events.filter(({ code }) => code === 'E7')).to.have.length(1);
    expect(JSON.stringify(events)).not.to.include(number);
    expect(JSON.stringify(events)).not.to.include(row['counterpartName'] ?? '');
  });

  it('stands beside platforms that show their hours and whether they can be compared', async () => {
    await app.outbox.setPlatform(systemViewer, {
      code: 'province',
      windows: ['23:00-23:30'],
      windowDays: 'WORKING',
    });
    const contextValue = requestContext(app, { viewer: centre, requestId: 'r', log: app.log });
    const source = '{ platforms { code windows windowDays opensAt comparable } }';
    const { data, errors } = await graphql({ schema, source, contextValue });
    expect(errors).to.equal(undefined);
    const [province, second] = (data as unknown as { platforms: Record<string, unknown>[] }).platforms;
    expect(province).to.deep.include({
      windows: ['23:00-23:30'],
      windowDays: 'WORKING',
      comparable: true,
      opensAt: '2026-03-02T15:00:00.000Z',
    });
    expect(second).to.deep.include({ windows: [], windowDays: 'ALL', opensAt: null });
  });

  it('sends a value without a code of the platform back to the agency, in words', async () => {
    const item = { recordId: await recordOf(rowOf('LICENSE', 1)['documentNumber'] ?? ''), revision: 2 };
    const refusal = {
      ...item,
      platform: 'second',
      code: 'PUSH_CODE_UNMAPPED',
      message: 'XK_ZT：2',
      local: true,
    };
    await app.db.inTransaction((tx) => app.feeds.addRefused([refusal], tx));
    const events = await threadOf(market, item.recordId);
    const problem = events.find(({ platform }) => platform === 'second');
    expect(problem?.message).to.include('没有与该值对应的代码（XK_ZT：2）');
  });
});
