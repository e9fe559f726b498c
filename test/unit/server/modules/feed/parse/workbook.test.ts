import { expect } from 'chai';
import iconv from 'iconv-lite';
import { book, bytesOf, cellsOf, match, readRows, refusalOf, removeFiles, save, xlsx, zip } from './files.ts';
import { openFeedFile } from '../../../../../../server/modules/feed/parse/index.ts';

const TABLE = [
  ['注意：请勿改动表头'],
  [undefined, ' 名称', '文号\n', '日期', '金额'],
  [undefined, '甲', '007', 42473, 1.5],
  [],
  [undefined, '乙', 8, undefined, true],
];
const ROWS = [
  { '': undefined, 名称: '甲', 文号: '007', 日期: 42473, 金额: 1.5 },
  { '': undefined, 名称: '乙', 文号: 8, 日期: undefined, 金额: 'TRUE' },
];

/** A sheet as Excel writes it, with the cells given as markup. */
function excel(cells: string, extra: Readonly<Record<string, string>> = {}, workbookPr = ''): Buffer {
  const ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const type = (name: string): string =>
    `application/vnd.openxmlformats-officedocument.spreadsheetml.${name}+xml`;
  const parts: Record<string, string> = {
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${type('sheet.main')}"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type('worksheet')}"/><Override PartName="/xl/styles.xml" ContentType="${type('styles')}"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook ${ns} xmlns:r="${rel}">${workbookPr}<sheets><sheet name="数据" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${rel}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet ${ns}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': `<worksheet ${ns}><dimension ref="A1:XFD1048576"/><sheetData>${cells}</sheetData></worksheet>`,
    ...extra,
  };
  return zip(Object.entries(parts).map(([name, content]) => ({ name, content })));
}

const text = (ref: string, value: string): string =>
  `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;
const HEADER = `<row r="1">${text('A1', '名称')}${text('B1', '文号')}${text('C1', '日期')}${text('D1', '金额')}</row>`;

function spreadsheetMl(rows: string): string {
  return `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>${rows}</Table></Worksheet></Workbook>`;
}

const mlRow = (...cells: readonly [string, string][]): string =>
  `<Row>${cells.map(([type, value]) => `<Cell><Data ss:Type="${type}">${value}</Data></Cell>`).join('')}</Row>`;

function ole(streams: Readonly<Record<string, string>>): Buffer {
  const file = xlsx.CFB.utils.cfb_new();
  for (const [name, content] of Object.entries(streams))
    xlsx.CFB.utils.cfb_add(file, name, Buffer.from(content));
  return xlsx.CFB.write(file, { type: 'buffer' }) as Buffer;
}

describe('workbooks', () => {
  afterEach(removeFiles);

  it('are read as .xlsx: real cells only, texts as they are, numbers and dates as numbers', async () => {
    const read = await readRows(bytesOf(book({ 表: TABLE }), 'xlsx'));
    expect(read.format).to.equal('xlsx');
    expect(cellsOf(read)).to.deep.equal(ROWS);
    expect(read.rows.map(({ seq, row, part }) => [seq, row, part])).to.deep.equal([
      [1, 3, undefined],
      [2, 5, undefined],
    ]);
  });

  it('are read as .xls', async () => {
    const read = await readRows(bytesOf(book({ 表: TABLE }), 'biff8'));
    expect(read.format).to.equal('xls');
    expect(cellsOf(read)).to.deep.equal(ROWS);
  });

  it('are read as .xls of before 1997 with the code page it names', async () => {
    const made = bytesOf(
      book({
        a: [
          ['NAME', 'NUMB'],
          ['QZ', 'x'],
        ],
      }),
      'biff5',
    );
    const replace = (from: Buffer, to: Buffer): void => {
      const at = made.indexOf(from);
      expect(at).to.be.greaterThan(0);
      to.copy(made, at);
    };
    replace(Buffer.from('42000200', 'hex'), Buffer.from('42000200a803', 'hex'));
    replace(Buffer.from('NAME'), iconv.encode('名称', 'gbk'));
    replace(Buffer.from('NUMB'), iconv.encode('文号', 'gbk'));
    replace(Buffer.from('QZ'), iconv.encode('乙', 'gbk'));
    expect(cellsOf(await readRows(made))).to.deep.equal([{ 名称: '乙', 文号: 'x' }]);
  });

  it('are read as SpreadsheetML, also in GB18030', async () => {
    const head = mlRow(['String', '名称'], ['String', '文号'], ['String', '日期'], ['String', '金额']);
    const data = mlRow(
      ['String', '甲&amp;乙'],
      ['String', '007'],
      ['DateTime', '2016-04-13T00:00:00.000'],
      ['Number', '1.5'],
    );
    const markup = spreadsheetMl(head + data);
    for (const content of [Buffer.from(markup), iconv.encode(markup, 'gb18030')]) {
      const read = await readRows(content, undefined, '上报.xlsx');
      expect(read.format).to.equal('spreadsheetml');
      expect(cellsOf(read)).to.deep.equal([{ 名称: '甲&乙', 文号: '007', 日期: 42473, 金额: 1.5 }]);
    }
  });

  it('are read as the HTML table that web systems call .xls, cells as text', async () => {
    const html =
      '<html><meta charset="gbk"><table><tr><th>名称</th><th>文号</th></tr><tr><td>甲</td><td>007</td></tr><tr><td colspan="999999999">乙</td></tr></table></html>';
    const read = await readRows(iconv.encode(html, 'gb18030'));
    expect(read.format).to.equal('xls');
    expect(cellsOf(read)).to.deep.equal([
      { 名称: '甲', 文号: '007' },
      { 名称: '乙', 文号: undefined },
    ]);
  });

  it('give dates of the 1904 system the numbers of the 1900 system, and leave other numbers alone', async () => {
    const rows = `${HEADER}<row r="2">${text('A2', '甲')}<c r="B2"><v>7</v></c><c r="C2" s="1"><v>41011</v></c><c r="D2"><v>1.5</v></c></row>`;
    const modern = await readRows(excel(rows, {}, '<workbookPr date1904="1"/>'));
    expect(cellsOf(modern)).to.deep.equal([{ 名称: '甲', 文号: 7, 日期: 42473, 金额: 1.5 }]);
    const head = mlRow(['String', '名称'], ['String', '文号'], ['String', '日期']);
    const markup = spreadsheetMl(
      head + mlRow(['String', '甲'], ['Number', '7'], ['DateTime', '2016-04-13T00:00:00.000']),
    ).replace(
      '<Worksheet',
      '<ExcelWorkbook xmlns="urn:schemas-microsoft-com:office:excel"><Date1904/></ExcelWorkbook><Worksheet',
    );
    expect((await readRows(markup)).rows[0]?.cells).to.deep.equal(['甲', 7, 42473]);
  });

  it('give formulas by their stored result, and errors and truth values as text', async () => {
    const rows = `${HEADER}<row r="2"><c r="A2" t="str"><f>"x"&amp;"y"</f><v>xy</v></c><c r="B2"><f>1+1</f><v>2</v></c><c r="C2" t="e"><v>#N/A</v></c><c r="D2" t="b"><v>0</v></c></row>`;
    expect(cellsOf(await readRows(excel(rows)))).to.deep.equal([
      { 名称: 'xy', 文号: 2, 日期: '#N/A', 金额: 'FALSE' },
    ]);
  });

  it('do not cost what their declared size says', async () => {
    const rows = `${HEADER}<row r="1048576">${text('A1048576', '甲')}${text('B1048576', '1')}<c r="XFD1048576" s="1"/></row>`;
    const read = await readRows(excel(rows), { workbookHeapMb: 128 });
    expect(read.rows.map(({ row, cells }) => [row, cells])).to.deep.equal([
      [1_048_576, ['甲', '1', undefined, undefined]],
    ]);
  });

  it('with several sheets of the feed name the sheet of each row and number rows through', async () => {
    const rows = [
      ['名称', '文号'],
      ['甲', '1'],
    ];
    const file = await readRows(bytesOf(book({ 一月: rows, 空: [], 二月: rows }), 'xlsx'));
    expect(file.rows.map(({ seq, part, row }) => [seq, part, row])).to.deep.equal([
      [1, '一月', 2],
      [2, '二月', 2],
    ]);
  });

  it('may have sheets that explain, hidden lists and texts beside the one that fits', async () => {
    const list = [
      ['代码', '名', '层级', '上级', '备注2'],
      ['1', '2', '3', '4', '5'],
    ];
    const made = book({
      数据: [
        ['名称', '文号'],
        ['甲', '1'],
      ],
      填表说明: list,
      Sheet3: list,
      信: [['您好']],
    });
    made.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 0 }, { Hidden: 1 }, { Hidden: 0 }] };
    const read = await readRows(bytesOf(made, 'xlsx'));
    expect(read.rows.map(({ part, cells }) => [part, ...cells])).to.deep.equal([[undefined, '甲', '1']]);
    delete made.Workbook;
    expect(await refusalOf(bytesOf(made, 'xlsx'))).to.deep.equal({
      code: 'FILE_OTHER_FEED',
      params: { part: 'file/Sheet3' },
    });
  });

  it('are read twice with the same rows, and closed in the middle', async () => {
    const rows = [['名称', '文号'], ...Array.from({ length: 1200 }, (_, i) => ['甲', i])];
    const file = await openFeedFile(save(bytesOf(book({ 表: rows }), 'xlsx')), 'x', match);
    for (let time = 0; time < 2; time += 1) {
      let count = 0;
      for await (const { seq, cells } of file.rows()) {
        count += 1;
        expect([seq, cells[1]]).to.deep.equal([count, count - 1]);
      }
      expect(count).to.equal(1200);
    }
    for await (const row of file.rows()) if (row.seq === 3) break;
    await file.close();
  });

  it('are refused when empty, a form, or the table of another feed', async () => {
    const code = async (rows: unknown[][]): Promise<string> =>
      (await refusalOf(bytesOf(book({ 表: rows }), 'xlsx'))).code;
    expect(await code([])).to.equal('FILE_EMPTY');
    expect(
      await code([
        ['检查记录表'],
        ['任务名称：', '企业名称：'],
        ['序号', '内容', '方法', '结果'],
        [1, 'a', 'b', 'c'],
      ]),
    ).to.equal('FILE_NOT_TABLE');
    expect(
      await code([
        ['序号', '产品', '价格'],
        [1, '苹果', 3],
      ]),
    ).to.equal('FILE_OTHER_FEED');
  });

  it('are refused when damaged or cut off', async () => {
    const modern = bytesOf(book({ 表: TABLE }), 'xlsx');
    expect((await refusalOf(modern.subarray(0, modern.length - 30))).code).to.equal('FILE_UNREADABLE');
    const spoiled = Buffer.from(modern);
    spoiled.fill(0x55, 60, 160);
    expect((await refusalOf(spoiled)).code).to.equal('FILE_UNREADABLE');
    const old = bytesOf(book({ 表: TABLE }), 'biff8');
    expect((await refusalOf(old.subarray(0, 700))).code).to.equal('FILE_UNREADABLE');
  });

  it('are refused with a password', async () => {
    const modern = ole({ '/EncryptionInfo': 'x', '/EncryptedPackage': 'y'.repeat(5000) });
    expect((await refusalOf(modern)).code).to.equal('FILE_ENCRYPTED');
    const old = xlsx.CFB.read(bytesOf(book({ 表: TABLE }), 'biff8'), { type: 'buffer' });
    const stream = xlsx.CFB.find(old, 'Workbook') as { content: Buffer; size: number };
    const begin = Buffer.from(stream.content);
    const afterBof = 4 + begin.readUInt16LE(2);
    const password = Buffer.from('2f00060000000123abcd', 'hex');
    stream.content = Buffer.concat([begin.subarray(0, afterBof), password, begin.subarray(afterBof)]);
    stream.size = stream.content.length;
    const encrypted = xlsx.CFB.write(old, { type: 'buffer' }) as Buffer;
    expect((await refusalOf(encrypted)).code).to.equal('FILE_ENCRYPTED');
  });

  it('are refused with macros', async () => {
    const modern = excel(HEADER, { 'xl/vbaProject.bin': 'x' });
    expect((await refusalOf(modern)).code).to.equal('FILE_HAS_MACROS');
    const old = ole({ '/Workbook': 'x', '/_VBA_PROJECT_CUR/VBA/dir': 'x'.repeat(5000) });
    expect((await refusalOf(old)).code).to.equal('FILE_HAS_MACROS');
  });

  it('are refused beyond the limits, with the limit', async () => {
    const rows = bytesOf(book({ 表: TABLE }), 'xlsx');
    expect(await refusalOf(rows, { workbookRows: 3 })).to.deep.equal({
      code: 'FILE_TOO_MANY_ROWS',
      params: { part: 'file', max: 3 },
    });
    expect((await refusalOf(rows, { columns: 3 })).code).to.equal('FILE_TOO_MANY_COLUMNS');
    expect(await refusalOf(rows, { workbookBytes: 1000 })).to.deep.equal({
      code: 'FILE_TOO_LARGE',
      params: { part: 'file', maxBytes: 1000 },
    });
    expect((await refusalOf(rows, { workbookUnpackedBytes: 1000 })).code).to.equal('FILE_TOO_LARGE');
    expect((await refusalOf(rows, { workbookMs: 1 })).code).to.equal('FILE_TOO_COSTLY');
  });

  it('that need more memory than allowed end their thread, not the process', async () => {
    const cells = Array.from(
      { length: 60_000 },
      (_, i) =>
        `<row r="${String(i + 2)}">${text(`A${String(i + 2)}`, `甲${String(i)}`)}<c r="B${String(i + 2)}"><v>1</v></c></row>`,
    );
    const refusal = await refusalOf(excel(HEADER + cells.join('')), { workbookHeapMb: 16 });
    expect(refusal.code).to.equal('FILE_TOO_COSTLY');
  });

  it('cannot hide a bomb behind two accounts of one part', async () => {
    const sheet = 'xl/worksheets/sheet1.xml';
    const packed = zip([
      { name: 'xl/workbook.xml', content: '<workbook/>' },
      { name: sheet, content: Buffer.alloc(30_000_000, ' '), isTwoFaced: true },
    ]);
    expect((await refusalOf(packed, { workbookUnpackedBytes: 1_000_000 })).code).to.equal('FILE_UNREADABLE');
    const lying = zip([
      { name: 'xl/workbook.xml', content: '<workbook/>' },
      { name: sheet, content: Buffer.alloc(30_000_000, ' '), claimedSize: 1000 },
    ]);
    expect((await refusalOf(lying)).code).to.equal('FILE_UNREADABLE');
  });
});
