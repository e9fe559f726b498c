import { hash } from '@node-rs/argon2';
import { expect } from 'chai';
import {
  checkNewPassword,
  hashPassword,
  needsRehash,
  verifyNothing,
  verifyPassword,
} from '../../../../server/auth/password.ts';
import { InputError } from '../../../../server/lib/errors.ts';

function faultOf(password: string, username = 'zhangsan'): string | undefined {
  try {
    checkNewPassword(password, username, ['password']);
    return undefined;
  } catch (error) {
    expect(error).to.be.instanceOf(InputError);
    return (error as InputError).code;
  }
}

describe('checkNewPassword', () => {
  for (const [password, fault] of [
    ['Short-1', 'PASSWORD_TOO_SHORT'],
    ['Abcdef-1234', 'PASSWORD_TOO_SHORT'],
    [`Aa1-${'x'.repeat(125)}`, 'PASSWORD_TOO_LONG'],
    ['kestreloverponds', 'PASSWORD_TOO_PLAIN'],
    ['kestrel7over7ponds', 'PASSWORD_TOO_PLAIN'],
    ['Kestrel7over7ponds', undefined],
    ['kestrel-over-7-ponds', undefined],
    ['Password123456', 'PASSWORD_TOO_COMMON'],
    ['P@ssw0rd1234', 'PASSWORD_TOO_COMMON'],
    ['Admin@123456', 'PASSWORD_TOO_COMMON'],
    ['Qwerty1234567890!', 'PASSWORD_TOO_COMMON'],
    ['aA1!aA1!aA1!', 'PASSWORD_TOO_COMMON'],
    ['Zhangsan@2026', 'PASSWORD_TOO_COMMON'],
    ['红隼飞过七个池塘Aa1池塘', undefined],
  ] as const) {
    it(`answers ${fault ?? 'nothing'} for ${password.slice(0, 24)}`, () => {
      expect(faultOf(password)).to.equal(fault);
    });
  }
});

describe('password hashes', () => {
  it('verify the right password only', async () => {
    const stored = await hashPassword('Kestrel-7');
    expect(stored).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(stored, 'Kestrel-7')).to.equal(true);
    expect(await verifyPassword(stored, 'kestrel-7')).to.equal(false);
    expect(await verifyPassword('not a hash', 'Kestrel-7')).to.equal(false);
    expect(await verifyNothing('Kestrel-7')).to.equal(false);
  });

  it('take the same characters in another Unicode form', async () => {
    expect(await verifyPassword(await hashPassword('Ａé-1'), 'A\u0065\u0301-1')).to.equal(true);
  });

  it('are made anew when the parameters changed', async () => {
    expect(needsRehash(await hashPassword('x'))).to.equal(false);
    expect(needsRehash(await hash('x', { memoryCost: 8_192, timeCost: 1 }))).to.equal(true);
  });
});
