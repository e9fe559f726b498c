import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { bootstrap } from '../../../server/bootstrap.ts';
import { loadConfig } from '../../../server/config/config.ts';
import { createContext, type AppContext } from '../../../server/context.ts';
import { openEmbedded } from '../../../server/db/embedded/index.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { credit, creditProcess } from '../../support/cli.ts';
import { csvFile, range, rowOf } from '../feed/feeds.ts';

const KEYS = {
  JWT_SECRET: 'a'.repeat(40),
  FIELD_KEY: 'b'.repeat(40),
  HASH_KEY: 'c'.repeat(40),
  COOKIE_SECRET: 'd'.repeat(40),
  METRICS_TOKEN: 'e'.repeat(40),
};

interface Manifest {
  readonly secrets: string;
  readonly collections: Record<string, number>;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

// The embedded store's own, whatever MONGODB_URI says.
describe('credit backup and restore', function () {
  this.timeout(120_000);

  let folder: string;
  let app: AppContext;
  const settings = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DEMO_PASSWORD: 'demo-password-1',
    MONGODB_URI: '',
    DATA_DIR: join(folder, name),
    ...more,
  });
  const manifestOf = async (name: string): Promise<Manifest> =>
    JSON.parse(await readFile(join(folder, name, 'manifest.json'), 'utf8')) as Manifest;

  let serial = 0;
  async function bring(rows: number): Promise<void> {
    const first = (serial += rows);
    const csv = csvFile(
      'LICENSE',
      range(rows).map((i) => rowOf('LICENSE', first + i)),
    );
    const input = { feed: 'market/license', fileName: 'a.csv', source: Readable.from([csv]) };
    const { batch } = await app.feeds.receive(systemViewer, input);
    await app.feeds.ingest.run(batch._id.toHexString());
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credit-backup-'));
    app = await createContext(loadConfig(settings('data')));
    await bootstrap(app, { demoRecords: false });
    await bring(200);
    await mkdir(join(folder, 'kept'));
    const { code, errors } = await credit(settings('data'), 'backup', join(folder, 'kept'));
    expect(code, errors).to.equal(0);
  });
  after(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('brings back a whole and consistent state that was taken while files came in', async () => {
    const writing = { stop: false };
    const writer = (async () => {
      while (!writing.stop) await bring(40);
    })();
    const target = join(folder, 'busy');
    const made = await credit(settings('data'), 'backup', target);
    writing.stop = true;
    await writer;
    expect(made.code, made.errors).to.equal(0);
    expect(made.out).to.include('备份完成').and.include('secrets.json');
    const manifest = await manifestOf('busy');
    const { credit_records: records = 0, feed_batches: batches = 0 } = manifest.collections;
    expect(records).to.be.at.least(200);
    expect(manifest.files.filter(({ path }) => path.startsWith('files/')).length).to.be.at.least(batches);

    const restored = await credit(settings('restored'), 'restore', target);
    expect(restored.code, restored.errors + restored.out).to.equal(0);
    const again = await createContext(loadConfig(settings('restored')));
    try {
      expect(await nativeCollection(again.db, 'credit_records').countDocuments({})).to.equal(records);
      const found = await again.feeds.batches(systemViewer, {}, { first: 50 });
      expect(found.nodes.length).to.be.at.least(1);
      for (const { blobKey } of found.nodes) {
        let bytes = 0;
        for await (const chunk of again.blobs.read(blobKey)) bytes += (chunk as Buffer).length;
        expect(bytes).to.be.greaterThan(0);
      }
    } finally {
      await again.close();
    }
  });

  it('keeps everybody else out of the backup', async () => {
    const open: string[] = [];
    for (const name of await readdir(join(folder, 'kept'), { recursive: true })) {
      const { mode } = await stat(join(folder, 'kept', name));
      if ((mode & 0o077) !== 0) open.push(name);
    }
    expect(open).to.deep.equal([]);
  });

  it('refuses a folder that holds something else, and one inside the data', async () => {
    await mkdir(join(folder, 'used'));
    await writeFile(join(folder, 'used', 'letter.txt'), 'mine');
    const used = await credit(settings('data'), 'backup', join(folder, 'used'));
    expect([used.code, used.errors]).to.deep.equal([
      2,
      `命令没有完成：文件夹不是空的：${join(folder, 'used')}`,
    ]);
    expect(await readdir(join(folder, 'used'))).to.deep.equal(['letter.txt']);
    const inside = await credit(settings('data'), 'backup', join(folder, 'data', 'backup'));
    expect([inside.code, inside.errors]).to.deep.equal([
      2,
      '命令没有完成：备份文件夹不能在数据文件夹之内，也不能包含它',
    ]);
    const complete = await credit(settings('data'), 'backup', join(folder, 'kept'));
    expect(complete.code).to.equal(2);
  });

  it('makes a backup anew that was killed, and never takes the half for one', async () => {
    const target = join(folder, 'killed');
    for (const wait of [0, 30, 60]) {
      const child = creditProcess(settings('data'), 'backup', target);
      const ended = once(child, 'exit');
      while (!existsSync(join(target, 'backup.incomplete')) && child.exitCode === null) await sleep(5);
      await sleep(wait);
      child.kill('SIGKILL');
      await ended;
      if (existsSync(join(target, 'manifest.json'))) return;
      const { code, errors } = await credit(settings('none'), 'restore', target);
      expect(code).to.equal(2);
      expect(errors).to.include('备份没有完成');
    }
    const { code, errors } = await credit(settings('data'), 'backup', target);
    expect(code, errors).to.equal(0);
    expect(await readdir(target)).to.have.members(['data', 'manifest.json']);
  });

  it('refuses MongoDB with the name of the tool', async () => {
    const uri = { MONGODB_URI: 'mongodb://127.0.0.1:1/credit' };
    for (const name of ['backup', 'restore']) {
      const { code, errors } = await credit(settings('data', uri), name, join(folder, 'other'));
      expect([code, errors.includes('mongodump --oplog')]).to.deep.equal([2, true]);
    }
    expect(existsSync(join(folder, 'other'))).to.equal(false);
  });

  it('refuses while the store is in use, and a data folder that is not empty', async () => {
    const running = await credit(settings('data'), 'restore', join(folder, 'kept'), '--force');
    expect([running.code, running.errors]).to.deep.equal([
      2,
      '命令没有完成：服务或其他命令正在使用这个数据文件夹，请先停止',
    ]);
    await mkdir(join(folder, 'full'));
    await writeFile(join(folder, 'full', 'letter.txt'), 'mine');
    const full = await credit(settings('full'), 'restore', join(folder, 'kept'));
    expect(full.code).to.equal(2);
    expect(full.errors).to.include('--force');
    expect(await readdir(join(folder, 'full'))).to.deep.equal(['letter.txt']);

    const forced = await credit(settings('full'), 'restore', join(folder, 'kept'), '--force');
    expect(forced.code, forced.errors + forced.out).to.equal(0);
    const [aside = ''] = (await readdir(join(folder, 'full'))).filter((name) => name.startsWith('before-'));
    expect(await readFile(join(folder, 'full', aside, 'letter.txt'), 'utf8')).to.equal('mine');
  });

  it('refuses wrong places', async () => {
    const same = await credit(settings('kept'), 'restore', join(folder, 'kept'));
    expect([same.code, same.errors.includes('必须分开')]).to.deep.equal([2, true]);
    await writeFile(join(folder, 'a-file'), '');
    const file = await credit(settings('a-file'), 'restore', join(folder, 'kept'));
    expect([file.code, file.errors.includes('不是文件夹')]).to.deep.equal([2, true]);
    const nothing = await credit(settings('none'), 'restore', join(folder, 'nowhere'));
    expect([nothing.code, nothing.errors.includes('没有 manifest.json')]).to.deep.equal([2, true]);
    expect(existsSync(join(folder, 'none'))).to.equal(false);
  });

  it('refuses a backup that was changed, and touches nothing then', async () => {
    const target = join(folder, 'tampered');
    expect((await credit(settings('data'), 'backup', target)).code).to.equal(0);
    const { files } = await manifestOf('tampered');
    const victim = files.find(({ path }) => path.startsWith('files/'))?.path ?? '';
    const refused = async (reason: string): Promise<void> => {
      const { code, errors } = await credit(settings('none'), 'restore', target);
      expect([code, errors.includes(reason)], errors).to.deep.equal([2, true]);
      expect(existsSync(join(folder, 'none'))).to.equal(false);
    };
    const bytes = await readFile(join(target, 'data', victim));
    await appendFile(join(target, 'data', victim), 'x');
    await refused(`${victim} 与清单不符`);
    await rm(join(target, 'data', victim));
    await refused(`缺少 ${victim}`);
    await writeFile(join(target, 'data', victim), bytes);
    const path = join(target, 'manifest.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"credit_records": ', '"credit_records": 1'));
    await refused('被改动');
    await writeFile(path, text.replace(victim, '../outside'));
    await refused('不是本程序可以读取的备份清单');
  });

  it('needs the secrets of the backup where they are not in it', async () => {
    const production = (name: string, keys: Record<string, string>): Record<string, string> => ({
      ...settings(name),
      NODE_ENV: 'production',
      ...keys,
    });
    const target = join(folder, 'sealed');
    const made = await credit(production('city', KEYS), 'backup', target);
    expect(made.code, made.errors).to.equal(0);
    expect(made.out).to.include('备份中没有密钥');
    expect((await manifestOf('sealed')).secrets).to.equal('ENVIRONMENT');
    const tries: [Record<string, string>, string][] = [
      [{ ...KEYS, FIELD_KEY: 'f'.repeat(40) }, 'FIELD_KEY 不是'],
      [{ ...KEYS, HASH_KEY: 'f'.repeat(40) }, 'HASH_KEY 不是'],
      [{ ...KEYS, HASH_KEY: '' }, 'HASH_KEY is missing'],
    ];
    for (const [keys, reason] of tries) {
      const { code, errors } = await credit(production('none', keys), 'restore', target);
      expect([code, errors.includes(reason)], errors).to.deep.equal([2, true]);
    }
    const { code, errors } = await credit(production('city-2', KEYS), 'restore', target);
    expect(code, errors).to.equal(0);
  });

  it('goes on with a restore that was killed; until then no store is opened there', async () => {
    const name = 'half';
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'letter.txt'), 'mine');
    const marker = join(folder, name, 'restore.incomplete');
    for (const wait of [0, 3, 8]) {
      const child = creditProcess(settings(name), 'restore', join(folder, 'kept'), '--force');
      const ended = once(child, 'exit');
      while (!existsSync(marker) && child.exitCode === null) await sleep(1);
      await sleep(wait);
      child.kill('SIGKILL');
      await ended;
      if (!existsSync(marker)) continue;
      const opened = await openEmbedded(join(folder, name)).catch((error: unknown) => error as Error);
      expect(opened).to.be.instanceOf(Error).with.property('message').that.includes('恢复没有完成');
    }
    const { code, errors, out } = await credit(settings(name), 'restore', join(folder, 'kept'), '--force');
    expect(code, errors + out).to.equal(0);
    const asides = (await readdir(join(folder, name))).filter((entry) => entry.startsWith('before-restore-'));
    const kept = await Promise.all(asides.map((aside) => readdir(join(folder, name, aside))));
    expect(kept.flat()).to.include('letter.txt');
  });
});
