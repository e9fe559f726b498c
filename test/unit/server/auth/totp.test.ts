import { expect } from 'chai';
import { base32, matchTotp, totpCode, totpStep, totpUri } from '../../../../server/auth/totp.ts';

const SECRET = Buffer.from('12345678901234567890');

describe('time-based codes', () => {
  // RFC 6238 appendix B, the last six of the eight digits.
  for (const [seconds, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ] as const) {
    it(`are as in RFC 6238 at ${String(seconds)} s`, () => {
      expect(totpCode(SECRET, totpStep(new Date(seconds * 1000)))).to.equal(code);
    });
  }

  it('are taken one step early or late, and answer their step', () => {
    const at = new Date('2026-11-25T08:00:00Z');
    const step = totpStep(at);
    for (const near of [step - 1, step, step + 1]) {
      expect(matchTotp(SECRET, totpCode(SECRET, near), at)).to.equal(near);
    }
    expect(matchTotp(SECRET, totpCode(SECRET, step + 2), at)).to.equal(undefined);
    expect(matchTotp(SECRET, totpCode(SECRET, step - 2), at)).to.equal(undefined);
  });

  for (const code of ['', '12345', '1234567', 'abcdef', '１２３４５６']) {
    it(`refuses ${JSON.stringify(code)}`, () => {
      expect(matchTotp(SECRET, code, new Date(59_000))).to.equal(undefined);
    });
  }

  it('are offered as an address for authenticator apps', () => {
    expect(base32(SECRET)).to.equal('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(totpUri(SECRET, 'zhang', '示例市')).to.equal(
      `otpauth://totp/${encodeURIComponent('示例市')}:zhang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=${encodeURIComponent('示例市')}`,
    );
  });
});
