import { expect } from 'chai';
import { Kind } from 'graphql';
import { scalars } from '../../../../server/graphql/scalars.ts';

function scalar(name: string) {
  const found = scalars.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
}

describe('scalars', () => {
  for (const [name, text, value] of [
    ['Date', '2024-02-29', '2024-02-29'],
    ['Date', '2099-12-31', '2099-12-31'],
    ['DateTime', '2026-11-25T16:00:00+08:00', new Date('2026-11-25T08:00:00Z')],
    ['DateTime', '2026-11-25T08:00:00.123Z', new Date('2026-11-25T08:00:00.123Z')],
    ['USCC', ' 91350100m000100y43 ', '91350100M000100Y43'],
  ] as const) {
    it(`${name} takes ${text}`, () => {
      expect(scalar(name).parseValue(text)).to.deep.equal(value);
      expect(scalar(name).parseLiteral({ kind: Kind.STRING, value: text })).to.deep.equal(value);
    });
  }

  for (const [name, value] of [
    ['Date', '2023-02-29'],
    ['Date', '2023-2-9'],
    ['Date', 20230209],
    ['DateTime', '2026-02-30T08:00:00Z'],
    ['DateTime', '2026-11-25T08:00:00'],
    ['DateTime', '2026-11-25T25:00:00Z'],
    ['DateTime', 0],
    ['USCC', '91350100M000100Y44'],
    ['USCC', ''],
    ['Counts', {}],
  ] as const) {
    it(`${name} refuses ${JSON.stringify(value)}`, () => {
      expect(() => scalar(name).parseValue(value)).to.throw();
      expect(() => scalar(name).parseLiteral({ kind: Kind.INT, value: '1' })).to.throw();
    });
  }

  it('answer text', () => {
    expect(scalar('DateTime').serialize(new Date('2026-11-25T08:00:00Z'))).to.equal(
      '2026-11-25T08:00:00.000Z',
    );
    expect(() => scalar('DateTime').serialize('2026')).to.throw(TypeError);
    expect(() => scalar('Date').serialize('2023-02-29')).to.throw(TypeError);
    expect(scalar('Counts').serialize(new Map([['DONE', 3]]))).to.deep.equal({ DONE: 3 });
    expect(() => scalar('Counts').serialize({ DONE: 0.5 })).to.throw(TypeError);
  });
});
