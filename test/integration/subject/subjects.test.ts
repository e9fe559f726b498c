import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { anonymousViewer, makeViewer, systemViewer } from '../../../server/auth/viewer.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { importSubjectsCommand } from '../../../server/cli/import-subjects.ts';
import { fixedClock } from '../../../server/lib/clock.ts';
import { DomainError } from '../../../server/lib/errors.ts';
import { usccOf } from '../../../server/generate/identity.ts';
import { SubjectService } from '../../../server/modules/subject/index.ts';
import { testDb, type TestDb } from '../../support/store.ts';

const HEADER = '企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址';
const clock = fixedClock('2026-11-25T02:00:00Z');
const code = (n: number): string => usccOf('91', '629902', n);
const line = (n: number, name: string, capital = '30(万元人民币)'): string =>
  `"${name}",${code(n)},2010-05-06,有限责任公司,"${capital}",商品零售,示例,示例,示例市人民路${String(n)}号`;

async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
  return 'no failure';
}

describe('subjects', () => {
  let store: TestDb;
  let dir: string;
  let subjects: SubjectService;
  let audited: unknown[];

  before(async () => {
    store = await testDb();
    dir = await mkdtemp(join(tmpdir(), 'subjects-'));
    audited = [];
    const audit = { record: async (_: unknown, entry: unknown) => void audited.push(entry) };
    subjects = new SubjectService({ db: store.db, clock, audit: audit as never });
    await migrate(store.db, clock);
  });
  after(async () => {
    await store.drop();
    await rm(dir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await store.db.conn.collection('subjects').deleteMany({});
    await store.db.conn.collection('counters').deleteMany({});
  });

  const file = async (lines: readonly string[], header = HEADER): Promise<string> => {
    const path = join(dir, 'register.csv');
    await writeFile(path, [header, ...lines].join('\r\n'));
    return path;
  };
  const stored = () => store.db.conn.collection('subjects').countDocuments({});

  describe('import of a register', () => {
    it('inserts, refuses with row and column, and changes nothing when it is repeated', async () => {
      const path = await file([
        line(1, '示例市光泉商贸有限公司'),
        line(2, '示例市路时普建筑\n工程有限公司'),
        line(3, '示例市义尚食品有限公司', '叁拾万'),
        line(4, '示例市无码有限公司').replace(code(4), '无'),
        ',,,,,,,,',
        line(5, ' ').replace('2010-05-06', '2010-02-30'),
      ]);
      const result = await subjects.importFile(systemViewer, path);
      expect(result.rows).to.deep.equal({
        read: 5,
        inserted: 3,
        updated: 0,
        unchanged: 0,
        conflict: 0,
        refused: 2,
      });
      expect(result.problems).to.deep.equal([
        { row: 6, column: '统一社会信用代码', code: 'USCC_LENGTH' },
        { row: 8, column: '企业名称', code: 'SUBJECT_NAME_EMPTY' },
        { row: 8, column: '注册日期', code: 'SUBJECT_DATE_INVALID' },
      ]);
      expect(result.warnings).to.deep.equal({ CAPITAL_UNREADABLE: 1 });
      const first = await subjects.get(systemViewer, code(1).toLowerCase());
      expect(first).to.deep.include({
        name: '示例市光泉商贸有限公司',
        origin: 'BASE',
        foundedOn: '2010-05-06',
      });
      expect(first?.capital).to.deep.equal({ text: '30(万元人民币)', fen: 30_000_000n, currency: 'CNY' });
      expect((await subjects.get(systemViewer, code(3)))?.capital).to.deep.equal({
        text: '叁拾万',
        warning: 'CAPITAL_UNREADABLE',
      });

      const again = await subjects.importFile(systemViewer, path);
      expect(again.rows).to.include({ inserted: 0, updated: 0, unchanged: 3, refused: 2 });
      expect(await subjects.total()).to.equal(3);
      expect(audited.at(-1)).to.deep.include({ action: 'subject:import', result: 'OK' });
    });

    it('keeps the former name of a renamed firm and counts a code that comes twice', async () => {
      await subjects.importFile(
        systemViewer,
        await file([line(1, '示例旧名有限公司'), line(2, '示例二有限公司')]),
      );
      const renamed = await file([
        line(1, '示例新名有限公司'),
        line(2, '示例二有限公司'),
        line(1, '示例新名有限公司'),
      ]);
      const result = await subjects.importFile(systemViewer, renamed);
      expect(result.rows).to.include({ read: 3, inserted: 0, updated: 1, unchanged: 2 });
      const found = await subjects.findByUsccs([code(1), code(99)]);
      expect([...found.values()]).to.deep.equal([
        {
          uscc: code(1),
          name: '示例新名有限公司',
          formerNames: [{ name: '示例旧名有限公司' }],
          origin: 'BASE',
          status: '存续',
        },
      ]);
      expect((await subjects.search(systemViewer, '旧名', { first: 5 })).nodes).to.have.lengthOf(1);
      expect((await subjects.search(systemViewer, '新名', { first: 5 })).nodes).to.have.lengthOf(1);
    });

    it('says in a dry run what would happen and changes nothing', async () => {
      const lines = Array.from({ length: 1500 }, (_, i) => line(i, `示例第${String(i)}商行`));
      const path = await file([...lines, line(3, '示例别名商行'), line(4, '示例第4商行')]);
      const result = await subjects.importFile(systemViewer, path, { dryRun: true });
      expect(result.rows).to.include({ read: 1502, inserted: 1500, updated: 1, unchanged: 1 });
      expect(await stored()).to.equal(0);
      expect(await subjects.total()).to.equal(0);
    });

    it('goes on after it was stopped anywhere, with the right total', async () => {
      // More than two chunks.
      const ROWS = 9000;
      const path = await file(Array.from({ length: ROWS }, (_, i) => line(i, `示例第${String(i)}商行`)));
      const stop = new AbortController();
      const run = subjects.importFile(systemViewer, path, {
        signal: stop.signal,
        onProgress: ({ rows }) => {
          if (rows >= 2000) stop.abort(new Error('stopped'));
        },
      });
      expect(await failure(run)).to.contain('stopped');
      const half = await stored();
      expect(half).to.be.within(1, ROWS - 1);
      expect(await subjects.total()).to.equal(half);

      const result = await subjects.importFile(systemViewer, path);
      expect(result.rows).to.include({ read: ROWS, inserted: ROWS - half, unchanged: half });
      expect(await subjects.total()).to.equal(ROWS);
    });

    it('is right when two run at once', async () => {
      const path = await file(Array.from({ length: 1200 }, (_, i) => line(i, `示例第${String(i)}商行`)));
      const results = await Promise.all([
        subjects.importFile(systemViewer, path),
        subjects.importFile(systemViewer, path),
      ]);
      const sum = (key: 'inserted' | 'unchanged') => results.reduce((n, { rows }) => n + rows[key], 0);
      expect([sum('inserted'), sum('unchanged')]).to.deep.equal([1200, 1200]);
      expect(await subjects.total()).to.equal(1200);
    });

    it('reads GB18030 and columns in any order', async () => {
      const path = join(dir, 'gb.csv');
      const text = `地区,注册地址,所在省份,经营范围,注册资金,企业类型,注册日期,统一社会信用代码,企业名称\n示例,路1号,示例,零售,N/A,N/A,N/A,${code(7)},示例𠀀商行`;
      await writeFile(path, iconv.encode(text, 'gb18030'));
      expect((await subjects.importFile(systemViewer, path)).rows).to.include({ inserted: 1 });
      expect((await subjects.get(systemViewer, code(7)))?.name).to.equal('示例𠀀商行');
    });

    it('refuses a file that is no register, and whoever may not import', async () => {
      expect(await failure(subjects.importFile(systemViewer, await file([], '名称,代码')))).to.equal(
        'SUBJECT_FILE_HEADER',
      );
      await writeFile(join(dir, 'empty.csv'), '');
      expect(await failure(subjects.importFile(systemViewer, join(dir, 'empty.csv')))).to.equal(
        'SUBJECT_FILE_HEADER',
      );
      const path = await file([`"${'长'.repeat(600_000)}`]);
      expect(await failure(subjects.importFile(systemViewer, path))).to.equal('SUBJECT_FILE_MALFORMED');
      const clerk = makeViewer({ kind: 'account', roles: ['AGENCY_MAKER'], sectors: [] });
      expect(await failure(subjects.importFile(clerk, path))).to.equal('FORBIDDEN');
      expect(await failure(subjects.importFile(anonymousViewer, path))).to.equal('UNAUTHENTICATED');
    });
  });

  it('makes provisional subjects once, which the register takes over', async () => {
    const seen = [
      { uscc: code(1), name: '示例临时有限公司' },
      { uscc: code(1), name: '示例临时有限公司' },
      { uscc: code(2), name: '示例临时二厂' },
    ];
    const ensure = () => store.db.inTransaction((tx) => subjects.ensureProvisional(seen, tx));
    expect(await ensure()).to.equal(2);
    expect(await ensure()).to.equal(0);
    expect(await subjects.total()).to.equal(2);
    expect(await subjects.get(systemViewer, code(1))).to.include({ origin: 'PROVISIONAL', status: '未知' });

    const result = await subjects.importFile(systemViewer, await file([line(1, '示例正式有限公司')]));
    expect(result.rows).to.include({ inserted: 0, updated: 1 });
    expect(await subjects.get(systemViewer, code(1))).to.deep.include({
      origin: 'BASE',
      name: '示例正式有限公司',
      formerNames: [],
      status: '存续',
    });
    expect(await ensure()).to.equal(0);
    expect(await subjects.total()).to.equal(2);
  });

  describe('search', () => {
    it('finds by whole code and by its beginning, in pages, also for the public', async () => {
      await subjects.importFile(
        systemViewer,
        await file([1, 2, 3, 4, 5].map((n) => line(n, `示例第${String(n)}商行`))),
      );
      const exact = await subjects.search(anonymousViewer, ` ${code(3).toLowerCase()} `, { first: 5 });
      expect(exact.nodes.map(({ uscc }) => uscc)).to.deep.equal([code(3)]);
      const all = [1, 2, 3, 4, 5].map(code).sort();
      const page = await subjects.search(anonymousViewer, '916299', { first: 3 });
      expect(page.nodes.map(({ uscc }) => uscc)).to.deep.equal(all.slice(0, 3));
      expect(page.hasNext).to.equal(true);
      const rest = await subjects.search(anonymousViewer, '916299', {
        first: 3,
        after: page.cursors[2] ?? '',
      });
      expect(rest.nodes.map(({ uscc }) => uscc)).to.deep.equal(all.slice(3));
      expect(rest.hasNext).to.equal(false);
    });

    it('refuses what is too short or too long, a bad cursor and a bad page', async () => {
      const search = (text: string, page = { first: 5 }) =>
        failure(subjects.search(anonymousViewer, text, page));
      expect(await search(' 示　')).to.equal('SUBJECT_SEARCH_TOO_SHORT');
      expect(await search('')).to.equal('SUBJECT_SEARCH_TOO_SHORT');
      expect(await search('示'.repeat(101))).to.equal('SUBJECT_SEARCH_TOO_LONG');
      expect(await search('示例', { first: 0 })).to.equal('PAGE_SIZE_INVALID');
      expect(await search('示例', { first: 5, after: '!' } as never)).to.equal('CURSOR_INVALID');
    });

    it('finds what a look at every name finds, page by page', async () => {
      const character = fc.constantFrom(
        '示',
        '例',
        '商',
        '贸',
        '有',
        '限',
        '公',
        '司',
        '𠀀',
        '𪚥',
        'A',
        'ａ',
        '（',
        '(',
      );
      const names = fc
        .sample(fc.string({ unit: character, minLength: 1, maxLength: 8 }), { numRuns: 400, seed: 11 })
        .map((name, i) => ({ name, uscc: code(i) }));
      await subjects.importFile(systemViewer, await file(names.map(({ name }, i) => line(i, name))));
      const plain = (text: string) => text.normalize('NFKC').toUpperCase();
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: character, minLength: 2, maxLength: 4 }),
          fc.integer({ min: 1, max: 60 }),
          async (text, first) => {
            const found: string[] = [];
            let after: string | undefined;
            for (;;) {
              const page = await subjects.search(anonymousViewer, text, { first, ...(after && { after }) });
              found.push(...page.nodes.map(({ uscc }) => uscc));
              after = page.cursors.at(-1);
              if (!page.hasNext) break;
            }
            const expected = names.filter(({ name }) => plain(name).includes(plain(text)));
            expect(found).to.deep.equal(expected.map(({ uscc }) => uscc).sort());
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  describe('on the command line', () => {
    const run = async (...args: string[]): Promise<{ exit: number; printed: string[] }> => {
      const printed: string[] = [];
      const { log, error } = console;
      console.log = console.error = (text: string) => void printed.push(text);
      try {
        return { exit: await importSubjectsCommand.run(args, { subjects }), printed };
      } finally {
        Object.assign(console, { log, error });
      }
    };

    it('answers one object with the refused rows, and 1 when there are any', async () => {
      const path = await file([line(1, '示例一商行'), line(2, '示例二商行').replace(code(2), '无')]);
      const { exit, printed } = await run(path, '--json');
      expect(exit).to.equal(1);
      expect(printed).to.have.lengthOf(1);
      const answer = JSON.parse(printed[0] ?? '') as Record<string, unknown>;
      expect(answer).to.deep.include({
        feed: 'subjects',
        files: 1,
        rows: { read: 2, inserted: 1, updated: 0, unchanged: 0, conflict: 0, refused: 1 },
      });
      expect(answer['problems']).to.have.nested.property('[0].row', 3);
      expect(answer['problems']).to.have.nested.property('[0].file', path);
      expect(answer['tookMs']).to.be.a('number');
      expect((await run(await file([line(1, '示例一商行')]), '--dry-run')).exit).to.equal(0);
    });

    it('answers 2 for a file that is not there or no register', async () => {
      const missing = await run(join(dir, 'none.csv'), '--json');
      expect(missing.exit).to.equal(2);
      expect(JSON.parse(missing.printed[0] ?? '')).to.have.nested.property(
        'error.code',
        'SUBJECT_FILE_UNREADABLE',
      );
      expect((await run(await file([], '甲,乙'))).exit).to.equal(2);
    });
  });
});
