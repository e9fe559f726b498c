import { mkdir, readdir, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { read } from '@e965/xlsx';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { collectFeeds } from '../../../jobs/collect-feeds.job.ts';
import { testContext, type TestContext } from '../../support/app.ts';
import { movableClock } from '../../support/upstream.ts';
import { collectionOf, csvFile, receive, rowOf } from '../feed/feeds.ts';
import { collect, namedRow, setSource } from './sources.ts';

const SETTINGS = { quietSeconds: 60 };

describe('collection from a watched folder', function () {
  this.timeout(60_000);
  let context: TestContext;
  let inbox: string;
  let code: string;
  let n = 0;
  const clock = movableClock();

  before(async () => {
    context = await testContext({ clock });
  });
  after(() => context.close());
  beforeEach(async () => {
    n += 1000;
    code = `folder-${String(n)}`;
    inbox = join(context.directory, 'collect', code);
    await mkdir(inbox, { recursive: true });
    await setSource(context.app, { code, kind: 'FOLDER', settings: { folder: code, ...SETTINGS } });
  });
  afterEach(() => context.app.collection.sources.remove(systemViewer, code));

  const row = () => rowOf('LICENSE', (n += 1));
  const put = (name: string, content: string | Buffer) => writeFile(join(inbox, name), content);
  const csv = (...rows: ReturnType<typeof row>[]) => csvFile('LICENSE', rows);
  const run = () => collect(context.app, code);
  /** Looks once, and again after the quiet time. */
  const settle = async () => {
    await run();
    clock.forward(61_000);
    return run();
  };
  const left = async () => (await readdir(inbox)).filter((name) => name !== 'done' && name !== 'failed');
  /** Files put away, without the date and time before their names. */
  const putAway = async (where: 'done' | 'failed') => {
    const all = await readdir(join(inbox, where), { recursive: true }).catch(() => []);
    return all.filter((name) => name.includes('/')).sort();
  };
  const result = async (where: 'done' | 'failed', name: string) => {
    const path = (await putAway(where)).find((file) => file.endsWith(`${name}.result.json`)) ?? '';
    return JSON.parse(await readFile(join(inbox, where, path), 'utf8')) as Record<string, unknown>;
  };

  it('takes a file once it has been quiet, and puts it away with a result beside it', async () => {
    await put('许可.csv', csv(row(), row()));
    expect((await run()).rows.read).to.equal(0);
    clock.forward(30_000);
    await put('许可.csv', csv(row(), row(), row()));
    expect((await run()).rows.read).to.equal(0);
    clock.forward(59_000);
    expect((await run()).rows.read).to.equal(0);
    clock.forward(1_000);
    expect((await run()).rows).to.include({ read: 3, inserted: 3 });
    expect(await left()).to.deep.equal([]);
    expect(await putAway('done')).to.have.length(2);
    expect(await result('done', '许可.csv')).to.deep.include({
      status: 'INGESTED',
      file: '许可.csv',
      repeat: false,
    });
    expect((await run()).rows.read).to.equal(0);
  });

  it('takes a marked file at once, and its mark away', async () => {
    await put('a.csv', csv(row()));
    await put('a.csv.ok', '');
    expect((await run()).rows.inserted).to.equal(1);
    expect(await left()).to.deep.equal([]);
  });

  it('reads every format, one after the other in the order of their age', async () => {
    const first = row();
    await put('b.csv', csv(first));
    await put('a.json', JSON.stringify([namedRow(n, { ...first, validTo: '2031-01-01' })]));
    await utimes(join(inbox, 'b.csv'), 1_000_000, 1_000_000);
    const { rows } = await settle();
    expect(rows).to.include({ inserted: 1, updated: 1 });
  });

  it('writes the refused rows of a file into a workbook beside it', async () => {
    await put('bad.csv', csv(row(), { ...row(), decidedOn: 'gestern' }));
    expect((await settle()).rows).to.include({ inserted: 1, refused: 1 });
    const names = await putAway('done');
    const workbook = names.find((name) => name.endsWith('bad.csv.problems.xlsx')) ?? '';
    const { Sheets, SheetNames } = read(await readFile(join(inbox, 'done', workbook)));
    expect(JSON.stringify(Sheets[SheetNames[0] ?? ''])).to.contain('gestern');
    expect(await result('done', 'bad.csv')).to.deep.include({ status: 'PARTLY_INGESTED' });
  });

  it('puts away what is no table of the feed, says why, and takes the others', async () => {
    await put('letter.csv', '关于报送数据的函\n');
    await put('good.csv', csv(row()));
    const { state, refusedFiles, rows } = await settle();
    expect({ state, refusedFiles, inserted: rows.inserted }).to.deep.equal({
      state: 'DONE',
      refusedFiles: 1,
      inserted: 1,
    });
    expect(await result('failed', 'letter.csv')).to.include({ status: 'REFUSED', code: 'FILE_NOT_TABLE' });
    expect(await left()).to.deep.equal([]);
  });

  it('refuses what is too large, unread', async () => {
    const settings = { folder: code, ...SETTINGS, maxBytes: 10 };
    await setSource(context.app, { code, kind: 'FOLDER', settings });
    await put('large.csv', csv(row()));
    expect((await settle()).refusedFiles).to.equal(1);
    expect(await result('failed', 'large.csv')).to.include({ code: 'FILE_TOO_LARGE' });
  });

  it('never overwrites what was put away', async () => {
    const content = csv(row());
    for (let i = 0; i < 3; i += 1) {
      await put('same.csv', content);
      await settle();
    }
    const files = (await putAway('done')).filter((name) => name.endsWith('same.csv'));
    expect(files).to.have.length(3);
    for (const name of files) expect(await readFile(join(inbox, 'done', name), 'utf8')).to.equal(content);
  });

  it('leaves unfinished files, folders and links alone', async () => {
    const secret = join(context.directory, 'secret.csv');
    await writeFile(secret, csv(row()));
    await symlink(secret, join(inbox, 'link.csv'));
    await mkdir(join(inbox, 'sub'));
    for (const name of ['.hidden.csv', 'x.csv.part', 'y.tmp']) await put(name, csv(row()));
    expect((await settle()).rows.read).to.equal(0);
    expect(await left()).to.have.length(5);
  });

  it('follows no link out of the folder, neither in nor out', async () => {
    const elsewhere = join(context.directory, 'elsewhere');
    await mkdir(elsewhere);
    await symlink(elsewhere, join(inbox, 'done'));
    await put('a.csv', csv(row()));
    await run();
    clock.forward(61_000);
    expect(await run()).to.include({ state: 'FAILED', error: 'COLLECT_FOLDER_MISSING' });
    expect(await readdir(elsewhere)).to.deep.equal([]);
    await rename(inbox, `${inbox}-moved`);
    await symlink(elsewhere, inbox);
    expect(await run()).to.include({ state: 'FAILED', error: 'COLLECT_FOLDER_MISSING' });
  });

  it('a file that changes while it is read is not taken', async () => {
    await put('a.csv', csv(row()));
    await run();
    clock.forward(61_000);
    const { feeds } = context.app;
    const original = feeds.receive.bind(feeds);
    feeds.receive = async (viewer, input) => {
      await put('a.csv', csv(row(), row()));
      return original(viewer, input);
    };
    try {
      expect(await run()).to.deep.include({ state: 'DONE', batches: 0 });
    } finally {
      feeds.receive = original;
    }
    expect(await left()).to.deep.equal(['a.csv']);
    expect((await settle()).rows.inserted).to.equal(2);
  });

  it('works first what came before, so that an older row never wins', async () => {
    const older = row();
    const { batch } = await receive(context.app, csv(older));
    clock.forward(1000);
    await put('newer.csv', csv({ ...older, validTo: '2031-01-01' }));
    expect((await settle()).rows).to.include({ updated: 1, inserted: 0 });
    const { status } = await context.app.feeds.batch(systemViewer, batch._id.toHexString());
    expect(status).to.equal('INGESTED');
  });

  it('a rehearsal moves nothing and tells what waits', async () => {
    await put('a.csv', csv(row()));
    expect(await context.app.collection.rehearse(systemViewer, code)).to.deep.include({
      batches: 0,
      waiting: 1,
    });
    await run();
    clock.forward(61_000);
    const before = await collectionOf(context.app, 'credit_records').countDocuments({});
    const found = await context.app.collection.rehearse(systemViewer, code);
    expect(found).to.deep.include({ batches: 1, waiting: 0 });
    expect(found.rows).to.include({ read: 1, inserted: 1 });
    expect(await left()).to.deep.equal(['a.csv']);
    expect(await collectionOf(context.app, 'credit_records').countDocuments({})).to.equal(before);
  });

  describe('by the clock', () => {
    const tick = async () => {
      const counts = await collectFeeds.run({ app: context.app, signal: new AbortController().signal });
      await context.app.collection.idle();
      return counts;
    };
    const state = () => context.app.collection.sources.get(systemViewer, code);

    it('starts what is due, and only that', async () => {
      expect(await tick()).to.deep.equal({ started: 1, busy: 0 });
      expect(await tick()).to.deep.equal({ started: 0, busy: 0 });
      clock.forward(5 * 60_000);
      expect(await tick()).to.deep.equal({ started: 1, busy: 0 });
      await context.app.collection.sources.setEnabled(systemViewer, code, false);
      clock.forward(5 * 60_000);
      expect(await tick()).to.deep.equal({ started: 0, busy: 0 });
    });

    it('a source that fails waits longer each time, is shown as paused, holds up none, and comes back', async () => {
      const other = `${code}-b`;
      await mkdir(join(context.directory, 'collect', other));
      await setSource(context.app, { code: other, kind: 'FOLDER', settings: { folder: other } });
      await rename(inbox, `${inbox}-away`);
      const waits: number[] = [];
      for (let i = 1; i <= 4; i += 1) {
        await tick();
        const { failures, dueAt, pausedUntil } = await state();
        expect(failures).to.equal(i);
        expect(pausedUntil !== undefined).to.equal(i >= 3);
        waits.push(dueAt.getTime() - clock.now().getTime());
        clock.forward(waits.at(-1) ?? 0);
      }
      expect(waits).to.deep.equal([...waits].sort((a, b) => a - b));
      expect((await context.app.collection.sources.get(systemViewer, other)).failures).to.equal(0);
      expect((await context.app.collection.lastRun(systemViewer, other))?.state).to.equal('DONE');
      await rename(`${inbox}-away`, inbox);
      await tick();
      const { pausedUntil, error, failures, lagSeconds } = await state();
      expect({ pausedUntil, error, failures, lagSeconds }).to.deep.equal({
        pausedUntil: undefined,
        error: undefined,
        failures: 0,
        lagSeconds: 0,
      });
      clock.forward(90_000);
      expect((await state()).lagSeconds).to.equal(90);
      await context.app.collection.sources.remove(systemViewer, other);
    });
  });
});
