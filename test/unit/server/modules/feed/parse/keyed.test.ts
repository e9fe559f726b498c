import { expect } from 'chai';
import iconv from 'iconv-lite';
import { cellsOf, readRows, refusalOf, removeFiles } from './files.ts';

const ROWS = [
  { 名称: '甲', 文号: '00', 金额: 1.5 },
  { 名称: '乙', 文号: '2', 金额: -3 },
];
const EXPECTED = [
  { 名称: '甲', 文号: '00', 金额: 1.5 },
  { 名称: '乙', 文号: '2', 金额: -3 },
];

describe('JSON files', () => {
  afterEach(removeFiles);

  const shapes: [string, string][] = [
    ['an array', JSON.stringify(ROWS)],
    ['an array with white space and a byte order mark', `\ufeff\n ${JSON.stringify(ROWS, undefined, 2)}\n`],
    ...['data', 'rows', 'records', 'list'].map((key): [string, string] => [
      `an array in ${key}, between other things`,
      JSON.stringify({ code: 0, page: { rows: [{ a: 1 }] }, [key]: ROWS, total: 2 }),
    ]),
  ];
  for (const [name, text] of shapes) {
    it(`are read as ${name}`, async () => {
      const read = await readRows(text);
      expect(read.format).to.equal('json');
      expect(cellsOf(read)).to.deep.equal(EXPECTED);
      expect(read.rows.map(({ seq, row }) => [seq, row])).to.deep.equal([
        [1, 1],
        [2, 2],
      ]);
    });
  }

  it('are read as one object a line, numbered by line, also in GB18030', async () => {
    const text = `${JSON.stringify(ROWS[0])}\r\n\r\n${JSON.stringify(ROWS[1])}`;
    for (const content of [text, iconv.encode(text, 'gb18030')]) {
      const read = await readRows(content);
      expect(read.format).to.equal('ndjson');
      expect(cellsOf(read)).to.deep.equal(EXPECTED);
      expect(read.rows.map(({ row }) => row)).to.deep.equal([1, 3]);
    }
  });

  it('turn other values into text and null into no value', async () => {
    const read = await readRows('[{"名称":true,"文号":["a",1],"金额":null,"备注":{"x":1}}]');
    expect(cellsOf(read)).to.deep.equal([
      { 名称: 'true', 文号: '["a",1]', 金额: undefined, 备注: '{"x":1}' },
    ]);
  });

  it('survive repeated keys and names of the language', async () => {
    for (const text of [
      '[{"名称":"a","名称":"b","文号":"1","__proto__":{"金额":9},"constructor":"c"}]',
      '{"名称":"a","名称":"b","文号":"1","__proto__":{"金额":9},"constructor":"c"}',
    ]) {
      const [row] = (await readRows(text)).rows;
      const value = (name: string): unknown => row?.cells[row.header.indexOf(name)];
      expect([value('名称'), value('文号'), value('constructor')]).to.deep.equal(['b', '1', 'c']);
      expect(row?.header).not.to.include('金额');
      expect(({} as Record<string, unknown>)['金额']).to.equal(undefined);
    }
  });

  it('may leave out keys without a value, and bring others in a row of its own header', async () => {
    const read = await readRows(
      [{ 文号: '1' }, { 名称: '甲', 文号: '2', 备注: 'x' }, { 名称: '乙', 文号: '3' }, {}]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
    expect(new Set(read.rows.map(({ match }) => match))).to.have.property('size', 1);
    expect(cellsOf(read)).to.deep.equal([
      { 文号: '1', 名称: undefined, 备注: undefined },
      { 文号: '2', 名称: '甲', 备注: 'x' },
      { 文号: '3', 名称: '乙', 备注: undefined },
    ]);
    const many = Array.from({ length: 40 }, (_, i) => ({ 名称: '甲', 文号: String(i) }));
    const late = await readRows(JSON.stringify([...many, ...many.map((row) => ({ ...row, 金额: 1 }))]));
    expect(late.rows).to.have.length(80);
    expect(new Set(late.rows.map(({ match }) => match))).to.have.property('size', 2);
    const foreign = await refusalOf(JSON.stringify([...many, { other: 1 }]));
    expect(foreign).to.deep.equal({ code: 'FILE_ROW_KEYS', params: { part: 'file', row: 41 } });
  });

  it('are refused with the place where they are broken', async () => {
    const code = async (text: string): Promise<unknown[]> => {
      const { code, params } = await refusalOf(text);
      return [code, params['row']];
    };
    const line = JSON.stringify(ROWS[0]);
    expect(await code(`${line}\n{"名称":\n`)).to.deep.equal(['FILE_UNREADABLE', 2]);
    expect(await code(`[${line},${line},{"名称":}]`)).to.deep.equal(['FILE_UNREADABLE', 3]);
    expect(await code(`[${line},5]`)).to.deep.equal(['FILE_UNREADABLE', 2]);
    expect(await code(`[${line}`)).to.deep.equal(['FILE_UNREADABLE', 2]);
    expect(await code(`${line}\n[1]`)).to.deep.equal(['FILE_UNREADABLE', 2]);
  });

  it('are refused when they hold no rows of the feed', async () => {
    expect((await refusalOf('[]')).code).to.equal('FILE_EMPTY');
    expect((await refusalOf('{"data":[]}')).code).to.equal('FILE_EMPTY');
    expect((await refusalOf('{\n"a":{"b":[{"名称":1,"文号":2}]}}')).code).to.equal('FILE_NOT_TABLE');
    expect((await refusalOf('[{"a":1,"b":2,"c":3}]')).code).to.equal('FILE_OTHER_FEED');
  });

  it('are refused when a value or a set of keys has no end', async () => {
    const limits = { recordChars: 100_000 };
    const long = 'x'.repeat(700_000);
    expect((await refusalOf(`[{"名称":"${long}","文号":"1"}]`, limits)).code).to.equal('FILE_UNREADABLE');
    expect((await refusalOf(`{"名称":"甲","文号":"1"}\n{"名称":"${long}`, limits)).code).to.equal(
      'FILE_UNREADABLE',
    );
    const keys = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${String(i)}`, 1]));
    expect((await refusalOf(JSON.stringify([keys]))).code).to.equal('FILE_TOO_MANY_COLUMNS');
  });
});

describe('XML files', () => {
  afterEach(removeFiles);

  const row = (name: string, number: string): string =>
    `<名称>${name}</名称>\n<文号>${number}</文号><备注/><金额><![CDATA[1<2]]></金额>`;
  const expected = [
    { 名称: '甲&乙', 文号: '00', 备注: undefined, 金额: '1<2' },
    { 名称: '丙', 文号: '2', 备注: undefined, 金额: '1<2' },
  ];
  const wrap = (root: string, name: string): string =>
    `<${root}>\n<${name}>${row('甲&amp;乙', '00')}</${name}>\n<${name} id="2">${row('丙', '2')}</${name}></${root}>`;

  const shapes: [string, string][] = [
    ['the national shape ROWDATA', `<?xml version="1.0" encoding="UTF-8"?>${wrap('ROWDATA', 'ROW')}`],
    ['the national shape DATAS', wrap('DATAS', 'DATA')],
    ['rows in an envelope', `<报文><头><数量>2</数量><日期>1</日期></头>${wrap('body', 'item')}</报文>`],
    [
      'rows with a name space',
      wrap('a:root xmlns:a="urn:a"', 'a:row').replace(/<\/a:root[^>]*>/, '</a:root>'),
    ],
  ];
  for (const [name, text] of shapes) {
    it(`are read in ${name}, values as text`, async () => {
      const read = await readRows(text);
      expect(read.format).to.equal('xml');
      expect(cellsOf(read)).to.deep.equal(expected);
      expect(read.rows.map(({ row: at }) => at)).to.deep.equal([1, 2]);
    });
  }

  it('are read in the encoding they are in, even if they name another one', async () => {
    const text = `<?xml version="1.0" encoding="GBK"?>${wrap('R', 'r')}`;
    expect(cellsOf(await readRows(iconv.encode(text, 'gb18030')))).to.deep.equal(expected);
    expect(cellsOf(await readRows(text))).to.deep.equal(expected);
  });

  it('are refused with a document type, before any entity is read', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>${wrap('R', 'r')}`;
    expect((await refusalOf(bomb)).code).to.equal('FILE_DOCTYPE');
    expect((await refusalOf(wrap('R', 'r').replace('丙', '&a;'))).code).to.equal('FILE_UNREADABLE');
  });

  it('are refused when broken, empty or of another feed', async () => {
    expect(await refusalOf(`${wrap('R', 'r').slice(0, -4)}<r></R>`)).to.deep.equal({
      code: 'FILE_UNREADABLE',
      params: { part: 'file', row: 3 },
    });
    expect((await refusalOf(wrap('R', 'r').slice(0, -4))).code).to.equal('FILE_UNREADABLE');
    expect((await refusalOf('<ROWDATA/>')).code).to.equal('FILE_EMPTY');
    expect((await refusalOf('<R><r><a>1</a><b>2</b><c>3</c></r></R>')).code).to.equal('FILE_OTHER_FEED');
  });

  it('are refused when a value, the depth or a row has no end', async () => {
    const long = `<R><r><名称>${'x'.repeat(700_000)}</名称><文号>1</文号></r></R>`;
    expect((await refusalOf(long, { recordChars: 100_000 })).code).to.equal('FILE_UNREADABLE');
    expect((await refusalOf('<a>'.repeat(1000))).code).to.equal('FILE_UNREADABLE');
    const wide = Array.from({ length: 11_000 }, (_, i) => `<k${String(i)}/>`).join('');
    expect((await refusalOf(`<R><r>${wide}</r></R>`)).code).to.equal('FILE_UNREADABLE');
  });
});
