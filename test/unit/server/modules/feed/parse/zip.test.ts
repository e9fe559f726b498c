import { expect } from 'chai';
import iconv from 'iconv-lite';
import { book, bytesOf, readRows, refusalOf, removeFiles, zip } from './files.ts';

const CSV = '名称,文号\n甲,1\n';
const TABLE = [
  ['名称', '文号'],
  ['乙', '2'],
];

describe('zip files', () => {
  afterEach(removeFiles);

  it('give the rows of every member, whatever its format, numbered through and with its name', async () => {
    const two = book({ 一月: TABLE, 二月: TABLE });
    const read = await readRows(
      zip([
        { name: '数据/', content: '' },
        { name: '数据/一.csv', content: CSV },
        { name: '二.xlsx', content: bytesOf(book({ 表: TABLE }), 'xlsx') },
        { name: '三.dat', content: bytesOf(two, 'biff8') },
        { name: '四.xml', content: '<R><r><名称>丙</名称><文号>3</文号></r></R>' },
        { name: '五', content: '[{"名称":"丁","文号":"4"}]' },
        { name: '空.csv', content: '名称,文号\n' },
        { name: '__MACOSX/._一.csv', content: 'x' },
        { name: '数据/.DS_Store', content: 'x' },
        { name: 'Thumbs.db', content: 'x' },
      ]),
    );
    expect(read.format).to.equal('zip');
    expect(read.rows.map(({ seq, part, row, cells }) => [seq, part, row, cells[0]])).to.deep.equal([
      [1, '数据/一.csv', 2, '甲'],
      [2, '二.xlsx', 2, '乙'],
      [3, '三.dat/一月', 2, '乙'],
      [4, '三.dat/二月', 2, '乙'],
      [5, '四.xml', 1, '丙'],
      [6, '五', 1, '丁'],
    ]);
  });

  it('may have names in GBK, and names that lead elsewhere, which are never used as a path', async () => {
    const read = await readRows(
      zip([
        { name: iconv.encode('行政许可.csv', 'gb18030'), content: CSV },
        { name: '../../etc/许可.csv', content: CSV },
        { name: '/绝对\\路径.csv', content: CSV },
      ]),
    );
    expect(read.rows.map(({ part }) => part)).to.deep.equal([
      '行政许可.csv',
      '../../etc/许可.csv',
      '/绝对/路径.csv',
    ]);
  });

  it('are refused as a whole when a member does not fit, before any row, naming it', async () => {
    const refusal = async (content: string | Buffer, isEncrypted = false): Promise<unknown> => {
      const { code, params } = await refusalOf(
        zip([
          { name: '好.csv', content: CSV },
          { name: '坏.csv', content, isEncrypted },
        ]),
      );
      expect(params['part']).to.equal('坏.csv');
      return code;
    };
    expect(await refusal('序号,产品,价格\n1,2,3\n')).to.equal('FILE_OTHER_FEED');
    expect(await refusal('请看附件')).to.equal('FILE_NOT_TABLE');
    expect(await refusal('')).to.equal('FILE_EMPTY');
    expect(await refusal(zip([{ name: 'a.csv', content: CSV }]))).to.equal('FILE_ZIP_NESTED');
    expect(await refusal(CSV, true)).to.equal('FILE_ENCRYPTED');
    expect(await refusal(bytesOf(book({ 表: [['a', 'b', 'c']] }), 'xlsx'))).to.equal('FILE_OTHER_FEED');
  });

  it('are refused when empty, damaged or not what they say', async () => {
    expect((await refusalOf(zip([]))).code).to.equal('FILE_EMPTY');
    expect((await refusalOf(zip([{ name: 'd/', content: '' }]))).code).to.equal('FILE_EMPTY');
    const good = zip([{ name: 'a.csv', content: CSV.repeat(50) }]);
    expect((await refusalOf(good.subarray(0, good.length - 25))).code).to.equal('FILE_UNREADABLE');
    const spoiled = Buffer.from(good);
    spoiled[50] = (spoiled[50] as number) ^ 0xff;
    expect((await refusalOf(spoiled)).code).to.equal('FILE_UNREADABLE');
    const lying = zip([{ name: 'a.csv', content: CSV.repeat(1000), claimedSize: 50 }]);
    expect(await refusalOf(lying)).to.deep.equal({
      code: 'FILE_UNREADABLE',
      params: { part: 'a.csv', row: 1 },
    });
  });

  it('are refused when they are bombs', async () => {
    const bomb = zip([{ name: 'a.csv', content: Buffer.alloc(80_000_000, '0') }]);
    expect((await refusalOf(bomb)).code).to.equal('FILE_TOO_LARGE');
    const many = zip(Array.from({ length: 12 }, (_, i) => ({ name: `${String(i)}.csv`, content: CSV })));
    expect(await refusalOf(many, { zipMembers: 10 })).to.deep.equal({
      code: 'FILE_TOO_MANY_MEMBERS',
      params: { part: 'file', max: 10 },
    });
    expect((await refusalOf(many, { bytes: 100 })).code).to.equal('FILE_TOO_LARGE');
    expect((await refusalOf(many, { rows: 5 })).code).to.equal('FILE_TOO_MANY_ROWS');
  });
});
