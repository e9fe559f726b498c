import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { bootstrap } from '../../../server/bootstrap.ts';
import { loadConfig } from '../../../server/config/config.ts';
import { createContext, type AppContext } from '../../../server/context.ts';
import { credit } from '../../support/cli.ts';
import { testDatabaseUri } from '../../support/store.ts';
import { csvFile, rowOf } from '../feed/feeds.ts';

describe('credit demo reset', function () {
  this.timeout(120_000);

  let folder: string;
  let settings: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credit-demo-'));
    settings = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATA_DIR: join(folder, 'data'),
      MONGODB_URI: testDatabaseUri() ?? '',
    };
  });
  afterEach(async () => {
    await within(async (app) => {
      if (settings['MONGODB_URI'] !== '') await app.db.conn.dropDatabase();
    });
    await rm(folder, { recursive: true, force: true });
  });

  async function within<T>(work: (app: AppContext) => Promise<T>): Promise<T> {
    const app = await createContext(loadConfig(settings));
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  }

  async function bring(app: AppContext): Promise<void> {
    const source = Readable.from([csvFile('LICENSE', [rowOf('LICENSE', 1)])]);
    const input = { feed: 'market/license', fileName: 'a.csv', source };
    const { batch } = await app.feeds.receive(systemViewer, input);
    await app.feeds.ingest.run(batch._id.toHexString());
  }

  const total = async (app: AppContext): Promise<number> =>
    Object.values(await app.creditRecords.recount()).reduce((a, b) => a + b, 0);

  it('brings the first day back and keeps the password', async () => {
    const first = await within(async (app) => {
      await bootstrap(app, { demoRecords: true });
      const before = await total(app);
      await bring(app);
      expect(await total(app)).to.equal(before + 1);
      return before;
    });
    const password = await readFile(join(folder, 'data', 'demo-accounts.txt'), 'utf8');
    const { code, out, errors } = await credit(settings, 'demo', 'reset', '--yes');
    expect([code, out], errors).to.deep.equal([0, '演示城市已重新生成']);
    expect(await within(total)).to.equal(first);
    expect(await readFile(join(folder, 'data', 'demo-accounts.txt'), 'utf8')).to.equal(password);
    expect((await credit(settings, 'verify')).code).to.equal(0);
  });

  it('leaves a store alone that was not begun as a demo city', async () => {
    await within(async (app) => {
      await bootstrap(app, { demoRecords: false });
      await bring(app);
    });
    const { code, errors } = await credit(settings, 'demo', 'reset', '--yes');
    expect([code, errors]).to.deep.equal([2, '命令没有完成：这个存储不是演示城市，不会被清空']);
    expect(await within(total)).to.equal(1);
  });

  it('wants to be told twice, and is not for production', async () => {
    const unsure = await credit(settings, 'demo', 'reset');
    expect([unsure.code, unsure.errors.includes('--yes')]).to.deep.equal([2, true]);
    expect((await credit(settings, 'demo', 'remove', '--yes')).code).to.equal(2);
    const keys = Object.fromEntries(
      ['JWT_SECRET', 'FIELD_KEY', 'HASH_KEY', 'COOKIE_SECRET', 'METRICS_TOKEN'].map((name) => [
        name,
        name.repeat(5),
      ]),
    );
    const production = { ...settings, ...keys, NODE_ENV: 'production' };
    const refused = await credit(production, 'demo', 'reset', '--yes');
    expect([refused.code, refused.errors]).to.deep.equal([2, '命令没有完成：生产环境没有演示城市']);
  });

  it('refuses while another process serves the embedded store', async function () {
    if (settings['MONGODB_URI'] !== '') this.skip();
    await within(async (app) => {
      await bootstrap(app, { demoRecords: true });
      const before = await total(app);
      const { code, errors } = await credit(settings, 'demo', 'reset', '--yes');
      expect([code, errors]).to.deep.equal([2, '命令没有完成：服务正在使用演示数据，请先停止']);
      expect(await total(app)).to.equal(before);
    });
  });
});
