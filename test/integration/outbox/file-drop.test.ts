import { expect } from 'chai';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import type { RefusedItem } from '../../../server/modules/outbox/index.ts';
import type { DropSimulator } from '../../../server/upstream-sim/index.ts';
import { connectFolder, numbersOf, startDrop, takenFiles } from '../../support/drop.ts';
import { testReconciliation } from '../../support/reconciliation.ts';
import { testDb, type TestDb } from '../../support/store.ts';
import { movableClock, readJournal, testOutbox, wipe, type TestOutbox } from '../../support/upstream.ts';

const PLATFORM = 'province';

describe('a platform that takes files from a folder', () => {
  let store: TestDb;
  let root: string;
  let folder: string;
  let journal: string;
  let box: TestOutbox;
  let sim: DropSimulator | undefined;
  let n = 0;

  before(async () => {
    store = await testDb();
    root = await mkdtemp(join(tmpdir(), 'credit-drop-'));
    testReconciliation(store.db, testOutbox(store.db));
    await migrate(store.db, systemClock);
  });
  after(async () => {
    await store.drop();
    await rm(root, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await wipe(store.db);
    folder = join(root, String((n += 1)));
    journal = join(root, `${String(n)}.jsonl`);
    await mkdir(folder);
    box = testOutbox(store.db);
  });
  afterEach(async () => {
    await box.outbox.close();
    await sim?.close();
    sim = undefined;
  });

  const connect = (options = {}) => connectFolder(box.outbox, pathToFileURL(folder).href, options);
  const drain = () => box.outbox.deliverDue(PLATFORM, { drain: true });

  for (const faults of [
    '',
    'refuse=0.3',
    'late=0.4',
    'lose-receipt=0.3',
    'duplicate-answer=0.5',
    'slow=0.5',
    'late=0.3,lose-receipt=0.3',
  ]) {
    it(`gets each item once${faults === '' ? '' : ` under ${faults}`}, in files numbered without a gap`, async () => {
      sim = await startDrop(folder, faults, { journal });
      await connect({ batchSize: 10 });
      await box.enqueue(box.records.make(35));
      await box.enqueue(box.records.make(12, { kind: 'PENALTY' }));
      await drain();
      const { CONFIRMED, REFUSED } = await box.outbox.counts(PLATFORM);
      expect(CONFIRMED + REFUSED).to.equal(47);
      const effective = (await readJournal(journal)).filter((line) => line.effective);
      expect(effective).to.have.length(CONFIRMED);
      expect(new Set(effective.map(({ itemId }) => itemId)).size).to.equal(CONFIRMED);
      const files = await takenFiles(folder);
      for (const numbers of numbersOf(files).values())
        expect(numbers).to.deep.equal(numbers.map((_, i) => i + 1));
      for (const name of files) expect(name).to.match(/^JC010[12]_\d{8}_\d{5}\.xml$/);
      expect(await readdir(join(folder, 'rejected'))).to.deep.equal([]);
      expect(await store.db.conn.collection('push_files').countDocuments()).to.equal(0);
    });
  }

  it('gets each item once although it forgets what it was about to say', async () => {
    sim = await startDrop(folder, 'late=0.6', { journal, lateMs: 60_000 });
    await connect({ batchSize: 5 });
    await box.enqueue(box.records.make(20));
    await box.outbox.deliverDue(PLATFORM);
    while ((await readdir(join(folder, 'taken'))).length < 4) await sleep(20);
    await sim.close();
    sim = await startDrop(folder, '', { journal });
    await drain();
    expect((await box.outbox.counts(PLATFORM)).CONFIRMED).to.equal(20);
    expect((await readJournal(journal)).filter((line) => line.effective)).to.have.length(20);
    expect(await readdir(join(folder, 'rejected'))).to.deep.equal([]);
  });

  it('gets each item once when two processes bring files at once', async () => {
    sim = await startDrop(folder, 'late=0.2,refuse=0.1', { journal });
    await connect({ batchSize: 5 });
    const other = testOutbox(store.db, { records: box.records });
    await box.enqueue(box.records.make(60));
    await Promise.all([drain(), other.outbox.deliverDue(PLATFORM, { drain: true })]);
    await drain();
    await other.outbox.close();
    const { CONFIRMED, REFUSED } = await box.outbox.counts(PLATFORM);
    expect(CONFIRMED + REFUSED).to.equal(60);
    expect((await readJournal(journal)).filter((line) => line.effective)).to.have.length(CONFIRMED);
    const [numbers = []] = numbersOf(await takenFiles(folder)).values();
    expect(numbers).to.deep.equal(numbers.map((_, i) => i + 1));
  });

  it('tells what it refused in its own words', async () => {
    const refused: RefusedItem[] = [];
    await box.outbox.close();
    box = testOutbox(store.db, {
      onRefused: async (items) => {
        refused.push(...items);
      },
    });
    sim = await startDrop(folder, 'refuse=1');
    await connect();
    await box.enqueue(box.records.make(3));
    await drain();
    expect(refused.map(({ code }) => code)).to.deep.equal(['SIM_REFUSED', 'SIM_REFUSED', 'SIM_REFUSED']);
  });

  it('keeps its numbers when nothing of a table can be said, and says so of each item', async () => {
    const refused: RefusedItem[] = [];
    await box.outbox.close();
    box = testOutbox(store.db, {
      onRefused: async (items) => {
        refused.push(...items);
      },
    });
    sim = await startDrop(folder, '', { journal });
    await connect();
    const [bad] = box.records.make(1, { kind: 'PENALTY' });
    box.records.spoil(bad ?? { recordId: '' }, '许可\u0007内容');
    await box.enqueue([...(bad ? [bad] : []), ...box.records.make(2)]);
    await drain();
    expect(refused.map(({ code, message }) => [code, message])).to.deep.equal([
      ['PUSH_CHARACTER', '/data/XK_DOCUMENTUMBER U+0007'],
    ]);
    expect((await takenFiles(folder)).map((name) => name.slice(-9, -4))).to.deep.equal(['00001', '00002']);
    expect(await readJournal(journal)).to.have.length(2);
  });

  it('is left to its receipts when a process died between the file and its note', async () => {
    await connect();
    await box.enqueue(box.records.make(4));
    await box.outbox.deliverDue(PLATFORM);
    const [zip = ''] = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
    const first = await readFile(join(folder, zip));
    // As it was before the note: claimed, and nobody knows whether the file is there.
    await store.db.conn
      .collection('push_batches')
      .updateMany({}, { $set: { state: 'OPEN', lease: new Date(0) } });
    await store.db.conn.collection('outbox_lots').updateMany({}, { $set: { state: 'SENDING' } });
    await rename(join(folder, zip), join(folder, 'fetched'));
    await box.outbox.deliverDue(PLATFORM, { drain: false });
    const again = await readFile(join(folder, zip));
    expect(again.equals(first)).to.equal(true);
    sim = await startDrop(folder, '', { journal });
    await drain();
    expect((await box.outbox.counts(PLATFORM)).CONFIRMED).to.equal(4);
    expect((await takenFiles(folder)).length).to.equal(1);
  });

  it('that is not mounted keeps its numbers and gets the files when it is back', async () => {
    await connect({ batchSize: 2 });
    await box.enqueue(box.records.make(6));
    await rename(folder, `${folder}-away`);
    await box.outbox.deliverDue(PLATFORM);
    expect((await box.outbox.counts(PLATFORM)).SENDING).to.equal(6);
    await rename(`${folder}-away`, folder);
    sim = await startDrop(folder, '', { journal });
    await drain();
    expect((await box.outbox.counts(PLATFORM)).CONFIRMED).to.equal(6);
    expect([...numbersOf(await takenFiles(folder)).values()]).to.deep.equal([[1, 2, 3]]);
  });

  it('may answer in XML, and what cannot be read is asked for again', async () => {
    await connect();
    const made = box.records.make(2);
    await box.enqueue(made);
    await box.outbox.deliverDue(PLATFORM);
    const [zip = ''] = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
    const batch = await store.db.conn.collection<{ _id: string }>('push_batches').findOne({});
    await mkdir(join(folder, 'receipts'));
    const receipt = join(folder, 'receipts', zip.replace('.zip', '.xml'));
    await writeFile(receipt, '<RECEIPT batch="');
    await box.outbox.deliverDue(PLATFORM, { drain: true });
    expect((await box.outbox.counts(PLATFORM)).SENT).to.equal(2);
    const [first, second] = made.map(({ recordId }) => recordId);
    await writeFile(
      receipt,
      `<?xml version="1.0" encoding="UTF-8"?><RECEIPT batch="${String(batch?._id)}">` +
        `<ITEM id="${first ?? ''}:1" result="accepted" acceptedAt="2026-03-02T10:00:00+08:00"/>` +
        `<ITEM id="${second ?? ''}:1" result="refused" code="E1" message="存在字段长度不匹配 &lt;许可内容&gt;"/></RECEIPT>`,
    );
    await drain();
    const { nodes } = await box.outbox.page(systemViewer, { state: 'REFUSED' }, { first: 5 });
    expect(nodes[0]).to.include({ lastError: 'E1', lastMessage: '存在字段长度不匹配 <许可内容>' });
    expect(await box.outbox.receiptsOf(systemViewer, nodes[0]?.id ?? '')).to.have.length(1);
  }).timeout(30_000);

  it('does not get files again whose fate is known, though a receipt goes back on its word', async () => {
    await connect();
    const made = box.records.make(2);
    const [first = '', second = ''] = made.map(({ recordId }) => `${recordId}:1`);
    await box.enqueue(made);
    await box.outbox.deliverDue(PLATFORM);
    const [zip = ''] = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
    await rm(join(folder, zip));
    const batches = store.db.conn.collection<{ _id: string }>('push_batches');
    const batch = (await batches.findOne({}))?._id ?? '';
    await mkdir(join(folder, 'receipts'));
    const say = (...results: object[]) =>
      writeFile(join(folder, 'receipts', zip.replace('.zip', '.json')), JSON.stringify({ batch, results }));
    // The look after which files go again, where something is still open.
    const look = async () => {
      await batches.updateMany({}, { $set: { asks: 143, at: new Date(0) } });
      await box.outbox.deliverDue(PLATFORM);
      return (await readdir(folder)).filter((name) => name.endsWith('.zip'));
    };
    await say({ itemId: first, result: 'accepted' }, { itemId: second, result: 'pending' });
    expect(await look()).to.deep.equal([zip]);
    await rm(join(folder, zip));
    await say({ itemId: first, result: 'pending' }, { itemId: second, result: 'accepted' });
    expect(await look()).to.deep.equal([]);
    expect((await box.outbox.counts(PLATFORM)).CONFIRMED).to.equal(2);
    expect(await store.db.conn.collection('push_files').countDocuments()).to.equal(0);
  });

  it('is compared by its lists, and not at all where it gives none', async () => {
    const clock = movableClock();
    await box.outbox.close();
    box = testOutbox(store.db, { clock });
    const service = testReconciliation(store.db, box, clock);
    sim = await startDrop(folder, '', { journal, clock });
    await connect();
    await box.enqueue(box.records.make(20));
    await drain();
    await sim.close();
    clock.forward(3_600_000);
    const platforms = await box.outbox.listPlatforms(systemViewer);
    expect(platforms[0]).to.include({ comparable: true });
    const day = '2026-03-02';
    const run = await service.run(systemViewer, { platform: PLATFORM, day });
    expect(run).to.include({ state: 'DONE', here: 20, there: 20, missingThere: 0, different: 0 });
    // What was accepted since the list was made is not missing.
    sim = undefined;
    const list = join(folder, 'holdings', `${day}.jsonl`);
    const [, ...lines] = (await readFile(list, 'utf8')).trimEnd().split('\n');
    const write = (takenAt: string) =>
      writeFile(list, [JSON.stringify({ day, takenAt, n: 19 }), ...lines.slice(1), ''].join('\n'));
    await write('2026-03-02T01:00:00.000Z');
    const early = await service.run(systemViewer, { platform: PLATFORM, day, repair: true });
    expect(early).to.include({ missingThere: 0, inFlight: 1, repaired: 0 });
    await write('2026-03-02T02:30:00.000Z');
    const later = await service.run(systemViewer, { platform: PLATFORM, day, repair: true });
    expect(later).to.include({ missingThere: 1, repaired: 1 });
    await rm(join(folder, 'holdings'), { recursive: true });
    const error = await service
      .run(systemViewer, { platform: PLATFORM, day })
      .catch((caught: unknown) => caught);
    expect(error).to.include({ code: 'RECONCILE_NOT_OFFERED' });
    expect((await box.outbox.listPlatforms(systemViewer))[0]).to.include({ comparable: false });
    await service.close();
  });
});
