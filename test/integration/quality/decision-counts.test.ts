import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openApp } from '../../../server/cli/app.ts';
import { nativeCollection } from '../../../server/db/native.ts';
import { credit } from '../../support/cli.ts';

const HEADER = '单位代码,数据目录,统计期,数量,公示数量,未报送依据,来源';
const TAX = '11629900MB0X000272';

describe('credit decision-counts', function () {
  this.timeout(120_000);
  let folder: string;
  let settings: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credit-counts-'));
    settings = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DEMO_PASSWORD: 'demo-password-1',
      DATA_DIR: join(folder, 'data'),
      MONGODB_URI: '',
    };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function load(...lines: string[]) {
    const path = join(folder, 'counts.csv');
    await writeFile(path, `\ufeff${lines.join('\r\n')}\r\n`);
    return credit(settings, 'decision-counts', path);
  }
  async function kept(): Promise<(readonly unknown[])[]> {
    const { env } = process;
    process.env = { ...env, ...settings };
    const app = await openApp();
    try {
      const found = await nativeCollection(app.db, 'decision_counts').find({}).sort({ _id: 1 }).toArray();
      return found.map((count) => [
        count['feed'],
        count['period'],
        count['count'],
        count['published'],
        count['reason'],
      ]);
    } finally {
      await app.close();
      process.env = env;
    }
  }

  it('keeps what is in a file; a later word replaces an earlier one', async () => {
    const first = await load(
      HEADER,
      `${TAX},tax/license,2026-05,12,,,审批系统`,
      `${TAX},tax/penalty,2026-05,3,2,涉密,办案系统`,
    );
    expect(first).to.deep.equal({ code: 0, out: '已保存 2 条', errors: '' });
    await load(HEADER, `${TAX},tax/license,2026-05,15,,,审批系统`);
    expect(await kept()).to.deep.equal([
      ['tax/license', '2026-05', 15, undefined, undefined],
      ['tax/penalty', '2026-05', 3, 2, '涉密'],
    ]);
  });

  it('tells the place of what is wrong, and keeps nothing of it', async () => {
    const wrong = await load(HEADER, `${TAX},tax/license,2026-06,1,,,x`, `${TAX},tax/license,2026-07,一,,,x`);
    expect([wrong.code, wrong.errors]).to.deep.equal([2, '第 2 条：数量应为不小于 0 的整数']);
    const unknown = await load(HEADER, `${TAX},market/license,2026-06,1,,,x`);
    expect([unknown.code, unknown.errors]).to.deep.equal([2, '第 1 条：market/license 不是该单位的数据目录']);
    const header = await load('a,b', '1,2');
    expect([header.code, header.errors]).to.deep.equal([
      2,
      '文件应有这些列：单位代码、数据目录、统计期、数量、来源',
    ]);
    const absent = await credit(settings, 'decision-counts', join(folder, 'absent.csv'));
    expect([absent.code, absent.errors]).to.deep.equal([2, `没有这个文件：${join(folder, 'absent.csv')}`]);
    expect((await kept()).length).to.equal(2);
  });
});
