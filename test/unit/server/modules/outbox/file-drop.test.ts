import { expect } from 'chai';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';
import type { CivilDate } from '../../../../../server/lib/civil-date.ts';
import type { PushableRecord } from '../../../../../server/modules/credit-record/index.ts';
import { fileDropAdapter } from '../../../../../server/modules/outbox/platforms/file-drop.ts';
import {
  baseNameOf,
  checkNaming,
  namesOf,
} from '../../../../../server/modules/outbox/platforms/file-names.ts';
import { decodeReceipt } from '../../../../../server/modules/outbox/platforms/file-receipt.ts';
import { unwritablePlace, xmlOf } from '../../../../../server/modules/outbox/platforms/file-xml.ts';
import type { SentItem } from '../../../../../server/modules/outbox/platforms/item.ts';
import type { BatchAddress } from '../../../../../server/modules/outbox/platforms/types.ts';
import { readDropFile } from '../../../../../server/upstream-sim/drop-file.ts';

const NAMING = { department: 'JC01', tables: { LICENSE: '01', PENALTY: '02', GRADE: '12' } };
const DAY = '2026-03-02' as CivilDate;

describe('names of files', () => {
  it('are department, table, day and number, a file per kind in the order of the tables', () => {
    const files = namesOf(NAMING, ['GRADE', 'PENALTY', 'OTHER', 'LICENSE', 'PENALTY'], DAY, 7);
    expect(files).to.deep.equal([
      { kind: 'LICENSE', name: 'JC0101_20260302_00007.xml' },
      { kind: 'PENALTY', name: 'JC0102_20260302_00008.xml' },
      { kind: 'GRADE', name: 'JC0112_20260302_00009.xml' },
    ]);
    expect(baseNameOf(files)).to.equal('JC01_20260302_00007');
  });

  it('number without a gap and without a repeat, whatever the kinds and however often', () => {
    const kinds = fc.array(fc.constantFrom('LICENSE', 'PENALTY', 'GRADE', 'OTHER'), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(kinds, { minLength: 1, maxLength: 20 }), (batches) => {
        let first = 1;
        const numbers: number[] = [];
        for (const batch of batches) {
          const files = namesOf(NAMING, batch, DAY, first);
          first += files.length;
          numbers.push(...files.map(({ name }) => Number(/_(\d{5})\.xml$/.exec(name)?.[1])));
        }
        expect(numbers).to.deep.equal(numbers.map((_, i) => i + 1));
      }),
    );
  });

  it('end with the last number of five digits', () => {
    expect(namesOf(NAMING, ['LICENSE'], DAY, 99_999)[0]?.name).to.include('_99999.xml');
    expect(() => namesOf(NAMING, ['LICENSE', 'PENALTY'], DAY, 99_999)).to.throw(RangeError);
  });

  it('cannot be formed of anything', () => {
    for (const naming of [
      { department: 'JC1', tables: { LICENSE: '01' } },
      { department: 'JC01', tables: { LICENSE: '1' } },
      { department: 'JC01', tables: {} },
    ])
      expect(() => checkNaming(naming)).to.throw(RangeError);
  });
});

const item = (data: Record<string, string>): SentItem => ({
  itemId: 'a1:1',
  key: 'key',
  contentHash: 'hash',
  operation: 'INSERT',
  kind: 'LICENSE',
  sector: 'market',
  agency: 'a1',
  data,
});

/** Reads the columns of the first row as any parser would. */
function columnsOf(xml: string): Record<string, string> {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  const columns: Record<string, string> = {};
  const open: string[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => {
    open.push(name);
    if (open.length === 3) columns[name] = '';
  });
  parser.on('text', (text) => {
    if (open.length === 3) columns[open[2] ?? ''] += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return columns;
}

describe('XML of a file', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value !== '');
  const anything = fc.string({ unit: 'binary', minLength: 1 });

  it('gives back every text that it takes', () => {
    fc.assert(
      fc.property(fc.oneof(text, anything), (value) => {
        const one = item({ XK_NR: value });
        fc.pre(unwritablePlace(one) === undefined);
        expect(columnsOf(xmlOf([one], { batch: 'b"<&', template: 'g3' }))).to.deep.equal({ XK_NR: value });
      }),
    );
  });

  for (const value of [
    '甲公司 & “乙”<丙>',
    ']]>',
    'a\r\nb\tc',
    '㐀𠀀𪚥龘',
    '&lt;',
    '市监许〔2026〕1号',
    '　全角　',
    '\u007f\u0085\u2028',
  ])
    it(`keeps ${JSON.stringify(value)}`, () => {
      expect(columnsOf(xmlOf([item({ XK_NR: value })], { batch: 'b', template: 'g3' }))).to.deep.equal({
        XK_NR: value,
      });
    });

  for (const [value, place] of [
    ['a\u0000', 'U+0000'],
    ['\u000b', 'U+000B'],
    ['许可\u001f', 'U+001F'],
    ['\ud800', 'U+D800'],
    ['\uffff', 'U+FFFF'],
  ] as const)
    it(`does not take ${place}`, () => {
      expect(unwritablePlace(item({ BZ: 'x', XK_NR: value }))).to.equal(`/data/XK_NR ${place}`);
    });
});

describe('the file-drop adapter', () => {
  const record = (recordId: string, kind: PushableRecord['kind'], content: string): PushableRecord => ({
    recordId,
    revision: 1,
    currentRevision: 1,
    kind,
    sector: 'market',
    feed: `market/${kind.toLowerCase()}`,
    counterpartKind: 'LEGAL_PERSON',
    agencyId: 'a1',
    naturalKey: `key-${recordId}`,
    contentHash: 'hash',
    fields: { content },
    decidedOn: DAY,
  });
  const adapter = fileDropAdapter(() => 'XK_NR');
  const address: BatchAddress = {
    url: 'file:///nowhere',
    token: 't',
    template: 'g3',
    batchFiles: namesOf(NAMING, ['LICENSE', 'PENALTY'], DAY, 1),
  };
  const items = [
    { record: record('a1', 'LICENSE', '甲'), operation: 'INSERT' },
    { record: record('a2', 'LICENSE', '乙\u0001'), operation: 'INSERT' },
    { record: record('a3', 'GRADE', '丙'), operation: 'UPDATE' },
  ] as const;

  it('puts a file per table into a zip, also an empty one, and the same bytes each time', async () => {
    const { body, n, invalid } = adapter.encode(items, 'b1', address);
    expect(n).to.equal(1);
    expect([...invalid]).to.deep.equal([
      ['a2:1', { code: 'PUSH_CHARACTER', message: '/data/XK_NR U+0001' }],
      ['a3:1', { code: 'PUSH_TABLE_UNKNOWN', message: 'GRADE' }],
    ]);
    const bytes = Buffer.from(body);
    expect(Object.keys(unzipSync(bytes))).to.deep.equal([
      'JC0101_20260302_00001.xml',
      'JC0102_20260302_00002.xml',
    ]);
    const read = await readDropFile(bytes);
    expect(read.items.map(({ itemId }) => itemId)).to.deep.equal(['a1:1']);
    expect(bytes.equals(Buffer.from(adapter.encode(items, 'b1', address).body))).to.equal(true);
  });

  it('says that a folder that is not there does not answer', async () => {
    const { signal } = new AbortController();
    expect(await adapter.ask('probe', address, signal)).to.deep.equal({ kind: 'FAILED', code: 'ENOENT' });
    expect(await adapter.send(Buffer.from(''), 'b1', address, signal)).to.deep.equal({
      kind: 'UNKNOWN',
      code: 'ENOENT',
    });
  });

  for (const [what, body] of [
    ['half a document', '<RECEIPT batch="b"'],
    ['another document', '<DATAS batch="b"/>'],
    ['a document with entities of its own', '<!DOCTYPE RECEIPT [<!ENTITY a "b">]><RECEIPT batch="b"/>'],
    ['a result that is none', '<RECEIPT batch="b"><ITEM id="a:1" result="good"/></RECEIPT>'],
    ['text', 'accepted'],
  ] as const)
    it(`takes ${what} for no receipt`, () => {
      expect(decodeReceipt(Buffer.from(body))).to.equal(undefined);
    });

  it('reads receipts in both spellings alike', () => {
    const json = { batch: 'b', results: [{ itemId: 'a:1', result: 'refused', code: 'E', message: '<x>' }] };
    const xml =
      '\uFEFF<RECEIPT batch="b"><ITEM id="a:1" result="refused" code="E" message="&lt;x&gt;"/></RECEIPT>';
    const [left, right] = [JSON.stringify(json), xml].map((text) => decodeReceipt(Buffer.from(text)));
    expect(left).to.deep.equal(right);
    expect([...(left?.outcomes ?? [])]).to.have.length(1);
  });
});
