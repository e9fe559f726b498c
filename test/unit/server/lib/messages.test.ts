import { expect } from 'chai';
import { loadMessages, mergeMessages, messageOf } from '../../../../server/lib/messages.ts';

describe('messageOf', () => {
  it('fills the parameters of a text', () => {
    expect(messageOf('PAGE_SIZE_INVALID', { max: 100 })).to.equal('每页条数应为 1 至 100');
  });

  it('leaves a parameter that is not given as it stands', () => {
    expect(messageOf('FEED_TOO_LONG', { max: 64 })).to.equal(
      '超过长度上限：最多 64 个字，现有 {length} 个字',
    );
  });

  it('does not take inherited properties for parameters', () => {
    expect(messageOf('FEED_CELL_ERROR', Object.create({ value: 'x' }) as Record<string, string>)).to.include(
      '{value}',
    );
  });

  it('answers a general text with the code when the code is unknown', () => {
    expect(messageOf('NO_SUCH_CODE')).to.equal('操作或数据有问题（代码 NO_SUCH_CODE）');
  });

  it('has a text for every code of the shipped files', () => {
    for (const [code, text] of loadMessages()) {
      expect(code).to.match(/^[A-Z][A-Z0-9_]+$/);
      expect(text, code).to.match(/\p{Script=Han}/u);
    }
  });
});

describe('mergeMessages', () => {
  it('refuses a code that stands in two files and names both', () => {
    const files = [
      ['a.json', { SAME: '甲' }],
      ['b.json', { SAME: '甲' }],
    ] as const;
    expect(() => mergeMessages(files)).to.throw('message SAME stands in a.json and in b.json');
  });
});
