import { expect } from 'chai';
import fc from 'fast-check';
import {
  problemWorkbook,
  templateWorkbook,
  type ProblemSheetRow,
} from '../../../../../../server/modules/feed/workbook/index.ts';
import type { RawValue } from '../../../../../../server/modules/feed/feed.types.ts';
import { readRows, removeFiles, xlsx } from '../parse/files.ts';
import type * as XLSX from '@e965/xlsx';

const COLUMNS = ['名称', '文号', '金额'];

function problem(cells: readonly RawValue[], faults: ProblemSheetRow['faults'] = []): ProblemSheetRow {
  return { cells, problemId: 'p1', row: 7, faults };
}

async function parse(content: Buffer): Promise<XLSX.WorkBook> {
  return xlsx.read(content, { type: 'buffer', cellStyles: true, cellNF: true });
}

function colorOf(sheet: XLSX.WorkSheet | undefined, ref: string): string | undefined {
  const cell = sheet?.[ref] as { s?: { fgColor?: { rgb?: string } } } | undefined;
  return cell?.s?.fgColor?.rgb?.slice(-6);
}

describe('problem workbooks', () => {
  afterEach(removeFiles);

  it('are read again as rows of the feed, with the helper columns behind the data', async () => {
    const rows = [
      problem(['甲', '007', 1.5], [{ columnIndex: 2, column: '金额', message: '过大', confirm: true }]),
      {
        ...problem(
          ['=1+1', 42473, undefined],
          [
            { columnIndex: 0, column: '名称', message: '不对', confirm: false },
            { columnIndex: 0, column: '名称', message: '太短', confirm: false },
            { column: '日期', message: '没有此列', confirm: false },
          ],
        ),
        part: '一月',
      },
    ];
    const { format, rows: read } = await readRows(await problemWorkbook(COLUMNS, rows, '疑问数据'));
    expect(format).to.equal('xlsx');
    expect(read[0]?.header).to.deep.equal([...COLUMNS, '确认', '问题说明', '原文件行号', '问题编号']);
    expect(read[0]?.match.fields.slice(3)).to.deep.equal([
      '$confirm',
      '$reasons',
      '$sourceRow',
      '$problemId',
    ]);
    expect(read.map(({ cells }) => cells)).to.deep.equal([
      ['甲', '007', '1.5', undefined, '金额：过大', '7', 'p1'],
      ['=1+1', '42473', undefined, undefined, '名称：不对；太短\n日期：没有此列', '一月：7', 'p1'],
    ]);
  });

  it('mark cells with errors red, cells to confirm yellow, and hold texts only', async () => {
    const faults = [
      { columnIndex: 0, column: '名称', message: 'x', confirm: true },
      { columnIndex: 0, column: '名称', message: 'x', confirm: false },
      { columnIndex: 2, column: '金额', message: 'x', confirm: true },
    ];
    const content = await problemWorkbook(COLUMNS, [problem(['=HYPERLINK("x")', '+1', '@a'], faults)], 'x');
    const sheet = (await parse(content)).Sheets['x'];
    expect(['A2', 'B2', 'C2', 'D2'].map((ref) => colorOf(sheet, ref))).to.deep.equal([
      'FFC7CE',
      undefined,
      'FFEB9C',
      'FFEB9C',
    ]);
    for (const ref of ['A2', 'B2', 'C2', 'F2']) {
      const cell = sheet?.[ref] as XLSX.CellObject;
      expect([cell.t, cell.f, cell.z]).to.deep.equal(['s', undefined, '@']);
    }
  });

  it('keep every text as it was, but for the line ends of Windows', async () => {
    const unit = fc.constantFrom(
      '甲',
      '𠮷',
      'a',
      ' ',
      '\n',
      '\r',
      '\t',
      '<',
      '&',
      '"',
      '\u0001',
      '\u0085',
      '\ufffd',
      '_x0041_',
      '_',
      '=',
    );
    const cell = fc.oneof(
      fc.string({ unit, minLength: 1 }).filter((value) => value.trim() !== ''),
      fc.constantFrom('constructor', '__proto__', 'toString', '_x005F_x0041_', '00', '1e5', 'TRUE'),
    );
    const rows = fc.sample(fc.tuple(cell, cell, cell), 500);
    const content = await problemWorkbook(
      COLUMNS,
      rows.map((cells) => problem(cells)),
      'x',
    );
    const { rows: read } = await readRows(content);
    expect(read.map(({ cells }) => cells.slice(0, 3))).to.deep.equal(
      rows.map((cells) => cells.map((value) => value.replaceAll('\r\n', '\n'))),
    );
  });

  it('show numbers that lost digits as such, and replace what no file can hold', async () => {
    const rows = [problem([123456789012345680, '\ud800', 'x'.repeat(40_000)]), problem([0.1, 1e-7, -5])];
    const { rows: read } = await readRows(await problemWorkbook(COLUMNS, rows, 'x'));
    expect(read[0]?.cells[0]).to.equal('1.2345678901234568e+17');
    expect(read[0]?.cells[1]).to.equal('\ufffd');
    expect(read[0]?.cells[2]).to.have.length(32_767);
    expect(read[1]?.cells.slice(0, 3)).to.deep.equal(['0.1', '1e-7', '-5']);
  });

  it('are the same when there are many rows, and end with the error of their source', async () => {
    const many = Array.from({ length: 1203 }, (_, i) => problem([`甲${String(i)}`, i]));
    const { rows: read } = await readRows(await problemWorkbook(COLUMNS, many, 'x'));
    expect(read.map(({ cells }) => cells.slice(0, 2))).to.deep.equal(
      many.map((_, i) => [`甲${String(i)}`, String(i)]),
    );
    const failing = function* (): Generator<ProblemSheetRow> {
      yield* many;
      throw new Error('store is gone');
    };
    const error: unknown = await problemWorkbook(COLUMNS, failing(), 'x').catch((e: unknown) => e);
    expect(error).to.be.instanceOf(Error).with.property('message', 'store is gone');
  });

  it('are cut at a number of rows and say so', async () => {
    let asked = 0;
    const endless = function* (): Generator<ProblemSheetRow> {
      for (;;) {
        asked += 1;
        yield problem(['甲']);
      }
    };
    const made = xlsx.read(await problemWorkbook(['名称'], endless(), 'x', 100), {
      type: 'buffer',
      dense: true,
    });
    expect(asked).to.equal(101);
    expect(made.SheetNames).to.deep.equal(['x', '说明']);
    expect((made.Sheets['x'] as XLSX.DenseWorkSheet)['!data']).to.have.length(101);
    expect((made.Sheets['说明'] as XLSX.DenseWorkSheet)['!data'][0]?.[0]?.v).to.include('100');
  });
});

describe('template workbooks', () => {
  afterEach(removeFiles);

  it('have the names as header, text cells below, and a sheet that explains each column', async () => {
    const columns = [
      { name: '名称', required: true, hint: '与营业执照一致', sample: '某某公司' },
      { name: '文号', hint: '=原样' },
    ];
    const content = await templateWorkbook(columns, '行政许可/法人:2024');
    expect((await readRows(content)).rows).to.deep.equal([]);
    const { SheetNames, Sheets } = await parse(content);
    expect(SheetNames).to.deep.equal(['行政许可 法人 2024', '填表说明']);
    const sheet = Sheets['行政许可 法人 2024'];
    expect(colorOf(sheet, 'A1')).to.equal('FFE699');
    expect(colorOf(sheet, 'B1')).to.equal('DDEBF7');
    const filled = xlsx.read(content, { type: 'buffer', sheetStubs: true, cellNF: true }).Sheets[
      '行政许可 法人 2024'
    ];
    expect((filled?.['B1000'] as XLSX.CellObject).z).to.equal('@');
    const guide = xlsx.utils.sheet_to_json(Sheets['填表说明'] as XLSX.WorkSheet, { header: 1, defval: '' });
    expect(guide).to.deep.equal([
      ['列名', '是否必填', '填写要求', '示例'],
      ['名称', '必填', '与营业执照一致', '某某公司'],
      ['文号', '选填', '=原样', ''],
    ]);
  });
});
