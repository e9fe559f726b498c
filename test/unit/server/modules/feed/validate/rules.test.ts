import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadFeedRules } from '../../../../../../server/modules/feed/validate/rules.ts';
import { loadValueLists } from '../../../../../../server/modules/template/index.ts';
import {
  check,
  checkSample,
  faultsOf,
  license,
  penalty,
  PERSON_ID,
  rowOf,
  rowUnder,
  type Values,
} from './rows.ts';

/** What a change of the sample brings: faults, and one field of the draft where it is accepted. */
type Case = readonly [
  what: string,
  changes: Values,
  faults: readonly string[],
  field?: string,
  text?: string | undefined,
];

function table(run: (changes: Values) => ReturnType<typeof license>, cases: readonly Case[]): void {
  for (const [what, changes, faults, field, text] of cases) {
    it(what, () => {
      const result = run(changes);
      expect(faultsOf(result)).to.deep.equal(faults);
      if (field !== undefined) expect(result.draft?.fields[field]).to.equal(text);
    });
  }
}

describe('R1, R2 required columns and placeholders', () => {
  table(license, [
    ['refuse an empty cell', { content: '' }, ['content FEED_REQUIRED']],
    ['refuse white space', { content: ' \u3000\t\n' }, ['content FEED_REQUIRED']],
    ['refuse a written line feed', { content: '\\n' }, ['content FEED_REQUIRED']],
    ['refuse 无', { content: '无' }, ['content FEED_PLACEHOLDER']],
    ['refuse NULL in any case', { documentNumber: 'Null' }, ['documentNumber FEED_PLACEHOLDER']],
    ['refuse 0 and the number 0', { documentNumber: 0 }, ['documentNumber FEED_PLACEHOLDER']],
    [
      'refuse 空 in place of a document number',
      { documentNumber: '空' },
      ['documentNumber FEED_PLACEHOLDER'],
    ],
    ['accept words that only contain one', { content: '无船承运业务' }, [], 'content', '无船承运业务'],
    [
      'take them for nothing where a value is optional',
      { remark: '无', certificateName: '/' },
      [],
      'remark',
      undefined,
    ],
    ['refuse a date that only says nothing', { decidedOn: '1900-01-01' }, ['decidedOn FEED_REQUIRED']],
  ]);

  it('tell what to write when a period has no end', () => {
    const [fault] = penalty({ validTo: '' }).faults;
    expect(fault).to.deep.include({ code: 'FEED_REQUIRED_OR', params: { value: '2099-12-31' } });
  });
});

describe('a code that is missing', () => {
  it('may be replaced by zeros for an individual business only', () => {
    expect(faultsOf(penalty({ uscc: '' }))).to.deep.equal(['uscc FEED_REQUIRED_OR']);
    expect(faultsOf(license({ uscc: '' }))).to.deep.equal(['uscc FEED_REQUIRED']);
    expect(faultsOf(license({ authorityCode: '' }))).to.deep.equal(['authorityCode FEED_REQUIRED']);
  });
});

describe('R3, R12 codes', () => {
  table(license, [
    [
      'are made upper case and half-width',
      { uscc: ' 91620300ma7b2c3d9ｙ' },
      [],
      'uscc',
      '91620300MA7B2C3D9Y',
    ],
    [
      'lose spaces and a leading apostrophe',
      { uscc: "'91620300 MA7B2C3D9Y" },
      [],
      'uscc',
      '91620300MA7B2C3D9Y',
    ],
    ['need 18 characters', { uscc: '620302600012345' }, ['uscc FEED_USCC_LENGTH']],
    ['need the alphabet', { uscc: '91620300MA7B2C3DOY' }, ['uscc FEED_USCC_CHARACTER']],
    ['need the check character', { uscc: '91620300MA7B2C3D9X' }, ['uscc FEED_USCC_CHECK']],
    [
      'of an unusual kind only leave a warning',
      { uscc: '21620300MA7B2C3D96' },
      ['uscc FEED_USCC_PAIR_UNUSUAL WARNING'],
    ],
    ['of an organ may be the placeholder', { sourceCode: '00000000000000000X' }, []],
    [
      'of an organ begin with 11, 12, 13 or Y1',
      { authorityCode: '91620300MA7B2C3D9Y' },
      ['authorityCode FEED_ORGAN_CODE_PAIR'],
    ],
    [
      'only warn of an inner check that is wrong',
      { uscc: '91620300MA7B2C3D8U' },
      ['uscc FEED_USCC_ORGANIZATION_CODE_CHECK WARNING'],
    ],
    [
      'of 9 characters are checked without their dash',
      { organizationCode: 'MA7B2C3D-9' },
      [],
      'organizationCode',
      'MA7B2C3D9',
    ],
    [
      'of 9 characters need their check character',
      { organizationCode: 'MA7B2C3D8' },
      ['organizationCode FEED_ORGANIZATION_CODE_CHECK'],
    ],
    [
      'of the register have 13 or 15 digits',
      { registrationNumber: '12345' },
      ['registrationNumber FEED_PATTERN'],
    ],
    [
      'of other organisations leave a warning',
      { institutionNumber: '162030000001' },
      ['institutionNumber FEED_NOT_FOR_KIND WARNING'],
    ],
  ]);

  it('of an individual business begin with 92', () => {
    expect(faultsOf(penalty({ uscc: '91620300MA7B2C3D9Y' }))).to.deep.equal(['uscc FEED_USCC_KIND_MISMATCH']);
  });
});

describe('numbers in columns of text', () => {
  table(license, [
    ['become plain decimals', { documentNumber: 201312142 }, [], 'documentNumber', '201312142'],
    [
      'with more than 15 digits were damaged',
      { registrationNumber: 6203026000123456 },
      ['registrationNumber FEED_NUMBER_DIGITS_LOST'],
    ],
    ['with an exponent were damaged', { uscc: '9.14403E+17' }, ['uscc FEED_NUMBER_DIGITS_LOST']],
    [
      'are no numbers when they are not finite',
      { documentNumber: NaN },
      ['documentNumber FEED_NUMBER_DIGITS_LOST'],
    ],
  ]);

  it('of a citizen were damaged', () => {
    const result = license({ idNumber: 620302199001010000 }, 'NATURAL_PERSON');
    expect(faultsOf(result)).to.deep.equal(['idNumber FEED_NUMBER_DIGITS_LOST']);
  });
});

describe('R6 identity numbers', () => {
  table(
    (changes) => license(changes, 'NATURAL_PERSON'),
    [
      ['need their type', { idType: '' }, ['idType FEED_REQUIRED']],
      ['need a known type', { idType: '工作证' }, ['idType FEED_ID_TYPE_UNKNOWN']],
      ['accept codes of GA/T 517', { idType: '111' }, [], 'idType', '身份证'],
      ['accept a synonym', { idType: '居民身份证' }, [], 'idType', '身份证'],
      ['of a citizen have 18 characters', { idNumber: '6203021990' }, ['idNumber FEED_PERSON_ID_SHAPE']],
      [
        'of a citizen have a check digit',
        { idNumber: '620302199001010013' },
        ['idNumber FEED_PERSON_ID_CHECK'],
      ],
      [
        'of a citizen have a birth date',
        { idNumber: '620302199013010012' },
        ['idNumber FEED_PERSON_ID_BIRTH_DATE'],
      ],
      [
        'of other documents are kept as they are',
        { idType: '护照', idNumber: 'e12345678' },
        [],
        'idType',
        '护照',
      ],
    ],
  );

  it('of 15 digits become 18', () => {
    const result = license({ idNumber: '620302900101001' }, 'NATURAL_PERSON');
    expect(result.draft?.personal.idNumber).to.equal(PERSON_ID);
  });

  it('of a legal representative come with their type', () => {
    expect(faultsOf(license({ legalRepresentativeIdNumber: PERSON_ID }))).to.deep.equal([
      'legalRepresentativeIdType FEED_ID_TYPE_MISSING',
    ]);
    expect(faultsOf(license({ legalRepresentativeIdType: '身份证' }))).to.deep.equal([
      'legalRepresentativeIdNumber FEED_ID_NUMBER_MISSING',
    ]);
  });

  it('in a column 法定代表人身份证号 have their type from its name', () => {
    const result = checkSample('LICENSE', 'LEGAL_PERSON', { legalRepresentativeIdNumber: PERSON_ID }, 'g2');
    expect(faultsOf(result)).to.deep.equal([]);
    expect(result.draft?.fields.legalRepresentativeIdType).to.equal('身份证');
    const passport = checkSample(
      'LICENSE',
      'LEGAL_PERSON',
      { legalRepresentativeIdNumber: 'E12345678' },
      'g2',
    );
    expect(faultsOf(passport)).to.deep.equal([]);
    expect(passport.draft?.fields).to.not.have.property('legalRepresentativeIdType');
    const wrong = checkSample(
      'LICENSE',
      'LEGAL_PERSON',
      { legalRepresentativeIdNumber: '620302199001010013' },
      'g2',
    );
    expect(faultsOf(wrong)).to.deep.equal(['legalRepresentativeIdNumber FEED_PERSON_ID_CHECK']);
  });
});

describe('R7, R8, R9 dates', () => {
  table(license, [
    ['may be date numbers of a workbook', { decidedOn: 45324 }, [], 'decidedOn', '2024-02-02'],
    ['are real days', { decidedOn: '2024/02/30' }, ['decidedOn FEED_DATE_INVALID']],
    ['are not before 1949-10-01', { decidedOn: '1949-09-30' }, ['decidedOn FEED_DATE_TOO_EARLY']],
    ['end a period after its beginning', { validTo: '2024/02/01' }, ['validTo FEED_DATE_ORDER']],
    ['may begin and end a period on one day', { validTo: '2024/02/02' }, [], 'validTo', '2024-02-02'],
    [
      'may say 长期 at the end of a period only',
      { validFrom: '长期', validTo: '长期' },
      ['validFrom FEED_DATE_INVALID'],
    ],
    ['far in the future mean long-term', { validTo: '9999-9-9' }, [], 'validTo', '2099-12-31'],
    [
      'leave a warning when validity begins before the decision',
      { validFrom: '2024/02/01' },
      ['validFrom FEED_DATE_ORDER WARNING'],
    ],
    ['of today pass', { decidedOn: '2026/11/20', validFrom: '2026/11/20' }, [], 'decidedOn', '2026-11-20'],
  ]);
  table(penalty, [
    ['of validity are not before the decision', { validTo: '2024/09/13' }, ['validTo FEED_DATE_ORDER']],
    [
      'of display are not before the decision',
      { publicUntil: '2024/09/13' },
      ['publicUntil FEED_DATE_ORDER'],
    ],
    ['of display may be absent', { publicUntil: '' }, [], 'publicUntil', undefined],
  ]);

  it('are never after the day of the report', () => {
    expect(
      license({ decidedOn: '9999-9-9', validFrom: '2099/12/31', validTo: '长期' }).faults[0],
    ).to.deep.include({
      code: 'FEED_DATE_FUTURE',
      params: { value: '2099-12-31', today: '2026-11-20' },
    });
  });
});

describe('R10, R11 amounts', () => {
  table(penalty, [
    ['may be number cells', { fine: 0.5 }, [], 'fine', '0.5'],
    ['may have separators and full-width digits', { fine: '１,０００' }, [], 'fine', '1000'],
    ['have at most six decimals', { fine: '0.1234567' }, ['fine FEED_AMOUNT_INVALID']],
    ['are not negative', { fine: -1 }, ['fine FEED_AMOUNT_INVALID']],
    ['have no unit', { fine: '5000元' }, ['fine FEED_AMOUNT_INVALID']],
    ['of a fine are above zero', { fine: '0' }, ['fine FEED_AMOUNT_ZERO']],
    ['of a confiscation may be zero', { confiscated: '0' }, [], 'confiscated', '0'],
    ['of a confiscation are required', { confiscated: '/' }, ['confiscated FEED_REQUIRED_FOR']],
    [
      'stand only beside their kind',
      { penaltyKinds: '警告' },
      ['fine FEED_NOT_EXPECTED', 'confiscated FEED_NOT_EXPECTED'],
    ],
    ['of zero count as absent', { penaltyKinds: '警告', fine: '0', confiscated: 0 }, [], 'fine', undefined],
  ]);

  it('leave no zero behind in the draft', () => {
    expect(penalty({ penaltyKinds: '警告', fine: '0', confiscated: '' }).draft).to.not.have.any.keys(
      'fineFen',
      'confiscatedFen',
    );
  });

  it('come with the name of a certificate taken away', () => {
    const changes = { penaltyKinds: '吊销许可证', fine: '', confiscated: '' };
    expect(faultsOf(penalty(changes))).to.deep.equal(['revokedCertificate FEED_REQUIRED_FOR']);
    expect(
      penalty({ ...changes, revokedCertificate: '食品经营许可证 JY1' }).draft?.penaltyKinds,
    ).to.deep.equal(['吊销许可证件']);
  });

  it('are missed by column where the file has none', () => {
    const header = ['CF_XDR_MC', 'CF_XDR_LB', 'CF_XDR_SHXYM', 'CF_WSH', 'CF_CFLB', 'CF_JDRQ'];
    const cells = ['金川区示例百货店', '个体工商户', '92620302MA7B2C3D9Q', '1号', '罚款', '2024/09/14'];
    expect(faultsOf(check(rowUnder('PENALTY', header, cells), 'PENALTY'))).to.include(
      'fine FEED_COLUMN_MISSING',
    );
  });
});

describe('R15, R16 texts', () => {
  table(penalty, [
    ['hold no citizen number', { facts: `张某（${PERSON_ID}）` }, ['facts FEED_PERSONAL_DATA']],
    ['hold no mobile number', { remark: '联系电话13812345678' }, ['remark FEED_PERSONAL_DATA']],
    ['hold no bank card', { content: '退至6222021234567890128' }, ['content FEED_PERSONAL_DATA']],
    [
      'may hold a code of an organisation',
      { facts: '与914403001922038216交易' },
      [],
      'facts',
      '与914403001922038216交易',
    ],
    ['are not of the simple procedure', { basis: '适用简易程序' }, ['basis FEED_SIMPLE_PROCEDURE']],
    ['may say that it did not apply', { remark: '不适用简易程序' }, [], 'remark', '不适用简易程序'],
    ['show a wrong encoding', { facts: '金\ufffd市' }, ['facts FEED_TEXT_GARBLED']],
    ['are no errors of a spreadsheet', { facts: '#N/A' }, ['facts FEED_CELL_ERROR']],
    [
      'lose line feeds where they are one line',
      { authorityName: '金昌市\n示例局' },
      [],
      'authorityName',
      '金昌市示例局',
    ],
    ['keep line feeds where they are long', { facts: '一\r\n二' }, [], 'facts', '一\n二'],
  ]);

  it('may name the simple procedure in a licence', () => {
    expect(faultsOf(license({ content: '简易程序' }))).to.deep.equal([]);
  });
});

describe('R18 lengths', () => {
  table(penalty, [
    ['are counted in characters, not in bytes or halves', { documentNumber: '𠮷'.repeat(64) }, []],
    ['refuse one more', { documentNumber: '字'.repeat(65) }, ['documentNumber FEED_TOO_LONG']],
    ['do not count white space around', { documentNumber: `${'字'.repeat(64)}\u3000\n` }, []],
  ]);

  it('stop further checks, so that one huge cell cannot keep them busy', () => {
    const huge = `其他-甲${'、乙'.repeat(200_000)}`;
    expect(faultsOf(penalty({ penaltyKinds: huge }))).to.deep.equal(['penaltyKinds FEED_TOO_LONG']);
    const blank = `甲${' '.repeat(500_000)}乙`;
    expect(faultsOf(penalty({ authorityName: blank, facts: blank }))).to.deep.equal([
      'facts FEED_TOO_LONG',
      'authorityName FEED_TOO_LONG',
    ]);
  });

  it('are those of the edition', () => {
    const long = { documentNumber: '字'.repeat(128) };
    expect(faultsOf(checkSample('PENALTY', 'LEGAL_PERSON', long, 'g1'))).to.deep.equal([]);
    expect(faultsOf(checkSample('PENALTY', 'LEGAL_PERSON', long, 'g3'))).to.deep.equal([
      'documentNumber FEED_TOO_LONG',
    ]);
  });
});

describe('value lists', () => {
  table(license, [
    ['know the kinds of licences', { licenseKind: '普通许可' }, [], 'licenseKind', '普通'],
    ['want the text of 其他', { licenseKind: '其他' }, ['licenseKind FEED_LICENSE_OTHER_NOTE']],
    ['write 其他 with its text in one way', { licenseKind: '其它：备案' }, [], 'licenseKind', '其他-备案'],
    ['refuse other kinds', { licenseKind: '许可' }, ['licenseKind FEED_LICENSE_KIND_UNKNOWN']],
    ['know 当前状态 by name', { state: '有效' }, [], 'state', '1'],
    ['refuse a state the edition does not have', { state: '0' }, ['state FEED_STATE_UNKNOWN']],
    ['accept the number of a state', { state: 2 }, [], 'state', '2'],
  ]);

  for (const [generation, code, state, current] of [
    ['g1', '0', 'VALID', '1'],
    ['g1', '1', 'REVOKED', '2'],
    ['g1', '2', 'DISPUTED', '1'],
    ['g1', '3', 'OTHER', undefined],
    ['g2', '1', 'VALID', '1'],
    ['g3', '1', 'VALID', '1'],
    ['g3', '2', 'INVALID', '2'],
  ] as const) {
    it(`read state ${code} of ${generation} as ${state}`, () => {
      const { draft } = checkSample('LICENSE', 'LEGAL_PERSON', { state: code }, generation);
      expect(draft?.state).to.equal(state);
      expect(draft?.fields.state).to.equal(current);
    });
  }

  it('refuse to guess a code of the state when the header is of no certain edition', () => {
    const header = [
      '企业名称',
      '统一社会信用代码',
      '法定代表人',
      '许可文号',
      '许可内容',
      '许可机关',
      '当前状态',
      '许可日期',
    ];
    const row = (state: string): ReturnType<typeof rowUnder> =>
      rowUnder('LICENSE', header, [
        '甲',
        '91620300MA7B2C3D9Y',
        '张',
        '1号',
        '准予',
        '局',
        state,
        '2024/02/02',
      ]);
    expect(faultsOf(check(row('1'), 'LICENSE'))).to.include('state FEED_STATE_AMBIGUOUS');
    expect(faultsOf(check(row('有效'), 'LICENSE')).join()).to.not.include('state FEED_STATE');
  });

  it('map every other word for a penalty to known kinds', () => {
    const { penaltyKinds } = loadValueLists();
    for (const [word, kinds] of penaltyKinds) {
      for (const kind of kinds) expect(penaltyKinds.get(kind), `${word} → ${kind}`).to.deep.equal([kind]);
    }
  });

  it('keep what only the edition of 2016 says: who may use it, how severe it is', () => {
    const row = rowOf('PENALTY', {
      ...{ counterpartName: '甲', uscc: '91620300MA7B2C3D9Y', legalRepresentative: '张', documentNumber: '1号' },
      ...{ penaltyKinds: '警告', facts: '甲', basis: '乙', content: '丙', decidedOn: '2024/02/02', authorityName: '局' },
      ...{ useScope: '1', severity: '2', state: '1', regionCode: '620300' },
    }, 'g1'); // prettier-ignore
    const { draft, faults } = check(row, 'PENALTY');
    expect(faults).to.deep.equal([]);
    expect(draft?.fields).to.include({ useScope: '1', severity: '2', regionCode: '620300' });
    expect(draft?.state).to.equal('REVOKED');
  });
});

describe('texts of faults', () => {
  const FOLDER = new URL('../../../../../../server/modules/feed/validate/', import.meta.url);
  const texts = JSON.parse(
    readFileSync(new URL('../../../../../../schema/messages/zh-CN/feed.json', import.meta.url), 'utf8'),
  ) as Record<string, string>;
  const sources = readdirSync(FOLDER).map((name) => readFileSync(new URL(name, FOLDER), 'utf8'));

  it('exist for every code the checks know', () => {
    const codes = sources.flatMap((text) => text.match(/'(?:FEED|CONFIRM)_[A-Z_]+'/g) ?? []);
    expect(codes.length).to.be.greaterThan(30);
    for (const code of codes) expect(texts, code).to.have.property(code.slice(1, -1));
    for (const { code } of loadFeedRules().refusedTexts) expect(texts).to.have.property(code);
    for (const lib of ['uscc', 'person-id']) {
      const source = readFileSync(new URL(`../../../../../../server/lib/${lib}.ts`, import.meta.url), 'utf8');
      for (const code of source.match(/'(?:USCC|PERSON_ID)_[A-Z_]+'/g) ?? []) {
        expect(texts, code).to.have.property(`FEED_${code.slice(1, -1)}`);
      }
    }
  });

  it('name only parameters that the fault carries', () => {
    const results = [
      penalty({ fine: '5000', uscc: '1', decidedOn: 'x', penaltyKinds: '罚款；甲', counterpartKind: '乙' }),
      penalty({
        penaltyKinds: '警告',
        validTo: '2000/01/01',
        documentNumber: '字'.repeat(65),
        facts: PERSON_ID,
      }),
      penalty({ fine: '', confiscated: 'x', authorityCode: '91620300MA7B2C3D9Y', publicUntil: '1940/01/01' }),
      license({
        licenseKind: '甲',
        state: '9',
        registrationNumber: '1',
        organizationCode: '1',
        content: '无',
      }),
      license({ idType: '甲', institutionNumber: '1', decidedOn: '2030/01/01', uscc: '92620302MA7B2C3D9Q' }),
      license({ legalRepresentativeIdType: '身份证' }),
      license({ idType: '甲' }, 'NATURAL_PERSON'),
      license({ idNumber: '1' }, 'NATURAL_PERSON'),
    ];
    for (const { code, params } of results.flatMap(({ faults }) => faults)) {
      for (const [, name] of (texts[code] as string).matchAll(/\{(\w+)\}/g)) {
        expect(params, code).to.have.property(name as string);
      }
    }
  });
});
