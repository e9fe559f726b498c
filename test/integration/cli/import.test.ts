import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { read } from '@e965/xlsx';
import { connectDb } from '../../../server/db/connect.ts';
import { credit as run } from '../../support/cli.ts';
import { testDatabaseUri } from '../../support/store.ts';
import { csvFile, rowOf } from '../feed/feeds.ts';

const FEED = ['--feed', 'market/license'];

interface Answer {
  readonly code: number;
  readonly lines: readonly string[];
  readonly json: Record<string, unknown>;
  readonly errors: string;
}

describe('credit import', function () {
  // Every command opens the store and closes it.
  this.timeout(60_000);

  const uri = testDatabaseUri();
  const settings: Record<string, string> = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DEMO_PASSWORD: 'demo-password-1',
    ...(uri === undefined ? {} : { MONGODB_URI: uri }),
  };
  let folder: string;
  let n = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credit-import-'));
    settings['DATA_DIR'] = join(folder, 'data');
  });
  after(async () => {
    if (uri !== undefined) {
      const db = await connectDb(uri);
      await db.conn.dropDatabase();
      await db.close();
    }
    await rm(folder, { recursive: true, force: true });
  });

  async function credit(...args: string[]): Promise<Answer> {
    const { code, out, errors } = await run(settings, ...args);
    const lines = out === '' ? [] : out.split('\n');
    const last = lines.at(-1) ?? '';
    const json = last.startsWith('{') ? (JSON.parse(last) as Answer['json']) : {};
    return { code, lines, json, errors };
  }

  async function file(name: string, ...changes: Record<string, string>[]): Promise<string> {
    const path = join(folder, name);
    await writeFile(
      path,
      csvFile(
        'LICENSE',
        changes.map((each) => rowOf('LICENSE', (n += 1), each)),
      ),
    );
    return path;
  }

  it('prints one JSON object and exits 0; a dry run before it stores nothing', async () => {
    const path = await file('good.csv', {}, {});
    const rehearsed = await credit('import', path, ...FEED, '--dry-run', '--json');
    expect([rehearsed.code, (rehearsed.json['rows'] as { inserted: number }).inserted]).to.deep.equal([0, 2]);
    const { code, lines, json } = await credit('import', path, ...FEED, '--json');
    expect([code, lines.length]).to.deep.equal([0, 1]);
    const { tookMs, ...rest } = json;
    expect(tookMs).to.be.a('number');
    expect(rest).to.deep.equal({
      feed: 'market/license',
      files: 1,
      rows: { read: 2, inserted: 2, updated: 0, unchanged: 0, conflict: 0, refused: 0 },
      problems: [],
    });
  });

  it('tells a repeat, and replays it when asked', async () => {
    const path = join(folder, 'good.csv');
    const unchanged = { read: 2, inserted: 0, updated: 0, unchanged: 2, conflict: 0, refused: 0 };
    const repeat = await credit('import', path, ...FEED, '--json');
    expect([repeat.code, repeat.json['rows']]).to.deep.equal([0, unchanged]);
    expect(repeat.json['duplicateOf']).to.match(/^[0-9a-f]{24}$/);
    const again = await credit('import', path, ...FEED, '--again', '--json');
    expect([again.code, again.json['rows'], again.json['duplicateOf']]).to.deep.equal([
      0,
      unchanged,
      undefined,
    ]);
  });

  it('exits 1 when rows were refused, names row, column and reason, and writes the problem rows', async () => {
    const path = await file('bad.csv', {}, { decidedOn: '昨天' });
    const errors = join(folder, 'errors.xlsx');
    const { code, json } = await credit('import', path, ...FEED, '--errors', errors, '--json');
    expect([code, json['rows']]).to.deep.equal([
      1,
      { read: 2, inserted: 1, updated: 0, unchanged: 0, conflict: 0, refused: 1 },
    ]);
    expect(json['problems']).to.deep.equal([
      {
        file: path,
        row: 3,
        column: '许可决定日期',
        code: 'FEED_DATE_INVALID',
        message: '“昨天”不是有效日期，应为 YYYY/MM/DD',
      },
    ]);
    expect(read(await readFile(errors)).SheetNames[0]).to.equal('疑问数据');
  });

  it('goes on with the other files when one is no table, an empty template among them, and exits 2', async () => {
    const wrong = join(folder, 'wrong.csv');
    await writeFile(wrong, '甲,乙\n1,2\n');
    const { code, json } = await credit(
      'import',
      wrong,
      await file('empty.csv'),
      await file('after.csv', {}),
      ...FEED,
      '--json',
    );
    expect(code).to.equal(2);
    expect((json['rows'] as { inserted: number }).inserted).to.equal(1);
    expect(json['error']).to.include({ code: 'FILE_NOT_TABLE', file: wrong });
  });

  it('exits 2 on wrong use, an unknown feed, a file that is not there', async () => {
    const path = join(folder, 'good.csv');
    const cases = [
      ['import'],
      ['import', path, '--feed', 'market/nothing', '--json'],
      ['import', path, ...FEED, '--what'],
      ['import', join(folder, 'nowhere.csv'), ...FEED],
    ];
    for (const args of cases) {
      const { code, errors } = await credit(...args);
      expect(code, args.join(' ')).to.equal(2);
      expect(errors, args.join(' '))
        .to.match(/[\u4e00-\u9fff]/)
        .and.not.to.match(/\n\s+at /);
    }
  });

  it('brings history with its own time of receipt, and verify finds nothing wrong, a platform’s items included', async () => {
    await credit('platform', 'set', 'province', '--url', 'http://127.0.0.1:9', '--token', 't');
    const history = await file('history.csv', {});
    const brought = await credit('import', history, ...FEED, '--received-at', '2024-02-05T10:00:00+08:00');
    expect(brought.code).to.equal(0);
    const { code, json } = await credit('verify', '--json');
    const checks = json['checks'] as { name: string; checked: number; faults: string[] }[];
    expect(checks.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`))).to.deep.equal(
      [],
    );
    const checked = Object.fromEntries(checks.map((check) => [check.name, check.checked]));
    expect(checked).to.deep.include({ records: 5, publications: 5, outbox: 5, 'problem-rows': 1 });
    expect(code).to.equal(0);
  });
});
