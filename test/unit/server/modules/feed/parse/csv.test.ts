import { expect } from 'chai';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { CsvFault, CsvSplitter } from '../../../../../../server/modules/feed/parse/csv-splitter.ts';
import { cellsOf, readRows, refusalOf, removeFiles } from './files.ts';

const TEXT = '名称,文号,备注\n甲公司,1号,"多行\n备注，含""引号"""\n\n乙公司,2号,\n';
const ROWS = [
  { 名称: '甲公司', 文号: '1号', 备注: '多行\n备注，含"引号"' },
  { 名称: '乙公司', 文号: '2号', 备注: undefined },
];

function split(text: string, size: number, maxChars = 1000): string[][] {
  const splitter = new CsvSplitter(',', maxChars);
  const records: string[][] = [];
  for (let at = 0; at < text.length; at += size)
    for (const { cells } of splitter.push(text.slice(at, at + size))) records.push(cells);
  for (const { cells } of splitter.push('', true)) records.push(cells);
  return records;
}

describe('csv files', () => {
  afterEach(removeFiles);

  const encodings: [string, Buffer][] = [
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['GB18030', iconv.encode(TEXT, 'gb18030')],
    ['UTF-16 little endian', iconv.encode(TEXT, 'utf-16le', { addBOM: true })],
    ['UTF-16 big endian', iconv.encode(TEXT, 'utf-16be', { addBOM: true })],
  ];
  for (const [name, content] of encodings) {
    it(`are read in ${name}`, async () => {
      const read = await readRows(content);
      expect(read.format).to.equal('csv');
      expect(cellsOf(read)).to.deep.equal(ROWS);
      expect(read.rows.map(({ seq, row, part }) => [seq, row, part])).to.deep.equal([
        [1, 2, undefined],
        [2, 5, undefined],
      ]);
    });
  }

  it('keep characters that only GB18030 has, and those at the border of pieces', async () => {
    const text = `名称,文号\n${'𠮷䶮,㐀\n'.repeat(40_000)}`;
    const { rows } = await readRows(iconv.encode(text, 'gb18030'));
    expect(rows).to.have.length(40_000);
    expect(rows.every(({ cells }) => cells[0] === '𠮷䶮' && cells[1] === '㐀')).to.equal(true);
  });

  it('stay UTF-8 with one broken byte far below: only that row is spoiled', async () => {
    const good = Buffer.from(`名称,文号\n${'甲公司,1号\n'.repeat(500)}`);
    const read = await readRows(Buffer.concat([good, Buffer.from([0xe7, 0x94]), Buffer.from(',2号\n')]));
    expect(read.rows.slice(0, 500).every(({ cells }) => cells[0] === '甲公司')).to.equal(true);
    expect(read.rows[500]?.cells).to.deep.equal(['\ufffd', '2号']);
  });

  for (const [name, delimiter] of [
    ['semicolon', ';'],
    ['tab', '\t'],
  ] as const) {
    it(`are read with a ${name} as separator, although cells hold commas`, async () => {
      const read = await readRows(`名称${delimiter}文号\n甲,乙${delimiter}1,2,3号\n`);
      expect(cellsOf(read)).to.deep.equal([{ 名称: '甲,乙', 文号: '1,2,3号' }]);
    });
  }

  it('may have a notice above the header, an empty first column and white space around names', async () => {
    const read = await readRows('注意：请勿改动表头\n\n,　名称 ,"文号\n",\n,甲,1号,\n,,,\n,乙,2号,,,\n');
    expect(read.rows.map(({ header, cells, row }) => [header, cells, row])).to.deep.equal([
      [['', '名称', '文号'], [undefined, '甲', '1号'], 5],
      [['', '名称', '文号'], [undefined, '乙', '2号'], 7],
    ]);
  });

  it('take as header the row in which most columns are known', async () => {
    const read = await readRows('名称,文号,x\n名称,文号,金额\n甲,1号,5\n');
    expect(cellsOf(read)).to.deep.equal([{ 名称: '甲', 文号: '1号', 金额: '5' }]);
  });

  it('may mix line ends and leave out the last one', async () => {
    const read = await readRows('名称,文号\r\n甲,1\n乙,2\r丙,3\r\n丁,4');
    expect(read.rows.map(({ row, cells }) => [row, ...cells])).to.deep.equal([
      [2, '甲', '1'],
      [3, '乙', '2'],
      [4, '丙', '3'],
      [5, '丁', '4'],
    ]);
  });

  it('lose NUL characters and nothing else', async () => {
    const read = await readRows('名称,文号\n" 甲\0 ", \u30001\n');
    expect(read.rows[0]?.cells).to.deep.equal([' 甲 ', ' \u30001']);
  });

  it('share the header and its meaning between rows', async () => {
    const [first, second] = (await readRows(TEXT)).rows;
    expect(first?.match).to.equal(second?.match);
    expect(first?.header).to.equal(second?.header);
  });

  const broken: [string, string, number][] = [
    ['a quote inside an unquoted cell', '名称,文号\n甲,1\n乙"丙,2\n', 3],
    ['text behind a closing quote', '名称,文号\n甲,1\n"乙"丙,2\n', 3],
    ['a quote that is never closed', '名称,文号\n甲,1\n"乙,2\n丙,3\n', 3],
    ['two stray quotes that would swallow rows', '名称,文号\n甲,"1\n乙,2\n丙,3",4\n', 2],
  ];
  for (const [name, text, row] of broken) {
    it(`are refused with the line for ${name}`, async () => {
      expect(await refusalOf(text)).to.deep.equal({ code: 'FILE_UNREADABLE', params: { part: 'file', row } });
    });
  }

  it('are refused when empty, no table, another table or no text', async () => {
    expect((await refusalOf('')).code).to.equal('FILE_EMPTY');
    expect((await refusalOf('\ufeff \r\n\r\n')).code).to.equal('FILE_EMPTY');
    expect((await refusalOf(',,\n,,\n')).code).to.equal('FILE_EMPTY');
    expect((await refusalOf('这是一封信。\n没有表格。\n')).code).to.equal('FILE_NOT_TABLE');
    expect((await refusalOf('序号,产品,价格\n1,苹果,3\n')).code).to.equal('FILE_OTHER_FEED');
    expect((await refusalOf(Buffer.alloc(5000, Buffer.from([137, 0, 1, 2, 80])))).code).to.equal(
      'FILE_UNREADABLE',
    );
  });

  it('with a header only hold no rows', async () => {
    expect((await readRows('名称,文号\n,\n')).rows).to.deep.equal([]);
  });

  it('are refused beyond the limits', async () => {
    expect(await refusalOf('名称,文号\n1,1\n2,2\n3,3\n', { rows: 2 })).to.deep.equal({
      code: 'FILE_TOO_MANY_ROWS',
      params: { part: 'file', max: 2 },
    });
    expect((await refusalOf(TEXT, { bytes: 20 })).code).to.equal('FILE_TOO_LARGE');
    expect((await refusalOf('名称,文号,金额\n1,1,1\n', { columns: 2 })).code).to.equal(
      'FILE_TOO_MANY_COLUMNS',
    );
    const endless = `名称,文号\n"${'x'.repeat(300_000)}`;
    expect(await refusalOf(endless, { recordChars: 1000 })).to.deep.equal({
      code: 'FILE_UNREADABLE',
      params: { part: 'file', row: 2 },
    });
  });

  it('come back cell by cell as any writer of csv wrote them, whatever the pieces', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '甲', ',', '"', '\n', '\r', ' ', '\t') });
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, size, end) => {
          const text = stringify(rows, { record_delimiter: end, quoted_match: /[\r\n]/ });
          expect(split(text, size)).to.deep.equal(rows);
        },
      ),
    );
  });

  it('give the same records or the same fault in whatever pieces they arrive', () => {
    const outcome = (text: string, size: number): unknown => {
      try {
        return split(text, size);
      } catch (error) {
        expect(error).to.be.instanceOf(CsvFault);
        return (error as CsvFault).row;
      }
    };
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r'), maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        (text, size) => {
          expect(outcome(text, size)).to.deep.equal(outcome(text, 1000));
        },
      ),
    );
  });

  it('cannot grow one record without end, in whatever pieces it arrives', () => {
    expect(() => split(','.repeat(5000), 7)).to.throw(CsvFault);
    expect(() => split(`"${'a'.repeat(5000)}`, 7)).to.throw(CsvFault);
  });
});
