import { expect } from 'chai';
import fc from 'fast-check';
import type { RawValue } from '../../../../../../server/modules/feed/feed.types.ts';
import {
  COUNTERPART_KINDS,
  GENERATIONS,
  matchHeaderOf,
  templateOf,
  type CounterpartKind,
} from '../../../../../../server/modules/template/index.ts';
import {
  check,
  checkSample,
  faultsOf,
  license,
  penalty,
  PERSON_ID,
  rowOf,
  rowUnder,
  TODAY,
  sampleOf,
} from './rows.ts';
import { feedOf, NATIONAL_KINDS } from '../../../../../support/feeds.ts';

const OLD_STATE = { g1: '0', g2: '1', g3: '1' } as const;

describe('rows that are accepted whole', () => {
  for (const generation of GENERATIONS) {
    for (const kind of NATIONAL_KINDS) {
      for (const party of COUNTERPART_KINDS) {
        it(`${generation} ${kind} of ${party}`, () => {
          const result = checkSample(kind, party, { state: OLD_STATE[generation] }, generation);
          expect(faultsOf(result)).to.deep.equal([]);
          expect(result.draft).to.include({ kind, counterpartKind: party, generation, state: 'VALID' });
          expect(result.draft?.counterpartName).to.equal(sampleOf(kind, party).counterpartName);
          expect(result.draft?.fields.counterpartKind).to.equal(sampleOf(kind, party).counterpartKind);
        });
      }
    }
  }

  it('the licence of the notes becomes a draft in the terms of the current template', () => {
    const { draft } = license();
    expect(draft).to.deep.include({
      uscc: '91620300MA7B2C3D9Y',
      documentNumber: '金市监许〔2024〕0001号',
      authorityCode: '11620300MA7B2C3D97',
      decidedOn: '2024-02-02',
      validFrom: '2024-02-02',
      validTo: '2029-02-01',
      penaltyKinds: [],
      personal: {},
    });
    expect(draft?.fields).to.include({ decidedOn: '2024-02-02', licenseKind: '普通', state: '1' });
    expect(Object.values(draft?.fields ?? {})).to.not.include('');
  });

  it('the penalty of the notes has its amounts in fen and its kinds one by one', () => {
    const { draft } = penalty();
    expect(draft).to.deep.include({
      uscc: '92620302MA7B2C3D9Q',
      penaltyKinds: ['罚款', '没收违法所得'],
      fineFen: 500_000n,
      confiscatedFen: 12_000n,
      validTo: '2099-12-31',
      publicUntil: '2027-09-14',
    });
    expect(draft?.fields).to.include({
      fine: '0.5',
      confiscated: '0.012',
      penaltyKinds: '罚款；没收违法所得',
    });
  });
});

describe('the examples of the notes that must not pass', () => {
  it('holds a fine of 5000 万元 for confirmation (R10)', () => {
    const result = penalty({ fine: '5000' });
    expect(faultsOf(result)).to.deep.equal(['fine CONFIRM_FINE_LARGE CONFIRM']);
    expect(result.draft).to.equal(undefined);
  });

  for (const [what, changes, faults] of [
    [
      'a 92 code with 法人及非法人组织',
      { counterpartKind: '法人及非法人组织' },
      ['uscc FEED_USCC_KIND_MISMATCH'],
    ],
    ['a decision of tomorrow', { decidedOn: '2026/11/21' }, ['decidedOn FEED_DATE_FUTURE']],
    ['a fine without an amount', { fine: '' }, ['fine FEED_REQUIRED_FOR']],
  ] as const) {
    it(`refuses ${what}`, () => {
      const result = penalty({ ...changes, publicUntil: '2027/09/14' });
      expect(faultsOf(result)).to.deep.equal(faults);
      expect(result.draft).to.equal(undefined);
    });
  }
});

describe('confirmation', () => {
  const header = ['确认', ...templateOf('market/penalty').columns.map(({ name }) => name)];
  const values = { ...sampleOf('PENALTY', 'INDIVIDUAL_BUSINESS'), fine: '5000' } as Record<string, string>;
  const confirmed = (word: string): RawValue[] => [
    word,
    ...templateOf('market/penalty').columns.map(({ field }) => values[field]),
  ];

  it('lets the same value pass and keeps a warning', () => {
    const result = check(rowUnder('PENALTY', header, confirmed(' 是 ')), 'PENALTY');
    expect(faultsOf(result)).to.deep.equal(['fine CONFIRM_FINE_LARGE WARNING']);
    expect(result.draft?.fineFen).to.equal(5_000_000_000n);
  });

  it('asks again for anything but 是', () => {
    for (const word of ['', '否', '不是']) {
      expect(check(rowUnder('PENALTY', header, confirmed(word)), 'PENALTY').draft).to.equal(undefined);
    }
  });

  it('does not let an error pass', () => {
    values.uscc = '92620302MA7B2C3D9X';
    expect(faultsOf(check(rowUnder('PENALTY', header, confirmed('是')), 'PENALTY'))).to.include(
      'uscc FEED_USCC_CHECK',
    );
    values.uscc = '92620302MA7B2C3D9Q';
  });

  it('is not asked for exactly the limit', () => {
    expect(penalty({ fine: '1000' }).draft?.fineFen).to.equal(1_000_000_000n);
    expect(penalty({ fine: '1000.000001' }).draft).to.equal(undefined);
  });
});

describe('who the counterpart is', () => {
  it('is told by the code in older editions', () => {
    const kindOf = (party: CounterpartKind): unknown =>
      checkSample('PENALTY', party, {}, 'g2').draft?.counterpartKind;
    for (const party of COUNTERPART_KINDS) expect(kindOf(party)).to.equal(party);
  });

  it('must be told somehow', () => {
    const nobody = { uscc: '', idType: '', idNumber: '', legalRepresentative: '' };
    for (const generation of ['g1', 'g2'] as const) {
      const result = checkSample('PENALTY', 'LEGAL_PERSON', nobody, generation);
      expect(faultsOf(result)).to.deep.equal(['uscc FEED_COUNTERPART_UNKNOWN']);
    }
    expect(faultsOf(penalty({ counterpartKind: '' }))).to.deep.equal(['counterpartKind FEED_REQUIRED']);
  });

  it('may be a firm with an older code alone in the edition of 2016 (R5), with a warning', () => {
    const changes = { uscc: '', organizationCode: 'MA7B2C3D9', state: '0' };
    const result = checkSample('LICENSE', 'LEGAL_PERSON', changes, 'g1');
    expect(faultsOf(result)).to.deep.equal(['uscc FEED_USCC_ABSENT WARNING']);
    expect(result.draft).to.include({ counterpartKind: 'LEGAL_PERSON' }).and.not.have.property('uscc');
  });

  it('is one of three words in the current edition', () => {
    const result = penalty({ counterpartKind: '企业' });
    expect(faultsOf(result)).to.deep.equal(['counterpartKind FEED_COUNTERPART_KIND_INVALID']);
    expect(result.faults[0]?.params).to.include({
      value: '企业',
      expected: '法人及非法人组织、个体工商户、自然人',
    });
  });

  it('may be an individual business without a code, which then has none in the draft', () => {
    const result = penalty({ uscc: '00000000000000000x' });
    expect(faultsOf(result)).to.deep.equal([]);
    expect(result.draft).to.not.have.property('uscc');
    expect(result.draft?.fields.uscc).to.equal('00000000000000000X');
  });

  it('has no placeholder for the code of a firm', () => {
    expect(faultsOf(license({ uscc: '00000000000000000X' }))).to.deep.equal(['uscc FEED_USCC_PLACEHOLDER']);
  });

  it('refuses columns of organisations in a row of a natural person and the other way round', () => {
    const person = license({ uscc: '91620300MA7B2C3D9Y', legalRepresentative: '张示例' }, 'NATURAL_PERSON');
    expect(faultsOf(person)).to.deep.equal([
      'uscc FEED_MUST_BE_EMPTY',
      'legalRepresentative FEED_MUST_BE_EMPTY',
    ]);
    const firm = license({ idType: '身份证', idNumber: PERSON_ID });
    expect(faultsOf(firm)).to.deep.equal(['idType FEED_MUST_BE_EMPTY', 'idNumber FEED_MUST_BE_EMPTY']);
    expect(faultsOf(license({ idType: '无', idNumber: '/' }))).to.deep.equal([]);
  });
});

describe('what is personal', () => {
  it('leaves the fields of a natural person for the encrypted part', () => {
    const { draft } = license({}, 'NATURAL_PERSON');
    expect(draft?.personal).to.deep.equal({ counterpartName: '王示例', idNumber: PERSON_ID });
    expect(draft?.fields).to.not.have.any.keys('counterpartName', 'idNumber');
    expect(JSON.stringify(draft?.fields)).to.not.include(PERSON_ID);
  });

  it('keeps the number of a legal representative apart, not the name', () => {
    const { draft } = license({
      legalRepresentativeIdType: '居民身份证',
      legalRepresentativeIdNumber: PERSON_ID,
    });
    expect(draft?.personal).to.deep.equal({ legalRepresentativeIdNumber: PERSON_ID });
    expect(draft?.fields).to.include({ legalRepresentative: '张示例', legalRepresentativeIdType: '身份证' });
  });

  it('holds the tax number of an individual business that is its operator’s citizen number', () => {
    const { draft } = penalty({ taxNumber: PERSON_ID });
    expect(draft?.personal).to.deep.equal({ taxNumber: PERSON_ID });
    expect(penalty({ taxNumber: '620302123456789' }).draft?.fields.taxNumber).to.equal('620302123456789');
  });

  it('never stands in a fault, whatever column it was put into (property)', () => {
    const fields = templateOf('market/penalty').columns.map(({ field }) => field);
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.constantFrom(...COUNTERPART_KINDS), (field, party) => {
        expect(JSON.stringify(penalty({ [field]: PERSON_ID }, party).faults)).to.not.include(PERSON_ID);
      }),
    );
  });
});

describe('validateRow', () => {
  it('reports every fault of a row, one a column, in the order of the template', () => {
    const result = penalty({
      uscc: '1',
      documentNumber: '无',
      fine: 'abc',
      decidedOn: '2024/13/01',
      basis: '',
    });
    expect(faultsOf(result)).to.deep.equal([
      'uscc FEED_USCC_LENGTH',
      'documentNumber FEED_PLACEHOLDER',
      'basis FEED_REQUIRED',
      'fine FEED_AMOUNT_INVALID',
      'decidedOn FEED_DATE_INVALID',
    ]);
    expect(result.faults[0]?.column).to.equal('行政相对人代码_1（统一社会信用代码）');
  });

  it('names columns that the file does not have', () => {
    const header = [
      '处罚决定书文号',
      '处罚决定书签发日期',
      '违法行为类型',
      '处罚种类',
      '处罚机关',
      '企业名称',
      '注册号',
      '统一社会信用代码',
    ];
    const cells = [
      '环处字[2016]0413号',
      42473,
      '环评不合格',
      '北京食药监局',
      '罚款',
      '示例酒店管理有限公司',
      '100000000044760',
      'ARBG48543289076GFE',
    ];
    const result = check(rowUnder('PENALTY', header, cells), 'PENALTY');
    expect(faultsOf(result)).to.include.members([
      'uscc FEED_USCC_REGION',
      'penaltyKinds FEED_PENALTY_KIND_UNKNOWN',
      'facts FEED_COLUMN_MISSING',
      'authorityCode FEED_COLUMN_MISSING',
      'sourceName FEED_COLUMN_MISSING',
    ]);
    expect(result.faults.map(({ field }) => field)).to.not.include('decidedOn');
  });

  it('does not ask older editions for columns they do not have', () => {
    const { draft } = checkSample('PENALTY', 'LEGAL_PERSON', {}, 'g1');
    expect(draft).to.include({ authorityCode: '' }).and.not.have.property('fineFen');
  });

  it('joins the two columns for kinds of the 2016 edition', () => {
    const { columns } = templateOf('market/penalty', 'g1');
    const values: Record<string, string> = { ...sampleOf('PENALTY', 'LEGAL_PERSON') };
    const cells = columns.map(({ code, field }) =>
      code === 'CF_CFLB1' ? '罚款' : code === 'CF_CFLB2' ? '其他' : values[field],
    );
    const result = check(
      rowUnder(
        'PENALTY',
        columns.map(({ code }) => code),
        cells,
      ),
      'PENALTY',
    );
    expect(result.draft?.penaltyKinds).to.deep.equal(['罚款', '其他']);
  });

  it('does not mind short rows', () => {
    const row = rowOf('LICENSE', sampleOf('LICENSE', 'LEGAL_PERSON'));
    const result = check({ ...row, cells: row.cells.slice(0, 5) }, 'LICENSE');
    expect(faultsOf(result)).to.include('content FEED_REQUIRED');
  });

  it('answers the same for the same row', () => {
    expect(penalty({ fine: '5000', content: '' })).to.deep.equal(penalty({ fine: '5000', content: '' }));
  });

  it('never throws, has one fault a column and a draft only without refusal (property)', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.constant(undefined),
      fc.constantFrom(
        '',
        '无',
        '长期',
        '2024/02/02',
        '92620302MA7B2C3D9Q',
        '其他-',
        '罚款、其他',
        '\\n',
        '１２',
        '1e5',
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...NATIONAL_KINDS),
        fc.constantFrom(...GENERATIONS),
        fc.array(fc.tuple(fc.nat(40), cell), { maxLength: 8 }),
        (kind, generation, changes) => {
          const { columns } = templateOf(feedOf(kind), generation);
          const cells: RawValue[] = columns.map(({ field }) => sampleOf(kind, 'LEGAL_PERSON')[field]);
          for (const [at, value] of changes) cells[at] = value;
          const row = rowUnder(
            kind,
            columns.map(({ name }) => name),
            cells,
          );
          const result = check(row, kind);
          const refused = result.faults.some(({ severity }) => severity !== 'WARNING');
          expect(result.draft === undefined).to.equal(refused);
          expect(new Set(result.faults.map(({ field }) => field)).size).to.equal(result.faults.length);
          if (result.draft) expect(result.draft.decidedOn <= TODAY).to.equal(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('finds the header of its own sample', () => {
    for (const kind of NATIONAL_KINDS) {
      const names = templateOf(feedOf(kind)).columns.map(({ name }) => name);
      expect(matchHeaderOf(feedOf(kind))(names)?.score).to.equal(names.length);
    }
  });
});
