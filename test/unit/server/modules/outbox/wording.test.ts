import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CivilDate } from '../../../../../server/lib/civil-date.ts';
import type { PushableRecord } from '../../../../../server/modules/credit-record/index.ts';
import { loadCodeMaps, mappedValue } from '../../../../../server/modules/outbox/platforms/code-maps.ts';
import { columnCodeOf } from '../../../../../server/modules/outbox/platforms/column-code.ts';
import { Wording } from '../../../../../server/modules/outbox/platforms/item.ts';
import { checkRouting, type PlatformRouting } from '../../../../../server/modules/outbox/routing.ts';

function license(fields: Record<string, string>): PushableRecord {
  return {
    recordId: 'a1',
    revision: 1,
    currentRevision: 1,
    kind: 'LICENSE',
    sector: 'market',
    feed: 'market/license',
    counterpartKind: 'LEGAL_PERSON',
    agencyId: 'a1',
    naturalKey: 'key',
    contentHash: 'hash',
    fields,
    decidedOn: '2026-03-01' as CivilDate,
  };
}

describe('wording of items', () => {
  const wording = new Wording(columnCodeOf);
  const put = (fields: Record<string, string>, template = 'g3', codeMaps: string[] = []) =>
    wording.put({ record: license(fields), operation: 'INSERT' }, { template, codeMaps });

  it('is that of the current edition unless the platform takes another', () => {
    const fields = {
      documentNumber: '甲1号',
      authorityName: '市监局',
      counterpartKind: '自然人',
      state: '1',
    };
    expect(put(fields)).to.have.nested.property('item.data').that.deep.equals({
      XK_WSH: '甲1号',
      XK_XKJG: '市监局',
      XK_XDR_LB: '自然人',
      XK_ZT: '1',
    });
  });

  it('calls columns as an older edition does, leaves out what it does not have, and maps values', () => {
    const fields = {
      documentNumber: '甲1号',
      authorityName: '市监局',
      counterpartName: '甲公司',
      counterpartKind: '法人及非法人组织',
      licenseKind: '其他-备案',
      state: '1',
    };
    expect(put(fields, 'g1', ['codes-2016']))
      .to.have.nested.property('item.data')
      .that.deep.equals({
        XK_WSH: '甲1号',
        XK_XZJG: '市监局',
        XK_XDR: '甲公司',
        XK_SPLB: '其他',
        XK_ZT: '0',
      });
  });

  it('refuses a value without a word there instead of guessing', () => {
    expect(put({ documentNumber: '甲1号', state: '2' }, 'g1', ['codes-2016'])).to.deep.equal({
      fault: { code: 'PUSH_CODE_UNMAPPED', message: 'XK_ZT：2' },
    });
  });

  it('keeps two platforms with other codes apart', () => {
    const fields = { documentNumber: '甲1号', state: '1' };
    const codes = [put(fields), put(fields, 'g1', ['codes-2016']), put(fields)].map((one) =>
      'item' in one ? one.item.data['XK_ZT'] : undefined,
    );
    expect(codes).to.deep.equal(['1', '0', '1']);
  });

  it('sends a feed that has one edition in that, also where the platform takes an older one', () => {
    expect(columnCodeOf('market/inspection', 'documentNumber', 'g1')).to.equal(
      columnCodeOf('market/inspection', 'documentNumber', 'g3'),
    );
  });
});

describe('code maps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'credit-codes-'));
  after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, fields: object): void =>
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ fields }));
  write('a', {
    kinds: { separator: '；', values: { 罚款: '1', 警告: '2', 没收: '1', '其他-*': '9', '其他-没*': '8' } },
  });
  write('b', { state: { values: { '1': '0' } }, kinds: { values: { 罚款: 'x' } } });

  for (const [text, word] of [
    ['罚款', '1'],
    ['罚款；警告', '1；2'],
    ['罚款；没收', '1'],
    ['其他-x', '9'],
    ['其他-没收x', '8'],
    ['罚款；拘留', undefined],
    ['constructor', undefined],
  ] as const)
    it(`say ${String(word)} for ${text}`, () => {
      expect(mappedValue(loadCodeMaps(['a'], folder), 'kinds', text)).to.equal(word);
    });

  it('leave fields alone that they do not name, and let the later one count', () => {
    const maps = loadCodeMaps(['a', 'b'], folder);
    expect(mappedValue(maps, 'other', '任意')).to.equal('任意');
    expect(mappedValue(maps, 'kinds', '罚款')).to.equal('x');
  });

  it('cannot be read from elsewhere', () => {
    for (const name of ['../routing', 'A', '', 'no-such-map']) expect(() => loadCodeMaps([name])).to.throw();
  });
});

describe('checkRouting', () => {
  const platform = (part: Partial<PlatformRouting>): PlatformRouting[] => [
    { code: 'p', name: '平台', template: 'g3', routes: [{}], ...part },
  ];

  it('takes an older edition only with the codes of the state: they mean something else there', () => {
    expect(() => checkRouting(platform({ template: 'g1' }))).to.throw(RangeError, 'state');
    expect(checkRouting(platform({ template: 'g1', codeMaps: ['codes-2016'] }))).to.have.length(1);
  });

  it('takes file names that can be formed', () => {
    expect(() =>
      checkRouting(platform({ files: { department: '甲', tables: { LICENSE: '01' } } })),
    ).to.throw();
  });
});
