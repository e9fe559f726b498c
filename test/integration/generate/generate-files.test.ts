import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { generateCommand } from '../../../server/cli/generate.ts';
import { UsageError } from '../../../server/cli/command.ts';
import { borrowFrom, generateFiles } from '../../../server/generate/index.ts';
import type { Manifest } from '../../../server/generate/manifest.ts';
import { loadCalendar } from '../../../server/lib/calendar.ts';
import { civilDate } from '../../../server/lib/civil-date.ts';
import { SectorService } from '../../../server/modules/sector/index.ts';

const SPEC = {
  records: 1500,
  year: 2025,
  seed: 's1',
  cityName: '示例市',
  until: civilDate('2026-11-24'),
  calendar: loadCalendar(),
};

/** Every file below a folder with the digest of its bytes. */
async function digests(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = new Map<string, string>();
  for (const file of files.sort()) {
    found.set(
      file.slice(dir.length + 1),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }
  return found;
}

describe('generated files', () => {
  let root: string;
  const out = (name: string): string => join(root, name);
  const rowsOf = async (file: string) =>
    parse(await readFile(file), { columns: true, bom: true }) as Record<string, string>[];

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'generate-'));
    await generateFiles(out('a'), SPEC);
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('are the same bytes for the same seed, and others for another', async () => {
    await generateFiles(out('b'), SPEC);
    await generateFiles(out('c'), { ...SPEC, seed: 's2' });
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => digests(out(name))));
    expect([...(b ?? [])]).to.deep.equal([...(a ?? [])]);
    expect(c?.get('subjects.csv')).to.not.equal(a?.get('subjects.csv'));
  });

  it('are told in the manifest, file by file, and add up', async () => {
    const manifest = JSON.parse(await readFile(join(out('a'), 'manifest.json'), 'utf8')) as Manifest;
    const sectors = new SectorService();
    const subjects = await rowsOf(join(out('a'), 'subjects.csv'));
    expect(subjects).to.have.lengthOf(manifest.subjects.rows);
    const names = new Map(subjects.map((row) => [row['统一社会信用代码'], row['企业名称']]));
    let total = 0;
    for (const { file, feed, agency, rows, expected } of manifest.files) {
      expect(file.startsWith(`${feed}/`)).to.equal(true);
      expect(sectors.feedOf(feed)?.sector.agencyUscc).to.equal(agency);
      const found = await rowsOf(join(out('a'), file));
      expect(found).to.have.lengthOf(rows);
      expect(expected).to.include({ read: rows, inserted: rows, refused: 0 });
      for (const row of found) {
        const uscc = row['行政相对人代码_1（统一社会信用代码）'] ?? '';
        if (uscc !== '') expect(names.get(uscc)).to.equal(row['行政相对人名称']);
      }
      total += rows;
    }
    expect(total).to.equal(1500);
    expect(manifest.totals).to.deep.include({ read: 1500, inserted: 1500, refused: 0, refusedByCode: {} });
  });

  it('state the mistakes and late times that were asked for', async () => {
    const manifest = await generateFiles(out('d'), { ...SPEC, errorShare: 0.1, lateShare: 0.05 });
    expect(manifest.totals.refused).to.be.within(100, 200);
    expect(manifest.totals.inserted + manifest.totals.refused).to.equal(1500);
    const byCode = Object.values(manifest.totals.refusedByCode).reduce((a, b) => a + b, 0);
    expect(byCode).to.equal(manifest.totals.refused);
    const [first] = manifest.files;
    const times = (await rowsOf(join(out('d'), first?.file ?? '')))
      .map((row) => row['接收时间'] ?? '')
      .sort();
    expect(first?.received).to.include({ column: '接收时间', first: times[0], last: times.at(-1) });
    expect(manifest.files.reduce((sum, { received }) => sum + (received?.late ?? 0), 0)).to.be.within(
      30,
      110,
    );
  });

  it('borrow districts, days and types of a register, never names or codes', async () => {
    const register = join(root, 'register.csv');
    await writeFile(
      register,
      [
        '企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址',
        '真名商贸有限公司,91629904MA98RU5A30,1999-07-07,国有企业,N/A,零售,远省,远方,远方路',
      ].join('\n'),
    );
    await generateFiles(out('e'), { ...SPEC, records: 200, borrowed: await borrowFrom(register) });
    const text = await readFile(join(out('e'), 'subjects.csv'), 'utf8');
    expect(text).to.not.contain('真名').and.to.not.contain('91629904MA98RU5A30');
    for (const row of await rowsOf(join(out('e'), 'subjects.csv'))) {
      expect(row).to.include({ 地区: '远方', 注册日期: '1999-07-07' });
      expect(row['统一社会信用代码']).to.match(/^9[123]6299/);
    }
  });

  it('end with yesterday in a year that goes on', async () => {
    const manifest = await generateFiles(out('f'), {
      ...SPEC,
      records: 100,
      year: 2026,
      until: civilDate('2026-02-01'),
    });
    expect(manifest.through).to.equal('2026-01-30');
  });

  it('need sensible options on the command line', async () => {
    for (const args of [
      [],
      ['--records', '0', '--year', '2025', '--seed', 's', '--out', out('x')],
      ['--records', '10', '--year', '2999', '--seed', 's', '--out', out('x')],
      ['--records', '10', '--year', '2025', '--seed', 's'],
      ['--records', '10', '--year', '2025', '--seed', 's', '--out', out('x'), '--errors', '2'],
      ['--unknown'],
    ]) {
      let thrown: unknown;
      await generateCommand.run(args).catch((error: unknown) => (thrown = error));
      expect(thrown, args.join(' ')).to.be.instanceOf(UsageError);
    }
  });
});
