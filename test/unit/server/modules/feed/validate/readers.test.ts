import { expect } from 'chai';
import fc from 'fast-check';
import { addDays, civilDate } from '../../../../../../server/lib/civil-date.ts';
import type { Fen } from '../../../../../../server/lib/money.ts';
import {
  cleanText,
  halfWidth,
  isGarbled,
} from '../../../../../../server/modules/feed/validate/clean-text.ts';
import { readPenaltyKinds } from '../../../../../../server/modules/feed/validate/penalty-kinds.ts';
import { findPersonalData } from '../../../../../../server/modules/feed/validate/personal-data.ts';
import {
  decimalText,
  readAmount,
  wanYuanText,
} from '../../../../../../server/modules/feed/validate/read-amount.ts';
import { readDate, serialDateText } from '../../../../../../server/modules/feed/validate/read-date.ts';

describe('cleanText', () => {
  for (const [text, clean] of [
    [' 甲 ', '甲'],
    ['\u3000甲　乙\u3000\r\n', '甲　乙'],
    ['\\n', ''],
    ['\\n甲\\r\\n ', '甲'],
    ['\u200b9162\u200d\ufeff', '9162'],
    ['甲\u0000\u0007乙', '甲乙'],
    ['C:\\temp', 'C:\\temp'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['\u00a0', ''],
  ] as const) {
    it(`makes ${JSON.stringify(clean)} of ${JSON.stringify(text)}`, () => {
      expect(cleanText(text)).to.equal(clean);
    });
  }

  it('changes nothing the second time (property)', () => {
    const unit = fc.constantFrom(
      ' ',
      '\u3000',
      '\\',
      'n',
      'r',
      '甲',
      '\n',
      '\r',
      '\u200b',
      '\t',
      '\u0000',
      'x',
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: 'binary' })), (text) => {
        expect(cleanText(cleanText(text))).to.equal(cleanText(text));
      }),
    );
  });

  it('is quick on long white space inside', () => {
    expect(cleanText(`甲${' '.repeat(200_000)}乙 `)).to.have.length(200_002);
  });
});

describe('isGarbled', () => {
  it('finds replacement characters and halves of characters, not rare characters', () => {
    expect(isGarbled('金\ufffd市')).to.equal(true);
    expect(isGarbled('\ud840甲')).to.equal(true);
    expect(isGarbled('𠮷野家')).to.equal(false);
  });
});

describe('halfWidth', () => {
  it('leaves Chinese punctuation that has no ASCII twin', () => {
    expect(halfWidth('９１６２ｘ（甲）。《乙》〔1〕')).to.equal('9162x(甲)。《乙》〔1〕');
  });
});

describe('readDate', () => {
  for (const [text, date] of [
    ['2024/2/2', '2024-02-02'],
    ['2024-02-02', '2024-02-02'],
    ['2024.02.02', '2024-02-02'],
    ['20240202', '2024-02-02'],
    ['2024年2月2日', '2024-02-02'],
    ['２０２４/０２/０２', '2024-02-02'],
    ['2024/02/02 00:00:00', '2024-02-02'],
    ['2024-02-02T00:00:00.000', '2024-02-02'],
    ['2024-02-02 13:45', '2024-02-02'],
    ['45324', '2024-02-02'],
    ['2024-02-29', '2024-02-29'],
    ['9999-9-9', '2099-12-31'],
    ['9999/12/31', '2099-12-31'],
    ['1900-01-01', ''],
    ['1900/1/0', ''],
    ['2023-02-29', undefined],
    ['2024-02/02', undefined],
    ['2024-13-01', undefined],
    ['9999-99-99', undefined],
    ['2024-02-02T00:00:00Z', undefined],
    ['2024', undefined],
    ['长期', undefined],
    ['二〇二四年二月二日', undefined],
  ] as const) {
    it(`reads ${text} as ${date === undefined ? 'no day' : date || 'nothing'}`, () => {
      expect(readDate(text, false)).to.equal(date);
    });
  }

  for (const text of ['长期', '长期有效', '9999-9-9', '2999/01/01', '2099/12/31', '73050']) {
    it(`reads ${text} as long-term at the end of a period`, () => {
      expect(readDate(text, true)).to.equal('2099-12-31');
    });
  }

  it('reads every day in every spelling (property)', () => {
    fc.assert(
      fc.property(fc.nat(54_000), (days) => {
        const date = addDays(civilDate('1950-01-01'), days);
        const [y, m, d] = date.split('-') as [string, string, string];
        const bare = [y, String(Number(m)), String(Number(d))];
        for (const text of [
          bare.join('/'),
          bare.join('.'),
          `${y}${m}${d}`,
          `${y}年${m}月${d}日`,
          ` ${date}`.trim(),
        ]) {
          expect(readDate(text, false)).to.equal(date);
        }
        expect(serialDateText(days + 18_264)).to.equal(date);
      }),
    );
  });
});

describe('serialDateText', () => {
  for (const [value, text] of [
    [42473, '2016-04-13'],
    [42473.75, '2016-04-13'],
    [61, '1900-03-01'],
    [1, '1900-01-01'],
    [0, '1900-01-01'],
    [20240202, '20240202'],
    [-3, '-3'],
    [2_958_465, '9999-12-31'],
    [2_958_466, '2958466'],
  ] as const) {
    it(`makes ${text} of ${value}`, () => {
      expect(serialDateText(value)).to.equal(text);
    });
  }
});

describe('amounts', () => {
  for (const [text, fen] of [
    ['0.2', 200_000n],
    ['1,234.5', 1_234_500_000n],
    ['０．５', 500_000n],
    ['0', 0n],
    ['0.000001', 1n],
    ['0.0000001', undefined],
    ['-1', undefined],
    ['5000元', undefined],
    ['五', undefined],
    ['1e3', undefined],
  ] as const) {
    it(`reads ${text} as ${fen === undefined ? 'no amount' : `${fen} fen`}`, () => {
      expect(readAmount(text)).to.equal(fen);
    });
  }

  for (const [value, text] of [
    [0.2, '0.2'],
    [0.1 + 0.2, '0.3'],
    [1000, '1000'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
    [1e21, '1e+21'],
  ] as const) {
    it(`writes the number ${value} as ${text}`, () => {
      expect(decimalText(value)).to.equal(text);
    });
  }

  it('come back from their text, and from a number cell up to 15 digits (property)', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), (fen) => {
        const text = wanYuanText(fen as Fen);
        expect(readAmount(text)).to.equal(fen);
        expect(readAmount(decimalText(Number(text)))).to.equal(fen);
      }),
    );
  });
});

describe('readPenaltyKinds', () => {
  for (const [text, kinds] of [
    ['罚款', ['罚款']],
    ['罚款；没收违法所得', ['罚款', '没收违法所得']],
    ['罚款;警告,责令关闭', ['罚款', '警告', '责令关闭']],
    ['罚款、没收违法所得、没收非法财物', ['罚款', '没收违法所得', '没收非法财物']],
    ['警告、通报批评', ['警告', '通报批评']],
    ['没收违法所得、没收非法财物；罚款', ['没收违法所得', '没收非法财物', '罚款']],
    ['暂扣或者吊销许可证、暂扣或者吊销执照', ['暂扣许可证件', '吊销许可证件']],
    [
      '警告,没收违法所得和非法财物,暂扣执照(登记证)',
      ['警告', '没收违法所得', '没收非法财物', '暂扣许可证件'],
    ],
    ['罚款；罚款', ['罚款']],
    [' 罚 款 ；', ['罚款']],
    ['其他-责令改正', ['其他-责令改正']],
    ['其他：责令改正、限期拆除', ['其他-责令改正、限期拆除']],
    ['其他-责令改正、罚款', ['其他-责令改正', '罚款']],
    ['其他（责令改正）；警告', ['其他-责令改正', '警告']],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(readPenaltyKinds(text, 'g3')).to.deep.equal({ ok: true, kinds });
    });
  }

  it('asks for the text of 其他, but not in the edition of 2016', () => {
    expect(readPenaltyKinds('罚款；其他', 'g3')).to.include({ ok: false, code: 'FEED_PENALTY_OTHER_NOTE' });
    expect(readPenaltyKinds('其他-', 'g3')).to.include({ ok: false });
    expect(readPenaltyKinds('罚款；其他', 'g1')).to.deep.equal({ ok: true, kinds: ['罚款', '其他'] });
  });

  it('names the part it does not know', () => {
    expect(readPenaltyKinds('罚款；北京食药监局', 'g3')).to.deep.equal({
      ok: false,
      code: 'FEED_PENALTY_KIND_UNKNOWN',
      value: '北京食药监局',
    });
    expect(readPenaltyKinds('；、', 'g3')).to.include({ ok: false });
  });
});

describe('findPersonalData', () => {
  for (const [text, kind, masked] of [
    ['当事人（身份证号620302199001010012）', '身份证号', '620*************12'],
    ['身份证：11010519491231002x。', '身份证号', '110*************2x'],
    ['６２０３０２１９９００１０１００１２', '身份证号', '620*************12'],
    ['电话13812345678', '手机号', '138******78'],
    ['电话 138-1234-5678', '手机号', '138********78'],
    ['账号6222021234567890128', '银行卡号', '6222*************28'],
    ['卡号 6222 0212 3456 7890 128', '银行卡号', '6222*****************28'],
  ] as const) {
    it(`finds a ${kind} in ${text}`, () => {
      expect(findPersonalData(text)).to.deep.equal({ kind, masked });
    });
  }

  for (const text of [
    '没收违法所得120元，罚款5000元',
    '统一社会信用代码914403001922038216',
    '许可证编号JY16203000000001',
    '注册号620302600012345',
    '进口货物编号A13812345678',
    '账号6222021234567890123',
    '2024年2月2日至2029年2月1日',
  ]) {
    it(`finds nothing in ${text}`, () => {
      expect(findPersonalData(text)).to.equal(undefined);
    });
  }
});
