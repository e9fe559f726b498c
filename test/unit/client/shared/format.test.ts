import { expect } from 'chai';
import {
  batchState,
  formatAmount,
  formatDate,
  formatField,
  formatInstant,
  kindText,
} from '../../../../client/src/shared/format.ts';

describe('format', () => {
  it('shows 2099-12-31 as long-term, and a dash for nothing', () => {
    expect(formatDate('2026-11-25')).to.equal('2026-11-25');
    expect(formatDate('2099-12-31')).to.equal('长期');
    expect(formatDate(null)).to.equal('—');
  });

  it('shows instants in China, whatever the zone of the browser', () => {
    expect(formatInstant('2026-11-25T16:00:00.000Z')).to.equal('2026-11-26 00:00:00');
    expect(formatInstant('2026-11-25T15:59:59+08:00')).to.equal('2026-11-25 15:59:59');
    expect(formatInstant(undefined)).to.equal('—');
  });

  for (const [text, shown] of [
    ['0', '0'],
    ['100', '100'],
    ['1000', '1,000'],
    ['1234567.500000', '1,234,567.5'],
    ['0.123456', '0.123456'],
    ['12.000000', '12'],
    ['9007199254740993.01', '9,007,199,254,740,993.01'],
    ['-1234.50', '-1,234.5'],
    ['约五万', '约五万'],
  ] as const) {
    it(`groups the digits of ${text} as ${shown}`, () => {
      expect(formatAmount(text)).to.equal(shown);
    });
  }

  it('formats columns by their name: amounts only where the column is one', () => {
    expect(formatField('罚款金额（万元）', '12345.60')).to.equal('12,345.6');
    expect(formatField('行政许可决定文书号', '12345')).to.equal('12345');
    expect(formatField('有效期至', '2099-12-31')).to.equal('长期');
    expect(formatField('备注', '')).to.equal('—');
    expect(formatField('当前状态', '1')).to.equal('有效');
    expect(formatField('当前状态', '2')).to.equal('无效');
  });

  it('keeps what it does not know as it is', () => {
    expect(kindText('AWARD')).to.equal('AWARD');
    expect(batchState('PAUSED')).to.deep.equal({ text: 'PAUSED', tone: 'plain' });
  });
});
